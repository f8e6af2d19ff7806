import type { AppException } from '../../errors/app-exception.js'
import { NotFoundError } from '../../errors/exceptions.js'
import { isFailure } from '../../errors/failure.js'
import type { EntityRow } from '../../orm/entity-row.js'
import { invalidBody } from '../../serializer/body-errors.js'
import type { Exchange } from '../exchange.js'
import { dataSourceOf } from '../host.js'
import { findUnknownKeys } from '../nested/find-unknown-keys.js'
import { isUnknownKeys } from '../nested/unknown-keys.js'
import { isSuccess, type Outcome } from '../outcome.js'
import { permitRow } from '../pipeline/permit.js'
import { runEach } from '../pipeline/run-steps.js'
import { exceptionOf } from '../problem/failure-exception.js'
import { problemOf } from '../problem/problem.js'
import { failureOf } from './bulk-failure.js'
import type { BulkItem, BulkResult } from './bulk-item.js'
import type { BulkPlan } from './bulk-plan.js'
import { type FoundRows, keyOf } from './find-rows.js'
import { requireKnown } from './item-condition.js'

/** Does what is to be done to one item: the call is as that of the action on one row. */
export type PerformItem = (call: Exchange) => Outcome<EntityRow> | Promise<Outcome<EntityRow>>

/** What items are run with. */
export interface ItemRun {
  readonly plan: BulkPlan
  readonly exchange: Exchange
  readonly rows: FoundRows
  readonly perform: PerformItem
}

/** The row of an item. @throws where the caller may not do this to it, or does not know it as it is. */
export async function judge(
  item: BulkItem,
  { plan, exchange, rows }: Omit<ItemRun, 'perform'>,
): Promise<EntityRow | undefined> {
  if (plan.kind === 'create') return undefined
  const row = item.key === undefined ? undefined : rows.get(String(item.key))
  if (!row) throw new NotFoundError('There is no such row.')
  const running = permitRow(callOf(item, row, exchange))
  if (running) await running
  requireKnown(item, row, plan)
  return row
}

/** Runs one item after another, all of them or none. @throws the failure of the first that fails. */
export async function runAll(items: readonly BulkItem[], run: ItemRun): Promise<readonly BulkResult[]> {
  const results: BulkResult[] = []
  for (const [index, item] of items.entries()) {
    try {
      results.push(await runItem(item, run))
    } catch (error) {
      const failure = failureOf(error, item, run.plan)
      throw isUnknownKeys(error) ? await withUnknownKeys(failure, items.slice(index + 1), run) : failure
    }
  }
  return results
}

/** A failure because of keys of no row, with those in items of which none is written any more. */
async function withUnknownKeys(
  failure: AppException,
  others: readonly BulkItem[],
  run: ItemRun,
): Promise<AppException> {
  const { plan, exchange, rows } = run
  const errors = [...failure.errors]
  for (const other of others) {
    const row = other.key === undefined ? undefined : rows.get(String(other.key))
    const writes = { dataSource: dataSourceOf(plan.host), call: callOf(other, row, exchange), atEnd: [] }
    const part = { values: other.values, at: [], ...(row && { row }) }
    const found = await findUnknownKeys(writes, plan.model.serializer, part)
    if (found.length > 0) errors.push(...failureOf(invalidBody(found), other, plan).errors)
  }
  return invalidBody(errors)
}

/** Runs one item after another, each in a savepoint of its own. */
export async function runEachAlone(items: readonly BulkItem[], run: ItemRun): Promise<readonly BulkResult[]> {
  const { plan, exchange } = run
  const results: BulkResult[] = []
  for (const item of items) {
    try {
      results.push(await dataSourceOf(plan.host).atomic(() => runItem(item, run)))
    } catch (error) {
      const failure = failureOf(error, item, plan)
      const { requestId: _request, ...problem } = problemOf(
        failure,
        { requestId: exchange.id },
        plan.host.problemStyle,
        plan.host.naming,
      )
      const { index, id } = item
      results.push({ index, ...(id !== undefined && { id }), status: problem.status, problem })
    }
  }
  return results
}

async function runItem(item: BulkItem, run: ItemRun): Promise<BulkResult> {
  const { plan, exchange, perform } = run
  const row = await judge(item, run)
  const call = callOf(item, row, exchange)
  const preparing = runEach(plan.before, call)
  if (preparing) await preparing
  call.outcome = await perform(call)
  if (isFailure(call.outcome)) throw exceptionOf(call.outcome)
  const verifying = runEach(plan.after, call)
  if (verifying) await verifying
  return resultOf(item, call.outcome, plan)
}

/** The call of an item: the one of the whole action, with the row and the values of the item. */
export function callOf({ values }: BulkItem, row: EntityRow | undefined, exchange: Exchange): Exchange {
  const own = { enumerable: true, writable: true, configurable: true }
  return Object.create(exchange, {
    body: { ...own, value: values },
    row: { ...own, value: row },
    outcome: { ...own, value: undefined },
  }) as Exchange
}

/** What became of an item that did not fail. */
export function resultOf({ index, id }: BulkItem, outcome: unknown, plan: BulkPlan): BulkResult {
  const done = typeof outcome === 'object' && outcome !== null && isSuccess(outcome) ? outcome.data : outcome
  const row = plan.action.entity && done instanceof plan.action.entity ? (done as EntityRow) : undefined
  const key = row ? keyOf(row, plan) : id
  const status = row ? (plan.kind === 'create' ? 201 : 200) : 204
  return { index, ...(key !== undefined && { id: key }), status, ...(row && { row }) }
}
