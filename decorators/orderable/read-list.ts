import { all, asTrait, type Id, isNull, matching, not, type Operand, type RowData, type Selection } from 'plinth'
import { listValues } from './list-values.js'
import { orderIn } from './order-in.js'

/** The repository of an entity with an order. */
export type OrderedRepository<E extends object> = Parameters<typeof asTrait>[0] & { select(): Selection<E> }

/** The properties that make a list, with their values. */
export type ListName = Readonly<Record<string, Operand | null>>

/** A list as it was at one moment. */
export interface ReadList<E> {
  /** What moves and `reorder` may expect. */
  readonly version: number
  readonly rows: readonly E[]
}

/**
 * The visible rows of a list in their order, with its version: a move that expects this version is refused once the list
 * has changed.
 * @param list a value, or null, for each property in `within` of the decorator; nothing where all rows are one list.
 * @param as which order, where the entity has several.
 * @throws {ValidationError} `UNKNOWN_LIST`
 */
export async function readList<E extends object>(
  repository: OrderedRepository<E>,
  list: ListName = {},
  as?: string,
): Promise<ReadList<E>> {
  const order = orderIn(repository.model, as)
  const values = listValues(order.within, list)
  return asTrait(repository, order.application, async (context) => {
    // Rows that are newer than the version lead to a conflict too many; a version that is newer, to one too few.
    const version = await context.number(order.lock(values))
    const standing = all(matching(values), not(isNull(order.keeping.property)))
    const ordering = [{ property: order.keeping.property, direction: 'ASC' as const }]
    return { version, rows: await repository.select().where(standing).orderBy(ordering).rows() }
  })
}

/**
 * The positions of rows in their lists, 1 being the first, counted by the database; without those that stand in none. Rows
 * that are hidden are not counted, unless they keep their places.
 */
export async function positionsOf<E extends object>(
  repository: OrderedRepository<E>,
  ids: readonly Id[],
  as?: string,
): Promise<ReadonlyMap<Id, number>> {
  const order = orderIn(repository.model, as)
  return asTrait(repository, order.application, async (context) => {
    const { table } = context
    const { property } = order.keeping
    const standing = not(isNull(property))
    const [key = ''] = Object.keys(table.keyOf({}))
    const found = await table.numbered(
      order.keepsHidden ? standing : context.visible(standing),
      { within: order.within, order: [{ property, direction: 'ASC' }] },
      table.identify(...ids.map((id): RowData => ({ [key]: id }))),
    )
    const numbers = new Map(found.map(({ row, number }) => [String(row[key]), number]))
    return new Map(ids.flatMap((id) => (numbers.has(String(id)) ? [[id, numbers.get(String(id))!] as const] : [])))
  })
}
