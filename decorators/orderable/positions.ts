import { gt, gte, lte, oneOf, type RowData } from 'plinth'
import type { Keeping, Spot } from './keeping.js'
import type { List } from './list.js'

/** Rows numbered 1, 2, 3 without gaps. */
export class Positions implements Keeping<number> {
  readonly closes = true
  readonly property: string
  readonly memory: string

  constructor(property: string, memory: string) {
    this.property = property
    this.memory = memory
  }

  isValid(position: number): boolean {
    return Number.isSafeInteger(position) && position >= 1
  }

  async place(list: List, rows: readonly RowData[], spot: Spot<number>): Promise<readonly (number | null)[]> {
    const standing = rows.map((row) => this.#positionOf(row)).filter((position) => position !== undefined)
    const to = await start(list, this.property, spot, standing)
    if (standing.length === rows.length && rows.every((row, index) => this.#positionOf(row) === to + index)) {
      return rows.map(() => null)
    }
    if (spot !== 'last' || standing.length > 0) await this.#makeRoom(list, rows, to)
    return rows.map((_, index) => to + index)
  }

  append(end: number | null, count: number): readonly number[] {
    return Array.from({ length: count }, (_, index) => (end ?? 0) + 1 + index)
  }

  between(low: number | null, high: number | null): number | undefined {
    return high === null ? (low ?? 0) + 1 : undefined
  }

  async arrange(list: List, rows: readonly RowData[]): Promise<readonly (number | null)[]> {
    const moved = rows.filter((row, index) => this.#positionOf(row) !== index + 1)
    // Their old positions are free before others take them.
    await this.#forget(list, moved)
    return rows.map((row, index) => (this.#positionOf(row) === index + 1 ? null : index + 1))
  }

  async weave(list: List, order: readonly RowData[]): Promise<readonly number[]> {
    const pairs = order.map((row, index) => ({ row, position: index + 1 }))
    const moved = pairs.filter(({ row, position }) => (this.#positionOf(row) ?? position) !== position)
    const standing = moved.map(({ row }) => row)
    if (standing.length > 0) await list.displace(list.table.identify(...standing))
    await this.#forget(list, standing)
    await list.table.assign(
      this.property,
      moved.map(({ row }) => row),
      moved.map(({ position }) => position),
    )
    return pairs.filter(({ row }) => this.#positionOf(row) === undefined).map(({ position }) => position)
  }

  async stepped(_: List, row: RowData, by: number): Promise<Spot<number>> {
    return { position: Math.max(1, this.#positionOf(row)! + by) }
  }

  async close(list: List, left: readonly RowData[]): Promise<void> {
    const gaps = left.map((row) => this.#positionOf(row)).filter((position) => position !== undefined)
    if (gaps.length === 0) return
    const last = Math.max(...gaps)
    // Of what stood together, e.g. of everything, only the end has to move.
    if (last - Math.min(...gaps) === gaps.length - 1) {
      await list.displace(gt(this.property, last))
      await list.table.shift(this.property, -gaps.length, list.where, last + 1)
      return
    }
    await list.displace(gt(this.property, Math.min(...gaps)))
    await list.table.renumber(this.property, list.where)
  }

  async predecessors(list: List, rows: readonly RowData[]): Promise<readonly (RowData | undefined)[]> {
    const known = new Map(rows.map((row) => [this.#positionOf(row), row]))
    const wanted = rows.map((row) => (this.#positionOf(row) ?? 1) - 1).filter((position) => position > 0)
    const others = wanted.filter((position) => !known.has(position))
    const found = others.length === 0 ? [] : await list.rows(oneOf(this.property, others))
    for (const row of found) known.set(this.#positionOf(row), row)
    return rows.map((row) => known.get((this.#positionOf(row) ?? 1) - 1))
  }

  async #makeRoom(list: List, rows: readonly RowData[], to: number): Promise<void> {
    const { table, where } = list
    const standing = rows.filter((row) => this.#positionOf(row) !== undefined)
    const [from] = standing.map((row) => this.#positionOf(row))
    if (rows.length === 1 && from !== undefined) {
      // Only what stands between the old position and the new one moves.
      const [first, last] = to < from ? ([to, from - 1] as const) : ([from + 1, to] as const)
      await list.displace(gte(this.property, first), lte(this.property, last))
      await table.rotate(this.property, where, from, to)
      return
    }
    await this.#forget(list, standing)
    await this.close(list, standing)
    await list.displace(gte(this.property, to))
    await table.shift(this.property, rows.length, where, to)
  }

  async #forget({ table }: List, rows: readonly RowData[]): Promise<void> {
    const size = 1000
    for (let first = 0; first < rows.length; first += size) {
      await table.update({ [this.property]: null }, table.identify(...rows.slice(first, first + size)))
    }
  }

  #positionOf(row: RowData): number | undefined {
    const position = row[this.property]
    return typeof position === 'number' ? position : undefined
  }
}

/** The position of the first row of a block, among rows from which the block was taken out. */
async function start(
  { table, where }: List,
  property: string,
  spot: Spot<number>,
  standing: readonly number[],
): Promise<number> {
  if (spot === 'first') return 1
  if (typeof spot === 'object' && 'behind' in spot) return spot.behind + 1 - below(standing, spot.behind)
  if (typeof spot === 'object' && 'ahead' in spot) return spot.ahead - below(standing, spot.ahead)
  const [last] = (await table.greatest(property, [where])) as readonly (number | null)[]
  const end = (last ?? 0) - standing.length + 1
  if (spot === 'last') return end
  const { position } = spot
  return Math.min(Math.max(1, position < 0 ? end + 1 + position : position), end)
}

const below = (standing: readonly number[], position: number): number =>
  standing.filter((other) => other < position).length
