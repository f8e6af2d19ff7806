import type { AnyClass } from '../../metadata/fact-kind.js'
import type { RowData } from '../../model/matches.js'
import type { EntityRow } from '../../orm/entity-row.js'
import { type Intent, lockAhead } from '../../orm/writes/lock-ahead.js'
import { acceptedInput } from '../../orm/writes/verb-input.js'
import { runningRepository } from '../running.js'
import type { BulkItem } from './bulk-item.js'
import type { BulkPlan } from './bulk-plan.js'

/** Takes the locks that rules want for the rows of items, before those are locked. */
export async function lockAheadOfItems(items: readonly BulkItem[], plan: BulkPlan): Promise<void> {
  const keys = items.flatMap(({ key }) => key ?? [])
  const intent = intentOf(items, plan)
  if (!intent || keys.length === 0) return
  await lockAhead(runningRepository(plan.action.entity as AnyClass<EntityRow>), keys, intent)
}

/** What is done to the rows of items; undefined where it cannot be told of all of them at once. */
function intentOf(items: readonly BulkItem[], { kind, action, model, key }: BulkPlan): Intent | undefined {
  const [first] = items
  if (kind === 'delete') return { kind }
  if (kind === 'update') {
    const values = new Map(items.map((item) => [String(item.key), item.values]))
    return { kind, values: [...values.values()], valuesOf: (row) => values.get(String(row[key])) ?? {} }
  }
  const name = action.verb ?? ''
  const verb = kind === 'verb' ? model.entity.verbs[name] : undefined
  if (!first || !verb || items.some(({ values }) => values !== first.values)) return undefined
  const input: RowData | undefined = acceptedInput(verb.input, first.values)
  return input && { kind: 'verb', name, input }
}
