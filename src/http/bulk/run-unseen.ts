import type { AnyClass } from '../../metadata/fact-kind.js'
import { matching, type Operand, oneOf } from '../../model/predicate.js'
import type { Id } from '../../model/verb.js'
import type { EntityRow } from '../../orm/entity-row.js'
import { asksOnlyItself } from '../../orm/own-rows.js'
import type { Selection } from '../../orm/selection.js'
import { storedRows } from '../../orm/stored-row.js'
import type { ServiceResult } from '../../service/service-result.js'
import type { Exchange } from '../exchange.js'
import { dataSourceOf } from '../host.js'
import type { EntityViewSet } from '../mixins/viewset-class.js'
import { serviceOf } from '../mixins/viewset-parts.js'
import { asException } from '../problem/as-exception.js'
import { runningRepository } from '../running.js'
import type { BulkItem, BulkOutcome, BulkResult } from './bulk-item.js'
import type { BulkPlan } from './bulk-plan.js'
import { seenRows } from './find-rows.js'
import { isConditional } from './item-condition.js'
import { callOf } from './run-items.js'
import { verified } from './run-together.js'
import { dataOf, type ManyRowsService } from './write-together.js'

/** What rows are written by that nobody looks at. */
interface UnseenWrite {
  readonly plan: BulkPlan
  /** Sorted, so that engines which lock rows as they find them lock those of two callers in one order. */
  readonly keys: readonly Id[]
  readonly rows: Selection<EntityRow>
  readonly service: ManyRowsService | undefined
}

/** Fewer rows were written than were named. */
class OtherRows extends Error {}

/**
 * Writes rows by their keys without a look at them before, where neither the permission nor a condition asks for one: the
 * statement itself says which rows the call may see. Undefined where somebody has to look at the rows, among other things
 * because the statement did not find all of them; nothing is written then.
 * @param items give the same.
 * @throws what is no affair of the caller.
 */
export async function runUnseen(
  viewSet: EntityViewSet,
  items: readonly BulkItem[],
  exchange: Exchange,
  plan: BulkPlan,
): Promise<BulkOutcome | undefined> {
  const write = unseenWrite(viewSet, items, exchange, plan)
  if (!write) return undefined
  try {
    return await dataSourceOf(plan.host).atomic(async () => {
      const rows = await send(write, items[0]!.values)
      return { results: await resultsOf(items, exchange, { ...write, rows }) }
    })
  } catch (error) {
    // Who looks at the rows can say what is wrong with which of them.
    if (error instanceof OtherRows || asException(error, plan.host.translate).statusCode < 500) return undefined
    throw error
  }
}

function unseenWrite(
  viewSet: EntityViewSet,
  items: readonly BulkItem[],
  exchange: Exchange,
  plan: BulkPlan,
): UnseenWrite | undefined {
  if (!plan.unseen || exchange.rowTest || items.some(isConditional)) return undefined
  if (plan.kind === 'update' && Object.keys(items[0]?.values ?? {}).length === 0) return undefined
  const keys = items.flatMap(({ key }) => key ?? [])
  const seen = seenRows(viewSet, exchange, plan)
  const service = serviceOf<ManyRowsService>(viewSet)
  if (keys.length < items.length || !asksOnlyItself(seen) || seen.parts.sight.without.size > 0) return undefined
  if (service && !isEverything(seen, plan)) return undefined
  const scope = plan.action.model?.scope?.(exchange)
  // A collation may hold keys for one that are spelt in two ways, which name two rows, or none.
  const named = seen.where(oneOf(plan.key, keys))
  const rows = scope ? named.where(matching(scope as Readonly<Record<string, Operand | null>>)) : named
  return { plan, keys: keys.toSorted((a, b) => (a < b ? -1 : 1)), rows, service }
}

/** Whether a selection is of all rows that a service writes to. */
function isEverything({ parts, repository }: Selection<EntityRow>, { action }: BulkPlan): boolean {
  return parts.sight.where.length === 0 && repository === runningRepository(action.entity as AnyClass<EntityRow>)
}

/** Writes the rows; of an update, it gives them as they are then, in the order of the keys. */
async function send({ plan, keys, rows, service }: UnseenWrite, values: object): Promise<readonly EntityRow[]> {
  const isUpdate = plan.kind === 'update'
  if (service) return isUpdate ? dataOf(await service.updateMany(keys, values)) : done(await service.deleteMany(keys))
  const repository = rows.repository.seeing(rows.parts.sight)
  const { affected } = await (isUpdate ? repository.update(keys, values) : repository.delete(keys))
  if (affected !== keys.length) throw new OtherRows()
  const stored = isUpdate ? (await storedRows(rows.repository, keys)).flatMap((row) => row ?? []) : []
  if (isUpdate && stored.length < keys.length) throw new OtherRows()
  return stored
}

function done(result: ServiceResult<undefined>): readonly EntityRow[] {
  dataOf(result)
  return []
}

async function resultsOf(
  items: readonly BulkItem[],
  exchange: Exchange,
  { plan, keys, rows: stored }: Pick<UnseenWrite, 'plan' | 'keys'> & { readonly rows: readonly EntityRow[] },
): Promise<readonly BulkResult[]> {
  if (plan.kind === 'delete') return items.map(({ index, id }) => ({ index, id: id!, status: 204 }))
  const byKey = new Map(keys.map((key, index) => [key, stored[index]]))
  const results: BulkResult[] = []
  for (const item of items) {
    const row = byKey.get(item.key!)
    results.push(await verified(item, callOf(item, row, exchange), row, plan))
  }
  return results
}
