import type { Id } from '../../model/verb.js'
import type { Problem } from '../problem/problem.js'
import type { ItemCondition } from './item-condition.js'

/** One item of a bulk action, read and checked. */
export interface BulkItem {
  readonly index: number
  /** Where it stands in the body: `['items', '7']`. */
  readonly at: readonly string[]
  /** Where what it gives stands in the body. */
  readonly valuesAt: readonly string[]
  /** The primary key as it was given; a new row has none. */
  readonly id?: Id
  /** The same as rows have it; undefined where no row can have such a key. */
  readonly key?: Id
  /** As which row the caller knows it; undefined where an item cannot say. */
  readonly condition?: ItemCondition
  /** What is to be written, or given to the verb. */
  readonly values: Readonly<Record<string, unknown>>
}

/** What an item of a list gives. */
interface ListedParts extends Pick<BulkItem, 'index' | 'values'> {
  readonly id?: Id | undefined
  readonly key?: Id | undefined
  readonly condition?: ItemCondition | undefined
}

/** An item of a list in the body. Where it stands only a complaint asks. */
export class ListedItem implements BulkItem {
  readonly index: number
  readonly values: Readonly<Record<string, unknown>>
  readonly id?: Id
  readonly key?: Id
  readonly condition?: ItemCondition
  readonly #list: 'ids' | 'items'
  readonly #member: string | undefined

  /**
   * @param list the member of the body.
   * @param member where what the item gives stands: in the body for an id, else in the item, which gives it itself without one.
   */
  constructor(list: 'ids' | 'items', { index, values, id, key, condition }: ListedParts, member?: string) {
    this.index = index
    this.values = values
    if (id !== undefined) this.id = id
    if (key !== undefined) this.key = key
    if (condition) this.condition = condition
    this.#list = list
    this.#member = member
  }

  get at(): readonly string[] {
    return [this.#list, String(this.index)]
  }

  get valuesAt(): readonly string[] {
    const member = this.#member === undefined ? [] : [this.#member]
    return this.#list === 'ids' ? member : [...this.at, ...member]
  }
}

/** Which rows are meant where a filter says so. */
export interface BulkFilter {
  /** The values of the filters of the viewset, by the names of their parameters. */
  readonly query: Readonly<Record<string, unknown>>
  readonly expectedCount: number
  readonly values: Readonly<Record<string, unknown>>
}

/** What became of one item. */
export interface BulkResult<E extends object = object> {
  readonly index: number
  readonly id?: Id
  readonly status: number
  /** The row as it is now; undefined where it was removed, or the item failed. */
  readonly row?: E
  readonly problem?: Omit<Problem, 'requestId'>
}

/** What became of all items. */
export interface BulkOutcome<E extends object = object> {
  /** In the order of the items. */
  readonly results: readonly BulkResult<E>[]
  /** What a verb tells besides, where it was carried out once for all rows. */
  readonly answer?: unknown
}
