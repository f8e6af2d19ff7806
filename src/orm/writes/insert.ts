import { InsertResult, type ObjectLiteral } from 'typeorm'
import { v7 } from 'uuid'
import { matches, type RowData } from '../../model/matches.js'
import type { RowPair } from '../../model/rule.js'
import { isLocked } from '../../model/scope.js'
import { referringToShown } from '../deletion/shown-references.js'
import { type Announced, announce, confirmLinks, confirmUnread, isHeard } from '../events/announcement.js'
import { spellKeys } from '../uuid-columns.js'
import { noteRows } from './call-rows.js'
import { EnteredRows } from './entered-rows.js'
import { chunks, longestList } from './groups.js'
import { applyInsertRules, type RuledRow } from './insert-rules.js'
import { refuseComputed } from './known-values.js'
import { isOfOneClass, lockedReferencesOf } from './locked-references.js'
import { Passages, type Passing } from './passages.js'
import { areInsertsHeard, plainInsert } from './plain-insert.js'
import { ReferredRows } from './referred-rows.js'
import { refusedLinks, refusedSelection, refusedUnheard, refusedUpsert } from './refusals.js'
import { requireKeys } from './required-keys.js'
import { currentSave } from './save.js'
import { lockSave } from './save-locks.js'
import { Scene } from './scene.js'
import { rowOf } from './stored-rows.js'
import { tellUpcoming, tellWritten } from './tell-written.js'
import { inCall, inSavepoint } from './transactions.js'
import { markRuled, type Run, type Target, targetOf, type WriteBuilder, withValues } from './write.js'
import { newContext } from './write-context.js'

/** Carries out an INSERT under the insert rules of its entity. */
export async function executeInsert(builder: WriteBuilder, run: Run<InsertResult>): Promise<InsertResult> {
  const target = targetOf(builder)
  if (!target) {
    const result = await linked(builder, run)
    confirmLinks(builder, v7())
    return result
  }
  refuseUnruled(builder, target)
  const { valuesSet, insertFromSelect } = builder.expressionMap
  const context = (builder.guard.persistence ? currentSave()?.context : undefined) ?? newContext(builder.dataSource)
  const announced = { ...target, builder, context, event: { kind: upserts(builder) ? 'upsert' : 'insert' } }
  if (insertFromSelect || !valuesSet) {
    const result = await run()
    confirmUnread(announced, undefined)
    return result
  }
  const given = Array.isArray(valuesSet) ? valuesSet : [valuesSet]
  spellKeys(target.metadata, given)
  // Keys that the database makes have to be known.
  if (isHeard(announced)) builder.expressionMap.updateEntity = true
  const ruled = await applyInsertRules(given, target, context)
  const insert = (more: readonly RowData[]) => inserted(announced, given, { ruled, more }, run)
  const referred = new ReferredRows({ ...target, builder, context })
  // What is hidden itself may refer to what is hidden.
  const shown = () => given.filter((_, index) => matches(target.model.visible, ruled[index]!.row))
  const write = async () => {
    const enters = target.model.rules.enter.length > 0
    if (!enters && !isHeard(announced)) return told(announced, given, await insert([]))
    return inCall(builder, context, async () => {
      // Where the call runs again, it does so in another transaction.
      const scene = new Scene(builder, target, context)
      await announce(announced, () => ruled.map(({ row }) => ({ before: null, after: row })))
      if (enters) await lockSave(builder, scene)
      const insertTold = async (more: readonly RowData[]) => {
        await tellUpcoming(announced, () => newRows(ruled, more))
        return insert(more)
      }
      const insertEntered = (more: readonly RowData[]) => {
        const rows = ruled.map(({ row }, index) => ({ row, more: more[index] ?? {} }))
        return new EnteredRows(announced, referred).writing(rows, () => insertTold(more))
      }
      const result = await (enters ? entering(target, given, ruled, scene, insertEntered) : insertTold([]))
      return told(announced, given, result)
    })
  }
  const lock = async () => {
    const scene = new Scene(builder, target, context)
    await lockSave(builder, scene)
    await scene.lock(entries(target.model, ruled).flatMap((row) => new Passages(target.model, scene).keysOf(row)))
  }
  return referred.inserting(given, () => referringToShown(builder, target, context, { rows: shown, lock, write }))
}

/**
 * Inserts links into a junction table, which has no rules. Whether rows that a save puts into lists are hidden is looked at where it
 * stores them.
 */
function linked(builder: WriteBuilder, run: Run<InsertResult>): Promise<InsertResult> {
  const { mainAlias, valuesSet, insertFromSelect } = builder.expressionMap
  if (!mainAlias?.hasMetadata || !mainAlias.metadata.isJunction) return run()
  const { metadata } = mainAlias
  const all = lockedReferencesOf(builder.dataSource, metadata)
  const references = builder.guard.persistence ? all.filter(isOfOneClass) : all
  if (references.length === 0) return run()
  if (insertFromSelect) throw refusedLinks(metadata.name)
  const rows = valuesSet ? [valuesSet].flat() : []
  const context = newContext(builder.dataSource)
  return new ReferredRows({ metadata, builder, context, references }).inserting(rows, run)
}

/** Tells of rows that are inserted. Which an upsert has written, nobody knows. */
async function told(write: Announced, given: readonly ObjectLiteral[], result: InsertResult): Promise<InsertResult> {
  const { metadata, event } = write
  const row = (index: number) => rowOf(metadata, result.identifiers[index] ?? given[index]!)
  if (event.kind === 'upsert') confirmUnread(write, undefined)
  else await tellWritten(write, () => given.map((_, index) => ({ before: null, after: row(index) })))
  return result
}

const upserts = ({ expressionMap }: WriteBuilder): boolean =>
  expressionMap.onUpdate !== undefined || expressionMap.onIgnore

/** What rules have set in each row, and what those have that it enters by. */
interface SetByRules {
  readonly ruled: readonly RuledRow[]
  readonly more: readonly RowData[]
}

async function inserted(
  { builder, context, ...target }: Announced,
  given: ObjectLiteral[],
  { ruled, more }: SetByRules,
  run: Run<InsertResult>,
): Promise<InsertResult> {
  const result = await insertAll(builder, target, given, run)
  for (const [index, { set }] of ruled.entries()) {
    // TypeORM merges these into the entities it saves.
    result.generatedMaps[index] = Object.assign(result.generatedMaps[index] ?? {}, set, more[index])
    result.identifiers[index] ??= target.metadata.getEntityIdMap(given[index]) as ObjectLiteral
  }
  // What a save writes next may belong to these rows.
  if (builder.guard.persistence) noteRows(context, target.metadata, result.identifiers)
  return result
}

/** Inserts rows that become visible with it, as the rules `enter` want them. */
async function entering(
  target: Target,
  given: readonly ObjectLiteral[],
  ruled: readonly RuledRow[],
  scene: Scene,
  insert: (more: readonly RowData[]) => Promise<InsertResult>,
): Promise<InsertResult> {
  const { model } = target
  const rows = entries(model, ruled)
  const passages = new Passages(model, scene)
  await scene.lock(rows.flatMap((row) => passages.keysOf(row)))
  if (scene.leads) await scene.lockAbove(rows.map(({ after }) => after!))
  const more = await passages.valuesFor(rows)
  for (const [index, values] of more.entries()) Object.assign(given[index]!, values)
  const result = await insert(more)
  await passages.written()
  return result
}

/** Rows as the rules `enter` see them. */
function entries(model: Target['model'], ruled: readonly RuledRow[]): readonly Passing[] {
  return ruled.map((one) => {
    refuseComputed(model, one.given)
    return { before: null, after: one.row, given: one.given }
  })
}

function newRows(ruled: readonly RuledRow[], more: readonly RowData[]): readonly RowPair[] {
  return ruled.map(({ row }, index) => ({ before: null, after: { ...row, ...more[index] } }))
}

function refuseUnruled({ expressionMap, dataSource }: WriteBuilder, { model, metadata }: Target): void {
  const { insert, update, enter, leave, written } = model.rules
  const upserts = expressionMap.onUpdate ?? expressionMap.onIgnore
  if (expressionMap.onUpdate && update.length > 0) throw refusedUpsert(model)
  if (upserts && enter.length + leave.length + written.length > 0) throw refusedUpsert(model)
  const kinds = expressionMap.onUpdate ? ['insert', 'update'] : ['insert']
  const heard = dataSource.events.placesOf(model, kinds)
  if (upserts && heard.length > 0) {
    throw refusedUnheard(model, 'an upsert', heard, 'Use updateOrCreate(values, { by: [...] }) of its repository.')
  }
  if (!expressionMap.insertFromSelect) return
  if (heard.length > 0) {
    throw refusedUnheard(model, 'an insert from a SELECT', heard, 'Read the rows, and insert them.')
  }
  const locked = Object.values(model.scopes).some(isLocked) || lockedReferencesOf(dataSource, metadata).length > 0
  if (locked || insert.length + enter.length + written.length > 0) throw refusedSelection(model)
}

/** The most parameters of a statement: 65535 by the protocols of PostgreSQL and MySQL, 32766 on SQLite. */
const mostParameters = 32_000

/** How many rows a statement of our own inserts at most: longer ones are not faster. */
const mostRows = 1_000

async function insertAll(
  builder: WriteBuilder,
  target: Target,
  rows: ObjectLiteral[],
  run: Run<InsertResult>,
): Promise<InsertResult> {
  // Who hears of inserts may give the keys.
  if (!areInsertsHeard(builder.dataSource, target.metadata)) requireKeys(target.metadata, rows)
  const plain = plainInsert(builder, target)
  const most = Math.floor(mostParameters / target.metadata.columns.length)
  const size = Math.max(1, Math.min(plain ? mostRows : longestList, most))
  if (rows.length <= size) return (await plain?.(rows)) ?? run()
  return inSavepoint(builder, async () => {
    const whole = new InsertResult()
    whole.raw = []
    for (const chunk of chunks(rows, size)) {
      const result = (await plain?.(chunk)) ?? (await insertPart(builder, chunk))
      whole.identifiers.push(...result.identifiers)
      whole.generatedMaps.push(...result.generatedMaps)
      if (Array.isArray(result.raw)) whole.raw.push(...(result.raw as unknown[]))
    }
    return whole
  })
}

/** TypeORM reads back what is generated by a condition that is deeper for each row, so it takes fewer of them. */
async function insertPart(builder: WriteBuilder, rows: readonly ObjectLiteral[]): Promise<InsertResult> {
  const whole = new InsertResult()
  whole.raw = []
  for (const chunk of chunks(rows, longestList)) {
    const part = markRuled(builder.clone())
    const result = await withValues(part, [...chunk], () => part.execute() as Promise<InsertResult>)
    whole.identifiers.push(...result.identifiers)
    whole.generatedMaps.push(...result.generatedMaps)
    if (Array.isArray(result.raw)) whole.raw.push(...(result.raw as unknown[]))
  }
  return whole
}
