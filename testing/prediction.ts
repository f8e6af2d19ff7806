import type { RowData, UniqueSet } from 'plinth'

/** Rows by the text of their id. */
export type State = ReadonlyMap<string, RowData>

/** What an operation must lead to, by the model. */
export type Prediction =
  | {
      readonly done: true
      readonly affected: number
      /** The fewest rows, where rules that need the database may leave some as they are; `affected` unless told. */
      readonly least?: number
      readonly state: State
    }
  | { readonly done: false; readonly reason: string }

/** What is known of a table besides the model of its rows. */
export interface Table {
  /** The property of the primary key. */
  readonly primary: string
  /** What a new row holds where it is given nothing. */
  readonly blank: RowData
  readonly uniques: readonly UniqueSet[]
}
