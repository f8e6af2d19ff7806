import { type Departure, type Entry, matches, matching, type RowData, type RuleContext } from 'plinth'
import type { List } from './list.js'
import type { ManualOrder } from './manual-order.js'
import { isMemory, keyIn, memoryOf, wasFirst } from './memory.js'
import { askedPlace, type Place } from './place.js'

/** What happens when rows come into lists and leave them, whatever write does it. */
export class Passing<V, S extends object> {
  readonly #order: ManualOrder<V, S>

  constructor(order: ManualOrder<V, S>) {
    this.#order = order
  }

  /** Rules and verbs are made apart, so that they have only names in common. */
  get #askedKey(): string {
    return `place by ${this.#order.keeping.property}`
  }

  /** Where rows go that the running call moves to another list. */
  ask(place: Place, notes: Map<unknown, unknown>): void {
    notes.set(this.#askedKey, place)
  }

  /** Puts rows into their lists: where they were asked to be, else where they were before they were hidden, else last. */
  async enter(groups: readonly (readonly Entry[])[], context: RuleContext): Promise<readonly (readonly S[])[]> {
    const order = this.#order
    const { property } = order.keeping
    const arrivals = groups.map((entries) => ({
      list: order.listOf(entries[0]!.after, context),
      rows: entries.map(({ before, after }) => ({ ...(before ?? after), [property]: null })),
    }))
    const place = (context.notes.get(this.#askedKey) as Place | undefined) ?? askedPlace(context.model)
    const appended = place ? new Map<Arrival, readonly V[]>() : await this.#appended(arrivals, context)
    const results: (readonly S[])[] = []
    for (const arrival of arrivals) {
      const { list, rows } = arrival
      const placed = () => (place ? this.#at(place, list, rows, context) : this.#back(list, rows))
      const values = appended.get(arrival) ?? (await placed())
      results.push(values.map((value) => order.set(value, null)))
    }
    return results
  }

  /** What rows get that simply come last, of all lists together. */
  async #appended(arrivals: readonly Arrival[], { table }: RuleContext): Promise<Map<Arrival, readonly V[]>> {
    const { property, memory } = this.#order.keeping
    const coming = arrivals.filter(({ rows }) => !rows.some((row) => isMemory(row[memory])))
    const ends = await table.greatest(
      property,
      coming.map(({ list }) => list.where),
    )
    const values = coming.map(({ rows }, index) => this.#order.keeping.append(ends[index] as V | null, rows.length))
    return new Map(coming.flatMap((arrival, index) => (values[index] ? [[arrival, values[index]]] : [])))
  }

  /** Rows that leave their lists; those that are only hidden remember where they were. */
  async leave(groups: readonly (readonly Departure[])[], context: RuleContext): Promise<readonly (readonly S[])[]> {
    const results: (readonly S[])[] = []
    for (const departures of groups) results.push(await this.#leave(departures, context))
    return results
  }

  async #leave(departures: readonly Departure[], context: RuleContext): Promise<readonly S[]> {
    const order = this.#order
    const hidden = departures.filter(({ before, after }) => isHidden(after, context) && order.valueOf(before) !== null)
    const list = order.listOf(departures[0]!.before, context)
    const rows = hidden.map(({ before }) => before)
    const predecessors = rows.length > 0 ? await order.keeping.predecessors(list, rows) : []
    const memory = new Map(rows.map((row, index) => [row, keyText(list, predecessors[index])]))
    return departures.map(({ before }) => order.set(null, memory.get(before) ?? null))
  }

  async left(groups: readonly (readonly Departure[])[], context: RuleContext): Promise<void> {
    const order = this.#order
    const changed: List[] = []
    const gone = groups.flat().map(({ before }) => before)
    for (const departures of groups) {
      const rows = departures.map(({ before }) => before).filter((row) => order.valueOf(row) !== null)
      if (rows.length === 0) continue
      const list = order.listOf(rows[0]!, context)
      await order.keeping.close(list, rows)
      changed.push(list)
    }
    await order.settle(changed, gone, context)
  }

  async entered(groups: readonly (readonly Entry[])[], context: RuleContext): Promise<void> {
    const lists = groups.map(([first]) => this.#order.listOf(first!.after, context))
    await this.#order.settle(
      lists,
      groups.flat().map(({ after }) => after),
      context,
    )
  }

  /** A save inserts its rows one by one on occasion: those that follow the first stand behind it. */
  async #at(place: Place, list: List, rows: readonly RowData[], { notes }: RuleContext): Promise<readonly V[]> {
    const order = this.#order
    const last = notes.get(list.note) as V | undefined
    const spot = last === undefined ? await order.spotIn(list, place) : { behind: last }
    const values = (await order.keeping.place(list, rows, spot)) as readonly V[]
    notes.set(list.note, values.at(-1))
    return values
  }

  /** Puts rows behind those they came after, as far as these are in the list, and the others last. */
  async #back(list: List, rows: readonly RowData[]): Promise<readonly V[]> {
    const { keeping } = this.#order
    const returning = rows.filter((row) => isMemory(row[keeping.memory]))
    if (returning.length === 0) return keeping.place(list, rows, 'last') as Promise<readonly V[]>
    if (rows.length === 1) {
      const predecessor = await this.#predecessor(list, rows[0]!)
      const spot = predecessor ? { behind: this.#order.valueOf(predecessor)! } : undefined
      return keeping.place(list, rows, spot ?? (wasFirst(rows[0]![keeping.memory]) ? 'first' : 'last')) as Promise<
        readonly V[]
      >
    }
    const woven = interwoven(list, keeping.memory, rows, await list.rows())
    const values = await keeping.weave(list, woven)
    const places = new Map(woven.filter((row) => rows.includes(row)).map((row, index) => [row, values[index]!]))
    return rows.map((row) => places.get(row)!)
  }

  async #predecessor({ table, where }: List, row: RowData): Promise<RowData | undefined> {
    const memory = row[this.#order.keeping.memory] as string
    if (wasFirst(memory)) return undefined
    const found = await table.find(matching(keyIn(memory)))
    return found && matches(where, found) ? found : undefined
  }
}

/** Rows that come into a list. */
interface Arrival {
  readonly list: List
  readonly rows: readonly RowData[]
}

const keyText = ({ table }: List, row: RowData | undefined): string => memoryOf(row && table.keyOf(row))

/** Whether a row stays in its table and does not only change its list. */
const isHidden = (after: RowData | null, { model }: RuleContext): boolean =>
  after !== null && !matches(model.visible, after)

/** A list with rows that return to it, each behind the one it came after; those whose predecessor is gone come last. */
function interwoven(
  list: List,
  memory: string,
  rows: readonly RowData[],
  standing: readonly RowData[],
): readonly RowData[] {
  const present = new Set([...standing, ...rows].map((row) => keyText(list, row)))
  const followers = new Map<string, RowData[]>()
  const last: RowData[] = []
  for (const row of rows) {
    const predecessor = row[memory]
    const known = isMemory(predecessor) && (wasFirst(predecessor) || present.has(predecessor))
    if (!known) last.push(row)
    else followers.set(predecessor, [...(followers.get(predecessor) ?? []), row])
  }
  const order: RowData[] = []
  const add = (starts: readonly RowData[]): void => {
    const waiting = starts.toReversed()
    for (let row = waiting.pop(); row; row = waiting.pop()) {
      order.push(row)
      waiting.push(...(followers.get(keyText(list, row)) ?? []).toReversed())
    }
  }
  add(followers.get(memoryOf(undefined)) ?? [])
  add(standing)
  add(last)
  return order
}
