import type { DeleteResult, UpdateResult } from 'typeorm'
import { ConflictError } from '../../errors/exceptions.js'
import type { RowData } from '../../model/matches.js'
import type { Contributed } from '../../model/model.js'
import type { Rule } from '../../model/rule.js'
import type { WriteContext } from '../../model/rule-context.js'
import { keysOf } from '../events/announcement.js'
import type { WriteCause } from '../events/write-event.js'
import { noteRows } from '../writes/call-rows.js'
import { chunks, longestList } from '../writes/groups.js'
import { passesTogether } from '../writes/passages.js'
import { keepsRows, remove } from '../writes/remove.js'
import { update } from '../writes/update.js'
import { internalsOf, markRuled, type Target, type WriteBuilder } from '../writes/write.js'
import { DeletionPlan, type PlannedDeletion, type PlannedDetachment, type Restriction } from './deletion-plan.js'
import { forgetRemoved, isJournaled, rememberLinks } from './journal.js'
import { referencesTo } from './references.js'
import type { Seen } from './related-rows.js'
import { rowsStatement } from './rows-statement.js'

/** Rows that are about to be deleted, with all that refers to them. */
export interface RelatedDeletion extends Target {
  readonly builder: WriteBuilder
  readonly context: WriteContext
  /** The rows, locked. */
  readonly rows: readonly RowData[]
  /** Whether everything is removed, whatever delete rules say. */
  readonly hard: boolean
  /** The verb that removes them; rows that come along are removed by their own of the same name. */
  readonly verb?: string
}

/** What became of a deletion. */
export interface Deleted<R> {
  readonly result: R
  /** How many rows of each entity were deleted. */
  readonly byEntity: Readonly<Record<string, number>>
}

/** Whether something else must happen when rows of an entity are deleted: to rows that refer to them, or to the journal. */
export function isReferred(
  { dataSource }: Pick<WriteBuilder, 'dataSource'>,
  { metadata }: Target,
  removed: boolean,
): boolean {
  const referred = referencesTo(dataSource, metadata).some(({ policy }) => policy !== 'keep')
  return referred || (removed && isJournaled(dataSource, metadata))
}

/**
 * Deletes what refers to rows, as the policies of the relations want it, then with `own` the rows themselves. Runs
 * inside of a savepoint of its caller.
 * @param own deletes at most 500 of the rows; all of them where rules look at them all at once.
 * @throws {ConflictError} `RESTRICTED`, before anything is written.
 */
export async function deleteRelated<R extends UpdateResult | DeleteResult>(
  deletion: RelatedDeletion,
  own: (rows: readonly RowData[]) => Promise<R>,
): Promise<Deleted<R>> {
  const { model, builder } = deletion
  const runner = internalsOf(builder).queryRunner ?? builder.dataSource.createQueryRunner()
  const plan = await DeletionPlan.of({ dataSource: builder.dataSource, runner, locked: true }, deletion)
  if (plan.restrictions.length > 0) throw restricted(deletion, plan.restrictions)
  for (const part of [deletion, ...plan.deletions]) noteRows(deletion.context, part.metadata, part.rows)
  const byEntity: Record<string, number> = { [model.name]: 0 }
  const count = (name: string, written: number) => (byEntity[name] = (byEntity[name] ?? 0) + written)
  for (const part of plan.deletions.filter(({ removed }) => !removed))
    count(part.model.name, await hide(deletion, part))
  const journal = { dataSource: builder.dataSource, runner }
  for (const { reference, rows, forGood } of plan.detachments) {
    if (!forGood) await rememberLinks(journal, deletion.context.operation, reference, rows)
  }
  for (const part of [...plan.detachments, ...plan.loosened]) await detach(deletion, part)
  const removals = plan.deletions.filter(({ removed }) => removed).sort((a, b) => b.level - a.level)
  for (const part of removals) count(part.model.name, await removeRelated(deletion, part))
  const whole = !deletion.hard && keepsRows(model) && passesTogether(model)
  const result = await (whole ? own(deletion.rows) : deleteOwn(deletion.rows, own))
  count(model.name, result.affected ?? 0)
  const gone = deletion.hard || !keepsRows(model) ? [...removals, deletion] : removals
  for (const part of gone) if (isJournaled(builder.dataSource, part.metadata)) await forgetRemoved(journal, part)
  return { result, byEntity }
}

/** Deletes rows by delete rules that keep them. */
function hide(deletion: RelatedDeletion, part: PlannedDeletion): Promise<number> {
  const { rules } = part.model
  const hiding = {
    ...part,
    kind: 'delete',
    rules: [...rules.update, ...rules.delete],
    values: {},
    seen: 'visible',
  } as const
  if (passesTogether(part.model)) return part.rows.length > 0 ? write(deletion, hiding) : Promise.resolve(0)
  return inChunks(part.rows, (rows) => write(deletion, { ...hiding, rows }))
}

function detach(deletion: RelatedDeletion, part: PlannedDetachment): Promise<number> {
  const values = { [part.reference.key.propertyName]: null }
  const { rules } = part.model
  return inChunks(part.rows, (rows) => write(deletion, { ...part, rows, kind: 'update', rules: rules.update, values }))
}

/** What is written into rows of one entity. */
interface PartWrite extends Target {
  readonly rows: readonly RowData[]
  readonly kind: string
  readonly rules: readonly Contributed<Rule>[]
  readonly values: RowData
  readonly seen: Seen
}

async function write(
  { builder: root, context, ...deletion }: RelatedDeletion,
  { model, metadata, rows, kind, seen, ...what }: PartWrite,
): Promise<number> {
  const target = { model, metadata }
  const builders = chunks(rows, longestList).map((part) => rowsStatement(root, target, part, { seen, kind: 'update' }))
  const builder = builders[0]!
  const all = builders.length > 1 && { builders }
  const run = () => markRuled(builder).execute() as Promise<UpdateResult>
  const event = { kind, cause: causeOf(deletion) }
  const { affected } = await update({ ...target, ...what, builder, ...all, given: what.values, context, event }, run)
  return affected ?? 0
}

function causeOf({ model, metadata, rows, verb = 'delete' }: Omit<RelatedDeletion, 'builder' | 'context'>): WriteCause {
  return { kind: verb, entity: model.entity, ids: keysOf(metadata, rows) }
}

function removeRelated(deletion: RelatedDeletion, part: PlannedDeletion) {
  const { builder: root, context, verb = '', hard } = deletion
  const { model, metadata } = part
  const own = hard && Object.hasOwn(model.verbs, verb) ? model.verbs[verb] : undefined
  const rules = own ? [own] : hard ? [] : model.rules.delete
  return inChunks(part.rows, async (rows) => {
    const builder = rowsStatement(root, part, rows, { seen: 'everything', kind: 'delete' })
    const run = () => markRuled(builder).execute() as Promise<DeleteResult>
    const event = { kind: own ? verb : 'delete', cause: causeOf(deletion) }
    const { affected } = await remove({ model, metadata, builder, rules, context, event }, run)
    return affected ?? 0
  })
}

async function inChunks(
  rows: readonly RowData[],
  work: (rows: readonly RowData[]) => Promise<number>,
): Promise<number> {
  let total = 0
  for (const chunk of chunks(rows, longestList)) total += await work(chunk)
  return total
}

async function deleteOwn<R extends UpdateResult | DeleteResult>(
  rows: readonly RowData[],
  own: (rows: readonly RowData[]) => Promise<R>,
): Promise<R> {
  const [first = [], ...others] = chunks(rows, longestList)
  const result = await own(first)
  for (const chunk of others) {
    const more = await own(chunk)
    result.affected = (result.affected ?? 0) + (more.affected ?? 0)
  }
  return result
}

function restricted({ model }: RelatedDeletion, restrictions: readonly Restriction[]): ConflictError {
  const [{ entity, count, sampleIds } = { entity: '', count: 0, sampleIds: [] }, ...others] = restrictions
  const details = { entity, count, sampleIds, ...(others.length > 0 && { others }) }
  const message = `This ${model.name} cannot be deleted while ${count} of ${entity} refer to it.`
  const told = { message: `This ${model.name} cannot be deleted while other rows refer to it.` }
  return new ConflictError(message, { errorCode: 'RESTRICTED', details, told })
}
