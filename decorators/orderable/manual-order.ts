import {
  all,
  type Change,
  counterKey,
  isNull,
  matching,
  not,
  type Operand,
  type Predicate,
  type RowData,
  type RuleContext,
  ValidationError,
} from 'plinth'

/** A row of a list; its position is null where it is in none. */
export type Listed = RowData & { readonly position: number | null }

/** A new position, or null where the row stays where it is. */
type Move = Promise<{ readonly position: number } | null>

/** The lists that rows form which have the same values in some properties, numbered 1, 2, 3. */
export class ManualOrder {
  readonly #within: readonly string[]

  constructor(within: readonly string[]) {
    this.#within = within
  }

  /** One unit at a time writes a list. */
  readonly lock = (row: RowData): string => counterKey(...this.#within.map((property) => row[property]))

  /** How many rows the list of a row has. */
  size(row: RowData, { table }: RuleContext): Promise<number> {
    return table.count(this.#listOf(row))
  }

  /** Brings a row to a position of its list; positions beyond its ends are its ends. */
  async move(row: Listed, wanted: number, context: RuleContext): Move {
    const { table } = context
    const from = row.position
    const last = (await this.size(row, context)) + (from === null ? 1 : 0)
    const to = Math.min(Math.max(1, wanted), last)
    if (to === from) return null
    const list = this.#listOf(row)
    if (from === null) {
      await table.shift('position', 1, list, to)
      return { position: to }
    }
    // Its old position is free before another row takes it.
    await table.update({ position: null }, table.identify(row))
    if (to < from) await table.shift('position', 1, list, to, from - 1)
    else await table.shift('position', -1, list, from + 1, to)
    return { position: to }
  }

  /** Negative positions count from the end: -1 is the last. */
  async moveTo(change: Change<Listed>, position: number, context: RuleContext): Move {
    assertAlone(change, 'moveTo')
    const { before } = change
    if (position >= 0) return this.move(before, position, context)
    const last = (await this.size(before, context)) + (before.position === null ? 1 : 0)
    return this.move(before, last + 1 + position, context)
  }

  moveBy({ before }: Change<Listed>, steps: number, context: RuleContext): Move {
    return this.move(before, (before.position ?? Infinity) + steps, context)
  }

  async moveBefore({ before }: Change<Listed>, id: unknown, context: RuleContext): Move {
    const target = await this.#other(before, id, context)
    return target === before.position ? null : this.move(before, target - (isAbove(before, target) ? 1 : 0), context)
  }

  /** Rows that follow another one keep their own order. */
  async moveAfter({ before, index }: Change<Listed>, id: unknown, context: RuleContext): Move {
    const target = await this.#other(before, id, context)
    if (target === before.position) return null
    return this.move(before, target + index + (isAbove(before, target) ? 0 : 1), context)
  }

  /** Gives a row the position of another one, and that one its own. */
  async swap(change: Change<Listed>, id: unknown, context: RuleContext): Move {
    assertAlone(change, 'swap')
    const { before } = change
    const { table } = context
    const position = await this.#other(before, id, context)
    if (position === before.position) return null
    const other = all(this.#listOf(before), matching({ position }))
    await table.update({ position: null }, table.identify(before))
    if (before.position === null) await table.shift('position', 1, this.#listOf(before), position)
    else await table.update({ position: before.position }, other)
    return { position }
  }

  /** Moves up what stands below rows that have left. */
  async closeGaps(departures: readonly { readonly before: Listed }[], { table }: RuleContext): Promise<void> {
    const left = departures.map(({ before }) => before).filter(({ position }) => position !== null)
    const [first] = left
    if (!first) return
    const list = this.#listOf(first)
    if (left.length > 1) await table.renumber('position', list)
    else await table.shift('position', -1, list, first.position! + 1)
  }

  /** The position of another row of the same list. */
  async #other(row: Listed, id: unknown, { table }: RuleContext): Promise<number> {
    const other = await table.byId(id, this.#listOf(row))
    if (other) return other['position'] as number
    throw new ValidationError('The other row is not in the list of this one.', {
      errorCode: 'NOT_IN_LIST',
      errors: [{ pointer: '#/id', code: 'NOT_IN_LIST', message: 'is not in the list' }],
    })
  }

  /** The rows of a row's list; those that are hidden have no position. */
  #listOf(row: RowData): Predicate {
    const values = this.#within.map((property) => [property, (row[property] ?? null) as Operand | null])
    return all(matching(Object.fromEntries(values)), not(isNull('position')))
  }
}

const isAbove = ({ position }: Listed, other: number): boolean => position !== null && position < other

function assertAlone({ count }: Change<Listed>, verb: string): void {
  if (count === 1) return
  throw new ValidationError(`${verb} takes one row; moveToTop, moveBefore and moveAfter take several.`, {
    errorCode: 'ONE_ROW',
  })
}
