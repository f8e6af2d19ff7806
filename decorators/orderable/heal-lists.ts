import { all, asTrait, type Ordering, type RowData, type TraitContext } from 'plinth'
import { type AppliedOrder, orderIn } from './order-in.js'
import type { ListName, OrderedRepository } from './read-list.js'

/** What is wrong with one list. */
export interface ListProblem {
  readonly list: ListName
  /** Ids of rows that share a position or rank with another. */
  readonly duplicates: readonly unknown[]
  /** Positions that no row has, below one that a row has; of ranks there are none. */
  readonly gaps: readonly number[]
  /** Ids of rows with a position below 1, or a rank that no move has given: moves beside them are refused. */
  readonly invalid: readonly unknown[]
  /** Ids of visible rows that stand in no place. They may have been taken out of the list. */
  readonly nulls: readonly unknown[]
}

/** Lists that are not as an order promises; none where all is well. Reads every row. */
export async function verifyLists<E extends object>(
  repository: OrderedRepository<E>,
  as?: string,
): Promise<readonly ListProblem[]> {
  const order = orderIn(repository.model, as)
  return asTrait(repository, order.application, async (context) => {
    const lists = await listsOf(order, context)
    return lists
      .map((rows) => problemOf(order, context, rows))
      .filter(({ duplicates, gaps, invalid, nulls }) =>
        [duplicates, gaps, invalid, nulls].some(({ length }) => length > 0),
      )
  })
}

/**
 * Puts all lists right, under their locks: every visible row gets a place, by its position or rank, then by `createdAt`
 * where there is one, then by its id. Rows that stand in none come last. Positions are made by two statements, whatever
 * number of rows.
 * @param by the order in which rows are put instead.
 * @param as which order, where the entity has several.
 * @returns how many rows have got another place.
 */
export async function healLists<E extends object>(
  repository: OrderedRepository<E>,
  by?: readonly Ordering[],
  as?: string,
): Promise<number> {
  const order = orderIn(repository.model, as)
  return asTrait(repository, order.application, async (context) => {
    const { property } = order.keeping
    const named = (await listsOf(order, context)).map(([first]) => order.lock(first!))
    await context.lock(...named)
    const created = repository.model.columns['createdAt'] ? ['createdAt'] : []
    const usual = [property, ...created].map((name): Ordering => ({ property: name, direction: 'ASC' }))
    const healed = order.isDense ? healPositions : healRanks
    const changed = await healed(order, context, by ?? usual)
    if (changed > 0) for (const key of named) await context.next(key)
    return changed
  })
}

function healPositions({ within, keeping, keepsHidden }: AppliedOrder, context: TraitContext, by: readonly Ordering[]) {
  const where = keepsHidden ? all() : context.visible(all())
  return context.table.renumber(keeping.property, where, { within, order: by })
}

/** Ranks that stand as they should stay; of a list in which one does not, all are made anew. */
async function healRanks(order: AppliedOrder, context: TraitContext, by: readonly Ordering[]): Promise<number> {
  let changed = 0
  for (const rows of await listsOf(order, context, by)) {
    const list = order.listOf(rows[0]!, context)
    const values = await order.keeping.arrange(list, rows)
    const moved = rows.filter((_, index) => values[index] !== null)
    const given = values.filter((value) => value !== null)
    await context.table.assign(order.keeping.property, moved, given)
    changed += moved.length
  }
  return changed
}

/** The rows of every list. */
async function listsOf(
  { lock, keeping, keepsHidden }: AppliedOrder,
  context: TraitContext,
  by: readonly Ordering[] = [{ property: keeping.property, direction: 'ASC' }],
): Promise<readonly (readonly RowData[])[]> {
  const lists = new Map<string, RowData[]>()
  const rows = await context.table.rows(keepsHidden ? all() : context.visible(all()), { order: by, nullsLast: true })
  for (const row of rows) {
    const key = lock(row)
    const list = lists.get(key)
    if (list) list.push(row)
    else lists.set(key, [row])
  }
  return [...lists.values()]
}

function problemOf(order: AppliedOrder, context: TraitContext, rows: readonly RowData[]): ListProblem {
  const { property } = order.keeping
  const list = order.listOf(rows[0]!, context)
  const idsOf = (some: readonly RowData[]) => some.map((row) => list.idOf(row))
  const values = rows.map((row) => row[property])
  const first = new Map(values.map((value, index) => [value, index] as const).toReversed())
  const numbers = new Set(values.filter((value) => typeof value === 'number'))
  const places = Array.from({ length: Math.max(0, ...numbers) }, (_, index) => index + 1)
  return {
    list: Object.fromEntries(order.within.map((name) => [name, rows[0]![name] ?? null])) as ListName,
    duplicates: idsOf(rows.filter((row, index) => row[property] !== null && first.get(row[property]) !== index)),
    gaps: places.filter((place) => !numbers.has(place)),
    invalid: idsOf(rows.filter((row) => row[property] !== null && !order.keeping.isValid(row[property]))),
    nulls: idsOf(rows.filter((row) => row[property] === null)),
  }
}
