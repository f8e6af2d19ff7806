import { ConflictError } from '../../errors/exceptions.js'
import { pointerTo } from '../../errors/json-pointer.js'
import type { AnyClass } from '../../metadata/fact-kind.js'
import { oneOf } from '../../model/predicate.js'
import type { Id } from '../../model/verb.js'
import type { EntityRow } from '../../orm/entity-row.js'
import { asksOnlyItself } from '../../orm/own-rows.js'
import type { Selection } from '../../orm/selection.js'
import { takesTurns } from '../../orm/unit-of-work/takes-turns.js'
import { lockByKeys } from '../../orm/writes/lock-by-keys.js'
import { lockedForChange } from '../../orm/writes/locked-for-change.js'
import type { Call } from '../call.js'
import { dataSourceOf } from '../host.js'
import type { EntityViewSet } from '../mixins/viewset-class.js'
import { runningRepository } from '../running.js'
import { lookingOf } from '../verbs/seen-rows.js'
import type { BulkFilter, BulkItem } from './bulk-item.js'
import type { BulkPlan } from './bulk-plan.js'

/** The rows of a bulk action by the text of their keys: those a call may see, locked in the order of their keys. */
export type FoundRows = ReadonlyMap<string, EntityRow>

/** The primary key of a row. */
export const keyOf = (row: EntityRow, { key }: BulkPlan): Id => (row as Readonly<Record<string, Id>>)[key]!

/** The rows that a call may see, as its action looks at them. */
export function seenRows(viewSet: EntityViewSet, call: Call, { action, model }: BulkPlan): Selection<EntityRow> {
  return lookingOf(action, model)(viewSet.select(call))
}

const byKey = (rows: readonly EntityRow[], plan: BulkPlan): FoundRows =>
  new Map(rows.map((row) => [String(keyOf(row, plan)), row]))

/** Finds and locks the rows that items name. What a call may not see is not locked either. */
export async function rowsOfItems(
  rows: Selection<EntityRow>,
  items: readonly BulkItem[],
  plan: BulkPlan,
): Promise<FoundRows> {
  const keys = items.flatMap(({ key }) => key ?? [])
  if (keys.length === 0) return new Map()
  const named = rows.where(oneOf(plan.key, keys))
  if (asksOnlyItself(named)) return byKey(await lockedRows(named, plan), plan)
  await lockRows(await named.rows(), plan)
  // Once more: what somebody else had locked is as they left it, and what the rows are looked up by is, too.
  return byKey(await named.rows(), plan)
}

/**
 * Finds and locks the rows that a filter finds.
 * @param before what is done to them before they are locked.
 * @throws {ConflictError} `COUNT_DIFFERS` where they are not as many as the caller expects.
 */
export async function rowsOfFilter(
  rows: Selection<EntityRow>,
  filter: BulkFilter,
  plan: BulkPlan,
  before: (found: FoundRows) => Promise<void>,
): Promise<FoundRows> {
  const { expectedCount, query } = filter
  const listed = plan.model.list.narrowed(rows, query)
  const find = async () => (await listed.read({ limit: expectedCount + 1 }, false)).rows
  const first = await find()
  // Where units that write take turns, nothing has changed since.
  const once = first.length === 0 || takesTurns(dataSourceOf(plan.host))
  if (!once) {
    const some = first.slice(0, expectedCount)
    await before(byKey(some, plan))
    await lockRows(some, plan)
  }
  const found = byKey(once ? first : await find(), plan)
  if (found.size === expectedCount && first.every((row) => found.has(String(keyOf(row, plan))))) return found
  const actualCount = found.size > expectedCount ? await listed.count() : found.size
  throw new ConflictError('The filter does not find as many rows as expected.', {
    errorCode: 'COUNT_DIFFERS',
    errors: [
      {
        pointer: pointerTo(plan.host.naming.outside('expectedCount')),
        code: 'count',
        message: 'is not how many rows there are',
      },
    ],
    details: { expectedCount, actualCount },
  })
}

/** The rows of a selection, each locked as it is found and as whoever had locked it has left it. */
function lockedRows(rows: Selection<EntityRow>, { key }: BulkPlan): Promise<EntityRow[]> {
  return lockedForChange(rows.orderBy([{ property: key, direction: 'ASC' }]).queryBuilder()).getMany()
}

async function lockRows(rows: readonly EntityRow[], plan: BulkPlan): Promise<void> {
  if (rows.length === 0) return
  const repository = runningRepository(plan.action.entity as AnyClass<EntityRow>)
  const keys = rows.map((row) => keyOf(row, plan))
  await lockByKeys(repository, keys)
}
