import {
  all,
  type Change,
  counterKey,
  isNull,
  matching,
  type Named,
  not,
  type Operand,
  type Predicate,
  type RowData,
  type RuleContext,
} from 'plinth'
import type { Keeping, Spot } from './keeping.js'
import { countChanges, List } from './list.js'
import { listValues } from './list-values.js'
import type { OrderOptions } from './order-options.js'
import type { Place } from './place.js'
import { notAPermutation, notInList, oneRow } from './refusals.js'
import { touchSiblings } from './siblings.js'

/** What every verb of an order is given. */
export interface Expecting {
  readonly expectedVersion: number | null
}

type Input<I = unknown> = RuleContext<I & Expecting>

/** The lists that rows form which have the same values in some properties, and what verbs do to them. */
export class ManualOrder<V, S extends object> {
  readonly within: readonly string[]
  readonly keeping: Keeping<V>
  /** A value of the column as values of a row; and what a row that is hidden remembers, as text. */
  readonly set: (value: V | null, memory: string | null) => S
  readonly #leaves: boolean
  readonly #touchesSiblings: boolean

  constructor(options: OrderOptions, keeping: Keeping<V>, set: (value: V | null, memory: string | null) => S) {
    this.within = options.within
    this.#leaves = options.onHide === 'leave'
    this.#touchesSiblings = options.touchSiblings
    this.keeping = keeping
    this.set = set
  }

  /** One unit at a time writes a list. */
  readonly lock = (row: RowData): string => counterKey(...this.within.map((property) => row[property]))

  /** The list of a row. */
  listOf(row: RowData, context: RuleContext): List {
    return new List(context, { row, key: this.lock(row) }, this.standing(row, context), {
      name: this.#nameOf(row),
      property: this.keeping.property,
      touchesSiblings: this.#touchesSiblings,
    })
  }

  /** The condition that the rows of a row's list meet. */
  standing(row: RowData, { visible }: Pick<RuleContext, 'visible'>): Predicate {
    const standing = all(matching(this.#nameOf(row)), not(isNull(this.keeping.property)))
    // No other rows stand in it, but an index over visible rows can only be used where this is said.
    return this.#leaves ? visible(standing) : standing
  }

  #nameOf(row: RowData): Readonly<Record<string, Operand | null>> {
    return Object.fromEntries(this.within.map((property) => [property, (row[property] ?? null) as Operand | null]))
  }

  valueOf(row: RowData): V | null {
    return (row[this.keeping.property] ?? null) as V | null
  }

  /** Moves the rows of each list, in the order in which they are named, as one block to a place. */
  async move(changes: readonly Change[], place: Place, context: Input): Promise<readonly (S | null)[]> {
    const results = new Map<RowData, V | null>()
    for (const rows of this.#byList(changes)) {
      const list = this.listOf(rows[0]!, context)
      await list.assertVersion(context.input.expectedVersion)
      const target = await this.#target(list, place)
      // A row stays beside itself.
      const moved = target ? rows.filter((row) => list.idOf(row) !== list.idOf(target)) : rows
      if (moved.length === 0) continue
      const values = await this.keeping.place(list, moved, this.spot(place, target))
      for (const [index, row] of moved.entries()) results.set(row, values[index] ?? null)
    }
    return changes.map(({ before }) => this.#changed(results.get(before) ?? null))
  }

  /** Of rows that move to a list, moves those that stand in it already; the others come into it. */
  async moveWithin(
    changes: readonly Change[],
    context: Input<{ readonly position: number | null }>,
  ): Promise<readonly (S | null)[]> {
    const { position, expectedVersion } = context.input
    for (const [first] of this.#byList(changes)) {
      await this.listOf(first!, context).assertVersion(expectedVersion)
    }
    const staying = changes.filter(({ before, after }) => this.lock(before) === this.lock(after))
    const place = position === null ? ('last' as const) : { position }
    const moved = position === null ? [] : await this.move(staying, place, context)
    const last = staying.at(-1)?.before
    // Those that come into the list follow those that stand there.
    if (moved.length > 0)
      context.notes.set(this.listOf(last!, context).note, this.valueOf({ ...last, ...moved.at(-1) }))
    const values = new Map(staying.map(({ before }, index) => [before, moved[index] ?? null]))
    return changes.map(({ before }) => (values.has(before) ? values.get(before)! : ({} as S)))
  }

  /** Moves one row to a position. */
  moveTo(changes: readonly Change[], context: Input<{ readonly position: number }>): Promise<readonly (S | null)[]> {
    if (changes.length !== 1) throw oneRow('moveTo')
    return this.move(changes, { position: context.input.position }, context)
  }

  /** Moves a row down or, if negative, up. */
  async step({ before, index }: Change, by: number, context: Input): Promise<S | null> {
    const list = this.listOf(before, context)
    if (index === 0) await list.assertVersion(context.input.expectedVersion)
    if (this.valueOf(before) === null) throw notInList('#')
    if (by === 0) return null
    const [value = null] = await this.keeping.place(list, [before], await this.keeping.stepped(list, before, by))
    return this.#changed(value)
  }

  /** Gives a row the place of another one, and that one its own. */
  async swap({ before, count }: Change, context: Input<{ readonly id: unknown }>): Promise<S | null> {
    if (count !== 1) throw oneRow('swap')
    const list = this.listOf(before, context)
    await list.assertVersion(context.input.expectedVersion)
    const [own, other] = [this.valueOf(before), await list.byId(context.input.id)]
    if (own === null) throw notInList('#')
    if (!other) throw notInList()
    if (this.valueOf(other) === own) return null
    const { property } = this.keeping
    await list.displace(list.table.identify(other))
    await list.table.update({ [property]: null }, list.table.identify(before))
    await list.table.update({ [property]: own }, list.table.identify(other))
    return this.set(this.valueOf(other), null)
  }

  /** Refuses ids that are not all the rows of one list, each once. */
  async assertPermutation({ ids, rows }: Named, context: Input): Promise<void> {
    const first = rows.find((row) => row !== undefined && this.valueOf(row) !== null)
    const list = first && this.listOf(first, context)
    await list?.assertVersion(context.input.expectedVersion)
    const standing = new Map((await list?.rows())?.map((row) => [String(list?.idOf(row)), row]))
    const named = rows.map((row) => (row && list ? String(list.idOf(row)) : undefined))
    const unknown = ids.filter((_, index) => named[index] === undefined || !standing.has(named[index]))
    const duplicate = ids.filter((_, index) => named[index] !== undefined && named.indexOf(named[index]) < index)
    for (const key of named) if (key !== undefined) standing.delete(key)
    const missing = [...standing.values()].map((row) => list?.idOf(row))
    if (missing.length + unknown.length + duplicate.length > 0) throw notAPermutation({ missing, unknown, duplicate })
  }

  /** Orders all rows of a list as they are named. */
  async reorder(changes: readonly Change[], context: Input): Promise<readonly (S | null)[]> {
    const rows = changes.map(({ before }) => before)
    const values = await this.keeping.arrange(this.listOf(rows[0]!, context), rows)
    return values.map((value) => this.#changed(value))
  }

  /** Takes rows out of their lists. */
  async takeOut(changes: readonly Change[], context: Input): Promise<readonly (S | null)[]> {
    for (const rows of this.#byList(changes)) {
      const list = this.listOf(rows[0]!, context)
      await list.assertVersion(context.input.expectedVersion)
    }
    return changes.map(({ before }) => (this.valueOf(before) === null ? null : this.set(null, null)))
  }

  /** Closes the gaps of rows that were taken out, and counts the changes of all lists. */
  async changed(changes: readonly Change[], context: RuleContext): Promise<void> {
    const out = changes.filter(({ before, after }) => this.valueOf(before) !== null && this.valueOf(after) === null)
    for (const rows of this.#byList(out)) await this.keeping.close(this.listOf(rows[0]!, context), rows)
    await this.settle(
      this.#byList(changes).map(([first]) => this.listOf(first!, context)),
      changes.map(({ before }) => before),
      context,
    )
  }

  /** Counts the changes of lists, once their rows are written, and touches those that made room or closed up. */
  async settle(lists: readonly List[], named: readonly RowData[], context: RuleContext): Promise<void> {
    await countChanges(lists)
    if (this.#touchesSiblings) await touchSiblings(context, this.keeping.property, named)
  }

  /** What a verb that moves rows to another list writes into all of them. */
  listValues(list: unknown): Readonly<Record<string, never>> {
    return listValues(this.within, list)
  }

  /** The version of the one list that rows stand in now; null where they stand in several. */
  async version(rows: readonly RowData[], context: RuleContext): Promise<{ readonly version: number | null }> {
    const keys = new Set(rows.map((row) => this.lock(row)))
    const [first] = rows
    return { version: first && keys.size === 1 ? await this.listOf(first, context).version() : null }
  }

  spot(place: Place, target: RowData | undefined): Spot<V> {
    if (typeof place === 'string' || 'position' in place) return place
    const value = this.valueOf(target!)!
    return 'before' in place ? { ahead: value } : { behind: value }
  }

  async #target(list: List, place: Place): Promise<RowData | undefined> {
    if (typeof place === 'string' || 'position' in place) return undefined
    const found = await list.byId('before' in place ? place.before : place.after)
    if (!found) throw notInList()
    return found
  }

  /** The spot of rows that come into a list. */
  async spotIn(list: List, place: Place): Promise<Spot<V>> {
    return this.spot(place, await this.#target(list, place))
  }

  #changed(value: V | null): S | null {
    return value === null ? null : this.set(value, null)
  }

  #byList(changes: readonly Change[]): readonly (readonly RowData[])[] {
    const lists = new Map<string, RowData[]>()
    for (const { before } of changes) {
      const key = this.lock(before)
      lists.set(key, [...(lists.get(key) ?? []), before])
    }
    return [...lists.values()]
  }
}
