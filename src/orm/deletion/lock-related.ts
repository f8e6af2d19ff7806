import type { EntityMetadata, QueryRunner } from 'typeorm'
import type { RowData } from '../../model/matches.js'
import type { Contributed, Model } from '../../model/model.js'
import type { Rule } from '../../model/rule.js'
import type { WriteContext } from '../../model/rule-context.js'
import type { ModelDataSource } from '../data-source.js'
import { chunks, longestList } from '../writes/groups.js'
import { lockUpcoming, type Upcoming } from '../writes/lock-upcoming.js'
import { rowsOf } from '../writes/read-rows.js'
import { keepsRows } from '../writes/remove.js'
import { sharedValues } from '../writes/row-change.js'
import type { Target, WriteBuilder } from '../writes/write.js'
import { DeletionPlan } from './deletion-plan.js'
import { type Followed, followersOf, type WrittenRows } from './follow.js'
import { referencesOf, referencesTo } from './references.js'
import { rowsStatement, type StatementOptions } from './rows-statement.js'

/** A deletion before any of its rows is locked. */
export interface UpcomingDeletion extends Target {
  readonly builder: WriteBuilder
  readonly runner: QueryRunner
  readonly context: WriteContext
  /** Whether everything is removed, whatever delete rules say. */
  readonly hard: boolean
}

/** Takes the locks of all rows that a deletion writes, the related ones too, before any of them is locked. */
export async function lockDeletion({ builder, runner, context, ...deletion }: UpcomingDeletion): Promise<void> {
  const { dataSource } = builder
  if (!anyLocks(entitiesAround(dataSource, deletion.metadata, false))) return
  const rows = await rowsOf(builder, deletion, false)
  if (rows.length === 0) return
  const plan = await DeletionPlan.of({ dataSource, runner, locked: false }, { ...deletion, rows })
  const removed = deletion.hard || !keepsRows(deletion.model)
  const deletions = [{ ...deletion, rows, removed }, ...plan.deletions].flatMap((part) => {
    const { update, delete: own } = part.model.rules
    const rules = part.removed ? own : [...update, ...own]
    const options = { kind: part.removed ? 'delete' : 'update', seen: part.removed ? 'everything' : 'visible' } as const
    const shared = sharedValues(rules, context)
    return upcoming(builder, part, options, rules, (before) => (part.removed ? null : { ...before, ...shared }))
  })
  const detachments = [...plan.detachments, ...plan.loosened].flatMap((part) => {
    const { update } = part.model.rules
    const shared = { [part.reference.key.propertyName]: null, ...sharedValues(update, context) }
    const options = { kind: 'update', seen: part.seen } as const
    return upcoming(builder, part, options, update, (before) => ({ ...before, ...shared }))
  })
  await lockUpcoming(builder, context, [...deletions, ...detachments])
}

/** Takes the locks of rows that come back, of those above them and of those that come along, before any is locked. */
export async function lockReturning(
  { builder, runner, context, ...call }: Followed,
  asked: WrittenRows,
  ancestors: readonly WrittenRows[],
): Promise<void> {
  const { dataSource } = builder
  if (!anyLocks(entitiesAround(dataSource, asked.metadata, true))) return
  const followers = await followersOf({ dataSource, runner, locked: false }, call, asked)
  const parts = [asked, ...ancestors, ...followers].flatMap((part) => {
    const verb = part.model.verbs[call.name] ?? call.verb
    const rules = [verb, ...part.model.rules.update]
    const shared = sharedValues(rules, context)
    const options = { kind: 'update', seen: 'visible', without: verb.without ?? [] } as const
    return upcoming(builder, part, options, rules, (before) => ({ ...before, ...shared }))
  })
  await lockUpcoming(builder, context, parts)
}

function upcoming(
  root: WriteBuilder,
  { model, metadata, rows }: WrittenRows,
  options: StatementOptions,
  rules: readonly Contributed<Rule>[],
  after: (before: RowData) => RowData | null,
): readonly Upcoming[] {
  return chunks(rows, longestList).map((chunk) => {
    const builder = rowsStatement(root, { model, metadata }, chunk, options)
    return { model, metadata, builder, rules, after, given: {} }
  })
}

/** An entity, those whose rows refer to its own at any depth, and those above where they are asked for. */
function entitiesAround(dataSource: ModelDataSource, root: EntityMetadata, above: boolean): readonly Model[] {
  const found = new Set([root])
  for (const metadata of found) {
    for (const reference of referencesTo(dataSource, metadata)) found.add(reference.metadata)
    if (above) for (const { parent } of referencesOf(dataSource, metadata)) found.add(parent)
  }
  return [...found].flatMap(({ target }) => dataSource.modelOf(target) ?? [])
}

function anyLocks(models: readonly Model[]): boolean {
  return models.some(
    ({ rules, verbs }) =>
      rules.written.some((rule) => rule.before !== undefined) ||
      [...rules.update, ...rules.delete, ...rules.enter, ...rules.leave, ...Object.values(verbs)].some(
        (rule) => rule.locks !== undefined,
      ),
  )
}
