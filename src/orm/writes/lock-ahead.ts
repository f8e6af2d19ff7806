import { AppException } from '../../errors/app-exception.js'
import { evaluated } from '../../model/expression.js'
import type { RowData } from '../../model/matches.js'
import type { Contributed, Model } from '../../model/model.js'
import type { Rule } from '../../model/rule.js'
import type { WriteContext } from '../../model/rule-context.js'
import type { Id } from '../../model/verb.js'
import type { EntityRow } from '../entity-row.js'
import type { ScopedRepository } from '../model-repository.js'
import { without } from '../scopes/sight.js'
import { takesTurns } from '../unit-of-work/takes-turns.js'
import { chunks, longestList } from './groups.js'
import { leadsUpwards } from './lock-above.js'
import { asksLocks, lockUpcoming } from './lock-upcoming.js'
import { keepsRows } from './remove.js'
import { sharedValues } from './row-change.js'
import { rowOf } from './stored-rows.js'
import type { Target, WriteBuilder } from './write.js'
import { newContext } from './write-context.js'

/** What a call is going to do to rows. */
export type Intent =
  | {
      readonly kind: 'update'
      /** All that is written, into whichever row. */
      readonly values: readonly RowData[]
      /** What is written into one. */
      readonly valuesOf: (row: RowData) => RowData
    }
  | { readonly kind: 'delete' }
  | { readonly kind: 'verb'; readonly name: string; readonly input: RowData }

/**
 * Takes the locks that rules want for rows which a call is going to write, before the call locks the rows: whoever locks rows
 * first and then waits for a list meets somebody who holds the list and waits for the rows. The rows are read without being
 * locked; what others make of them meanwhile is for the write to find out, and so is what is refused.
 */
export async function lockAhead<E extends EntityRow>(
  repository: ScopedRepository<E>,
  keys: readonly Id[],
  intent: Intent,
): Promise<void> {
  const { model, metadata, manager } = repository
  if (takesTurns(manager.dataSource)) return
  const context = newContext(manager.dataSource, intent.kind === 'verb' ? intent.input : {})
  const everything = without(model, [])
  const statement = (some: readonly Id[]) =>
    manager
      .createQueryBuilder()
      .seeing(everything, metadata)
      .update(metadata.target)
      .whereInIds([...some]) as unknown as WriteBuilder
  try {
    for (const some of chunks(keys, longestList)) {
      await lockFor({ model, metadata, builder: statement(some), context }, intent)
    }
  } catch (error) {
    if (!(error instanceof AppException)) throw error
  }
}

interface Asked extends Target {
  readonly builder: WriteBuilder
  readonly context: WriteContext<RowData>
}

async function lockFor({ context, ...target }: Asked, intent: Intent): Promise<void> {
  const { builder, metadata, model } = target
  const rules = rulesOf(model, intent)
  const shared = sharedValues(rules, context)
  const asks = (values: RowData) => asksLocks(target, rules, { ...values, ...shared })
  if (intent.kind === 'update' && !leadsUpwards(builder.dataSource, model) && !intent.values.some(asks)) return
  const hard = intent.kind === 'verb' && model.verbs[intent.name]?.hard === true
  const removes = hard || (intent.kind === 'delete' && !keepsRows(model))
  const valuesOf = intent.kind === 'update' ? intent.valuesOf : () => ({})
  const after = (before: RowData) => {
    return removes ? null : { ...before, ...evaluated(rowOf(metadata, { ...valuesOf(before), ...shared }), before) }
  }
  await lockUpcoming(builder, context, [{ ...target, rules, after, given: context.input }])
}

function rulesOf({ rules, verbs }: Model, intent: Intent): readonly Contributed<Rule>[] {
  if (intent.kind === 'update') return rules.update
  if (intent.kind === 'delete') return [...rules.update, ...rules.delete]
  const verb = verbs[intent.name]
  return verb ? [verb, ...rules.update] : rules.update
}
