import type { EntityRow } from '../../orm/entity-row.js'
import type { Exchange } from '../exchange.js'
import type { EntityViewSet } from '../mixins/viewset-class.js'
import { runEach } from '../pipeline/run-steps.js'
import { failureOf } from './bulk-failure.js'
import type { BulkItem, BulkOutcome, BulkResult } from './bulk-item.js'
import type { BulkPlan } from './bulk-plan.js'
import { callOf, type ItemRun, judge, resultOf } from './run-items.js'
import { type Written, writeTogether } from './write-together.js'

/** Whether items can be written by one call: they all give the same, and nothing is done for each of them. */
export function isTogether({ way, kind, merged }: BulkPlan, items: readonly BulkItem[]): boolean {
  if (way.by === 'row') return false
  return kind === 'create' || kind === 'delete' || isSame(items, merged)
}

function isSame([first, ...others]: readonly BulkItem[], merged: readonly string[]): boolean {
  if (!first || others.some(({ values }) => values !== first.values)) return false
  return !merged.some((name) => first.values[name])
}

/** Writes all items by one call, all of them or none. @throws the failure of the first that may not be written. */
export async function runTogether(
  viewSet: EntityViewSet,
  items: readonly BulkItem[],
  run: Omit<ItemRun, 'perform'>,
): Promise<BulkOutcome> {
  const { plan, exchange } = run
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
  const { rows, answer } = await written(viewSet, calls, plan)
  const results: BulkResult[] = []
  for (const [index, item] of items.entries()) results.push(await verified(item, calls[index]!, rows[index], plan))
  return { results, ...(answer !== undefined && { answer }) }
}

async function written(viewSet: EntityViewSet, calls: readonly Exchange[], plan: BulkPlan): Promise<Written> {
  try {
    return await writeTogether(viewSet, calls, plan)
  } catch (error) {
    // A verb sees all its rows at once, so that only it can say what is wrong with them.
    throw plan.kind === 'verb' ? failureOf(error, { at: ['ids'], valuesAt: ['input'] }, plan) : error
  }
}

/** What became of an item that is written, once its row is looked at again. */
export async function verified(
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
