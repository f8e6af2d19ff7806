/** What an order may be told. */
export interface OrderOptions {
  /** Properties that make lists: rows with the same values are one list. Without any, all rows are. */
  readonly within: readonly string[]
  /** Whether rows that are hidden leave their list, or keep their place in it. */
  readonly onHide: 'leave' | 'keep'
  /** Whether rows that get another place because of others are written as `touch` would; otherwise only their place is. */
  readonly touchSiblings: boolean
}

export const orderDefaults: OrderOptions = { within: [], onHide: 'leave', touchSiblings: false }
