import {
  all,
  type CounterStep,
  type Ordering,
  type Predicate,
  partitionOf,
  type RowData,
  type RuleContext,
  type RuleTable,
} from 'plinth'
import { listChanged } from './refusals.js'
import { noteSiblings } from './siblings.js'

/** Counts a change of each list. */
export async function countChanges(lists: readonly List[]): Promise<void> {
  const numbers = await lists[0]?.context.nextNumbers(lists.map(({ counter }) => ({ ...counter, count: 1 })))
  for (const [index, list] of lists.entries()) list.context.notes.set(list.versionNote, numbers?.[index])
}

/** What a list is ordered by. */
interface ListOrder {
  /** The values that make the list. */
  readonly name: Readonly<Record<string, unknown>>
  readonly property: string
  readonly touchesSiblings: boolean
}

/** One list, as a rule sees it under its lock. */
export class List {
  readonly table: RuleTable
  /** The condition that its rows meet. */
  readonly where: Predicate
  readonly ordering: readonly Ordering[]
  readonly context: RuleContext
  /** The counter of its changes, which is its lock. */
  readonly counter: Omit<CounterStep, 'count'>

  readonly name: Readonly<Record<string, unknown>>
  readonly #property: string
  readonly #touchesSiblings: boolean

  constructor(context: RuleContext, counter: Omit<CounterStep, 'count'>, where: Predicate, order: ListOrder) {
    const { name, property, touchesSiblings } = order
    this.name = name
    this.#property = property
    this.#touchesSiblings = touchesSiblings
    this.table = context.table
    this.where = where
    this.ordering = [{ property, direction: 'ASC' }]
    this.context = context
    this.counter = counter
  }

  /** Under which name a call notes what the last row got that it has put somewhere. */
  get note(): string {
    return `last by ${JSON.stringify([this.ordering, this.where])}`
  }

  /** Some of its rows are about to get another place because of others. */
  async displace(...where: readonly Predicate[]): Promise<void> {
    if (this.#touchesSiblings) noteSiblings(this.context, this.#property, await this.rows(...where))
  }

  size(): Promise<number> {
    return this.table.count(this.where)
  }

  /** The keys and places of its rows, in its order, that also meet some conditions. */
  rows(...where: readonly Predicate[]): Promise<readonly RowData[]> {
    return this.table.rows(all(this.where, ...where), { order: this.ordering, properties: [this.#property] })
  }

  /** The last row, or the first, of those that also meet a condition. */
  async end(direction: 'ASC' | 'DESC', ...where: readonly Predicate[]): Promise<RowData | undefined> {
    const order = this.ordering.map(({ property }) => ({ property, direction }))
    const [row] = await this.table.rows(all(this.where, ...where), { order, limit: 1 })
    return row
  }

  /** The row with an id, where it stands in the list. */
  byId(id: unknown): Promise<RowData | undefined> {
    return this.table.byId(id, this.where)
  }

  /** The id of a row as callers know it. */
  idOf(row: RowData): unknown {
    const values = Object.values(this.table.keyOf(row))
    return values.length === 1 ? values[0] : this.table.keyOf(row)
  }

  /** Under which name a call notes the version that it has made. */
  get versionNote(): string {
    const { row, key } = this.counter
    return `version by ${JSON.stringify([this.#property, partitionOf(this.context.model, row), key])}`
  }

  /** The version, as far as the call has made one itself: it holds the lock. */
  async version(): Promise<number> {
    const own = this.context.notes.get(this.versionNote) as number | undefined
    if (own !== undefined) return own
    return this.context.number(this.counter.key, this.counter.row)
  }

  /** @throws {ConflictError} `LIST_CHANGED`, with the present version and order. */
  async assertVersion(expected: unknown): Promise<void> {
    if (expected === null || expected === undefined) return
    const version = await this.version()
    if (version === expected) return
    throw listChanged(
      version,
      (await this.rows()).map((row) => this.idOf(row)),
    )
  }
}
