import { all, eq, gt, isRank, lt, not, type Predicate, type RowData, ranksBetween } from 'plinth'
import { keyText } from '../row-key.js'
import type { Keeping, Spot } from './keeping.js'
import type { List } from './list.js'
import { type Bounds, NeighbourRanks } from './neighbour-ranks.js'
import { longestRank } from './rank-length.js'
import { invalidRank } from './refusals.js'

/**
 * Rows between whose ranks, texts that are compared by code points, there is always room for another: a move writes one
 * row. Where a rank would become too long all ranks of the list are made anew.
 */
export class Ranks implements Keeping<string> {
  readonly closes = false
  readonly property: string
  readonly memory: string
  readonly foreseeing: NeighbourRanks

  constructor(property: string, memory: string) {
    this.property = property
    this.memory = memory
    this.foreseeing = new NeighbourRanks(property)
  }

  isValid(rank: string): boolean {
    return isRank(rank)
  }

  async place(list: List, rows: readonly RowData[], spot: Spot<string>): Promise<readonly (string | null)[]> {
    const standing = rows.filter((row) => this.#rankOf(row) !== null)
    const [low, high] = await this.#boundsOf(list, spot, standing)
    if (standing.length === rows.length && this.#isBetween(low, rows, high)) return rows.map(() => null)
    const made = await this.#between(list, [low, high], rows.length)
    if (isTooLong(made)) {
      const rest = await list.rows(...others(list, standing))
      const before = low === null ? 0 : rest.findIndex((row) => this.#rankOf(row) === low) + 1
      const moving = rows.map((row) => ({ ...row, [this.property]: null }))
      return this.#renew(list, [...rest.slice(0, before), ...moving, ...rest.slice(before)])
    }
    // A new rank may be the old one of another row of the block.
    if (standing.length > 1) await this.#forget(list, standing)
    return made
  }

  append(end: string | null, count: number): readonly string[] | null {
    if (end !== null && !isRank(end)) return null
    const made = between([end, null], count)
    return isTooLong(made) ? null : made
  }

  between(low: string | null, high: string | null): string | undefined {
    if ([low, high].some((rank) => rank !== null && !isRank(rank))) return undefined
    const made = between([low, high], 1)
    return isTooLong(made) ? undefined : made[0]
  }

  async arrange(list: List, rows: readonly RowData[]): Promise<readonly (string | null)[]> {
    const isStanding = rows.map((row) => this.#rankOf(row)).every((rank) => rank !== null && isRank(rank))
    if (isStanding && this.#isBetween(null, rows, null)) return rows.map(() => null)
    await this.#forget(list, rows)
    return between([null, null], rows.length)
  }

  async weave(list: List, order: readonly RowData[]): Promise<readonly string[]> {
    const made: string[] = []
    for (const { low, count, high } of this.#gapsIn(order))
      made.push(...(await this.#between(list, [low, high], count)))
    return isTooLong(made) ? this.#renew(list, order) : made
  }

  async stepped(list: List, row: RowData, by: number): Promise<Spot<string>> {
    const rank = this.#rankOf(row)!
    const [where, direction] =
      by > 0 ? [gt(this.property, rank), 'ASC' as const] : [lt(this.property, rank), 'DESC' as const]
    const page = { order: [{ property: this.property, direction }], offset: Math.abs(by) - 1, limit: 1 }
    const [beside] = await list.table.rows(all(list.where, where), page)
    if (!beside) return by > 0 ? 'last' : 'first'
    return by > 0 ? { behind: this.#rankOf(beside)! } : { ahead: this.#rankOf(beside)! }
  }

  /** Ranks have no gaps. */
  async close(): Promise<void> {}

  async predecessors(list: List, rows: readonly RowData[]): Promise<readonly (RowData | undefined)[]> {
    if (rows.length <= few) {
      const found = []
      for (const row of rows) found.push(await list.end('DESC', lt(this.property, this.#rankOf(row)!)))
      return found
    }
    const order = await list.rows()
    const places = new Map(order.map((row, index) => [this.#rankOf(row), index]))
    return rows.map((row) => order[places.get(this.#rankOf(row))! - 1])
  }

  /** @throws {ConflictError} `INVALID_RANK` where one of the two was written past the order. */
  async #between(list: List, bounds: Bounds, count: number): Promise<readonly string[]> {
    const wrong = bounds.find((rank) => rank !== null && !isRank(rank))
    if (typeof wrong === 'string') {
      const [row] = await list.table.rows(all(list.where, eq(this.property, wrong)), { limit: 1 })
      throw invalidRank(row && list.idOf(row), wrong)
    }
    return between(bounds, count)
  }

  /** Whether rows stand one after another between two ranks. */
  #isBetween(low: string | null, rows: readonly RowData[], high: string | null): boolean {
    const all = [low, ...rows.map((row) => this.#rankOf(row)), high].filter((rank) => rank !== null)
    return all.every((rank, index) => index === 0 || all[index - 1]! < rank)
  }

  async #boundsOf(list: List, spot: Spot<string>, moving: readonly RowData[]): Promise<Bounds> {
    const end = async (direction: 'ASC' | 'DESC', ...where: readonly Predicate[]) => {
      const row = await this.#endOf(list, direction, moving, where)
      return row ? this.#rankOf(row) : null
    }
    if (spot === 'first') return [null, await end('ASC')]
    if (spot === 'last') return [await end('DESC'), null]
    if ('behind' in spot) return [spot.behind, await end('ASC', gt(this.property, spot.behind))]
    if ('ahead' in spot) return [await end('DESC', lt(this.property, spot.ahead)), spot.ahead]
    const where = all(list.where, ...others(list, moving))
    const last = spot.position < 0 ? await list.table.count(where) : 0
    const before = Math.max(0, spot.position < 0 ? last + 1 + spot.position : spot.position - 1)
    if (before === 0) return [null, await end('ASC')]
    const page = { order: list.ordering, offset: before - 1, limit: 2 }
    const [low, high] = await list.table.rows(where, page)
    return low ? [this.#rankOf(low), high ? this.#rankOf(high) : null] : [await end('DESC'), null]
  }

  /** The first or last row of a list without some of it. */
  async #endOf(
    list: List,
    direction: 'ASC' | 'DESC',
    moving: readonly RowData[],
    where: readonly Predicate[],
  ): Promise<RowData | undefined> {
    if (moving.length > few) return list.end(direction, ...others(list, moving), ...where)
    // As many are read as may be in the way, by a statement that is the same whichever rows these are.
    const keys = new Set(moving.map((row) => keyText(list.table, row)))
    const order = [{ property: this.property, direction }]
    const found = await list.table.rows(all(list.where, ...where), { order, limit: moving.length + 1 })
    return found.find((row) => !keys.has(keyText(list.table, row)))
  }

  /** Where rows without a rank stand between those that have one. */
  #gapsIn(order: readonly RowData[]): readonly Gap[] {
    const gaps: Gap[] = []
    let [low, count]: [string | null, number] = [null, 0]
    for (const rank of [...order.map((row) => this.#rankOf(row)), undefined]) {
      if (rank === null) {
        count += 1
        continue
      }
      if (count > 0) gaps.push({ low, high: rank ?? null, count })
      ;[low, count] = [rank ?? null, 0]
    }
    return gaps
  }

  /**
   * Gives all rows of a list new ranks, as short as can be.
   * @returns those of the rows that had none.
   */
  async #renew(list: List, order: readonly RowData[]): Promise<readonly string[]> {
    const made = order.map((row, index) => ({ row, rank: index }))
    const fresh = between([null, null], order.length)
    const standing = made.filter(({ row }) => this.#rankOf(row) !== null)
    list.context.announce('ranksRenewed', { list: list.name, rows: order.length })
    await list.displace()
    await list.table.update({ [this.property]: null }, list.where)
    await list.table.assign(
      this.property,
      standing.map(({ row }) => row),
      standing.map(({ rank }) => fresh[rank]),
    )
    return made.filter(({ row }) => this.#rankOf(row) === null).map(({ rank }) => fresh[rank]!)
  }

  async #forget({ table }: List, rows: readonly RowData[]): Promise<void> {
    const size = 1000
    for (let first = 0; first < rows.length; first += size) {
      await table.update({ [this.property]: null }, table.identify(...rows.slice(first, first + size)))
    }
  }

  #rankOf(row: RowData): string | null {
    const rank = row[this.property]
    return typeof rank === 'string' ? rank : null
  }
}

/** How many rows are looked at one by one. */
const few = 8

/** The condition that none of some rows meets. */
const others = ({ table }: List, rows: readonly RowData[]): readonly Predicate[] =>
  rows.length > 0 ? [not(table.identify(...rows))] : []

const between = ([low, high]: Bounds, count: number): readonly string[] => ranksBetween(low, high, count)

const isTooLong = (made: readonly string[]): boolean => made.some(({ length }) => length > longestRank)

interface Gap {
  readonly low: string | null
  readonly high: string | null
  readonly count: number
}
