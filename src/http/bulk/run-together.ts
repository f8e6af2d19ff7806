import type { AnyClass } from '../../metadata/fact-kind.js'
import { oneOf } from '../../model/predicate.js'
import type { Id, Receipt } from '../../model/verb.js'
import type { EntityRow } from '../../orm/entity-row.js'
import type { ScopedRepository } from '../../orm/model-repository.js'
import type { Exchange } from '../exchange.js'
import type { EntityViewSet } from '../mixins/viewset-class.js'
import { runEach } from '../pipeline/run-steps.js'
import { exceptionOf } from '../problem/failure-exception.js'
import { runningRepository } from '../running.js'
import { runVerb } from '../verbs/run-verb.js'
import type { ViewSetStatics } from '../viewset.js'
import { failureOf } from './bulk-failure.js'
import type { BulkItem, BulkOutcome, BulkResult } from './bulk-item.js'
import type { BulkPlan } from './bulk-plan.js'
import { keyOf } from './find-rows.js'
import { callOf, type ItemRun, judge, resultOf } from './run-items.js'

/** Whether items can be written by one call: they all give the same, and nothing is done for each of them. */
export function isTogether({ together, kind }: BulkPlan, items: readonly BulkItem[]): boolean {
  if (together !== true) return false
  return kind === 'create' || kind === 'delete' || new Set(items.map(({ values }) => values)).size === 1
}

/** Writes all items by one call, all of them or none. @throws the failure of the first that may not be written. */
export async function runTogether(
  viewSet: EntityViewSet,
  items: readonly BulkItem[],
  run: Omit<ItemRun, 'perform'>,
): Promise<BulkOutcome> {
  const { plan, exchange } = run
  const repository = runningRepository(plan.action.entity as AnyClass<EntityRow>)
  const calls: Exchange[] = []
  for (const item of items) {
    try {
      const call = callOf(item, await judge(item, run), exchange)
      const preparing = runEach(plan.before, call)
      if (preparing) await preparing
      calls.push(call)
    } catch (error) {
      throw failureOf(error, item, plan)
    }
  }
  const { rows, answer } = await write(viewSet, items, calls, { plan, repository })
  const results: BulkResult[] = []
  for (const [index, item] of items.entries()) results.push(await verified(item, calls[index]!, rows[index], plan))
  return { results, ...(answer !== undefined && { answer }) }
}

interface Written {
  /** The rows as they are now; none where they were removed. */
  readonly rows: readonly (EntityRow | undefined)[]
  readonly answer?: unknown
}

interface Writing {
  readonly plan: BulkPlan
  readonly repository: ScopedRepository<EntityRow>
}

async function write(
  viewSet: EntityViewSet,
  items: readonly BulkItem[],
  calls: readonly Exchange[],
  writing: Writing,
): Promise<Written> {
  const { plan, repository } = writing
  if (plan.kind === 'create') return create(viewSet, calls, writing)
  const keys = calls.map(({ row }) => keyOf(row as EntityRow, plan))
  const values = items[0]?.values ?? {}
  if (plan.kind === 'verb') return carryOut(viewSet, keys, values, writing)
  if (plan.kind === 'delete') {
    await repository.delete(keys)
    return { rows: [] }
  }
  if (Object.keys(values).length > 0) await repository.update(keys, values)
  return { rows: await stored(keys, writing) }
}

async function create(viewSet: EntityViewSet, calls: readonly Exchange[], writing: Writing): Promise<Written> {
  const { plan, repository } = writing
  const { model } = viewSet.constructor as unknown as Required<ViewSetStatics>
  const rows = calls.map((call) => repository.create({ ...(call.body as object), ...model.scope?.(call) }))
  await repository.insert(rows)
  const keys = rows.map((row) => keyOf(row, plan))
  return { rows: await stored(keys, writing) }
}

async function carryOut(
  viewSet: EntityViewSet,
  keys: readonly Id[],
  input: object,
  { plan, repository }: Writing,
): Promise<Written> {
  const verb = plan.action.verb!
  const done = await runVerb(viewSet, verb, keys, input)
  if ('success' in done && !done.success) throw exceptionOf(done)
  const receipt: Receipt & { readonly answer?: unknown } = 'success' in done ? done.data : done
  const rows = plan.model.entity.verbs[verb]?.hard ? [] : await stored(keys, { plan, repository })
  return { rows, answer: receipt.answer }
}

/** The rows as the next reader will see them, in the order of their keys as given; also those that are hidden now. */
async function stored(keys: readonly Id[], { plan, repository }: Writing) {
  const rows = await repository.unscoped().select().where(oneOf(plan.key, keys)).rows()
  const found = new Map(rows.map((row) => [String(keyOf(row, plan)), row]))
  return keys.map((key) => found.get(String(key)))
}

async function verified(
  item: BulkItem,
  call: Exchange,
  row: EntityRow | undefined,
  plan: BulkPlan,
): Promise<BulkResult> {
  call.outcome = row
  try {
    const verifying = runEach(plan.after, call)
    if (verifying) await verifying
  } catch (error) {
    throw failureOf(error, item, plan)
  }
  return resultOf(item, row, plan)
}
