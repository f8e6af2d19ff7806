import { InsertResult, type ObjectLiteral } from 'typeorm'
import { matches, type RowData } from '../../model/matches.js'
import type { WriteContext } from '../../model/rule-context.js'
import { referringToShown } from '../deletion/shown-references.js'
import { checkValues } from './check-values.js'
import { chunks, longestList } from './groups.js'
import { knownValues } from './known-values.js'
import { assertInside } from './locked-scopes.js'
import { managedProperties } from './managed.js'
import { Passages, type Passing } from './passages.js'
import { refusedSelection, refusedUpsert } from './refusals.js'
import { currentSave } from './save.js'
import { lockSave } from './save-locks.js'
import { Scene } from './scene.js'
import { rowOf } from './stored-rows.js'
import { inSavepoint } from './transactions.js'
import { markRuled, type Run, type Target, targetOf, type WriteBuilder, withValues } from './write.js'
import { newContext } from './write-context.js'

/** Carries out an INSERT under the insert rules of its entity. */
export async function executeInsert(builder: WriteBuilder, run: Run<InsertResult>): Promise<InsertResult> {
  const target = targetOf(builder)
  if (!target) return run()
  refuseUnruled(builder, target)
  const { valuesSet, insertFromSelect } = builder.expressionMap
  if (insertFromSelect || !valuesSet) return run()
  const context = (builder.guard.persistence ? currentSave()?.context : undefined) ?? newContext(builder.dataSource)
  const given = Array.isArray(valuesSet) ? valuesSet : [valuesSet]
  for (const values of given) leaveOut(values, managedProperties(target.model))
  const set: RowData[] = []
  for (const values of given) set.push(await applyRules(values, target, context))
  const insert = (more: readonly RowData[]) => inserted(builder, target, given, combined(set, more), run)
  // What is hidden itself may refer to what is hidden.
  const shown = given.filter((values) => matches(target.model.visible, rowOf(target.metadata, values)))
  return referringToShown(builder, target, shown, () => {
    if (target.model.rules.enter.length === 0) return insert([])
    const scene = new Scene(builder, target, context)
    return inSavepoint(builder, async () => {
      await lockSave(builder, scene)
      return entering(target, given, scene, insert)
    })
  })
}

/** An insert gives a property that is undefined the default of its column. */
function leaveOut(values: ObjectLiteral, properties: readonly string[]): void {
  for (const property of properties) if (property in values) values[property] = undefined
}

async function inserted(
  builder: WriteBuilder,
  target: Target,
  given: ObjectLiteral[],
  set: readonly RowData[],
  run: Run<InsertResult>,
): Promise<InsertResult> {
  const result = await insertAll(builder, target, given, run)
  for (const [index, values] of set.entries()) {
    // TypeORM merges these into the entities it saves.
    result.generatedMaps[index] = { ...result.generatedMaps[index], ...values }
    result.identifiers[index] ??= target.metadata.getEntityIdMap(given[index]) as ObjectLiteral
  }
  return result
}

/** Inserts rows that become visible with it, as the rules `enter` want them. */
async function entering(
  target: Target,
  given: readonly ObjectLiteral[],
  scene: Scene,
  insert: (more: readonly RowData[]) => Promise<InsertResult>,
): Promise<InsertResult> {
  const { model } = target
  const rows = given.map((values): Passing => {
    const known = knownValues(target, values)
    return { before: null, after: { ...defaultsOf(model), ...known }, given: known }
  })
  const passages = new Passages(model, scene, rows)
  await scene.lock(rows.flatMap((row) => passages.keysOf(row)))
  const more: RowData[] = []
  for (const [index, row] of rows.entries()) {
    const values = await passages.valuesFor(row)
    Object.assign(given[index]!, values)
    more.push(values)
  }
  const result = await insert(more)
  await passages.written()
  return result
}

function combined(first: readonly RowData[], second: readonly RowData[]): readonly RowData[] {
  return first.map((values, index) => ({ ...values, ...second[index] }))
}

function refuseUnruled({ expressionMap }: WriteBuilder, { model }: Target): void {
  const { insert, update, enter, leave } = model.rules
  const upserts = expressionMap.onUpdate ?? expressionMap.onIgnore
  if (expressionMap.onUpdate && update.length > 0) throw refusedUpsert(model)
  if (upserts && enter.length + leave.length > 0) throw refusedUpsert(model)
  if (expressionMap.insertFromSelect && insert.length + enter.length > 0) throw refusedSelection(model)
}

/** Sets what the rules set in the values themselves, as TypeORM does with what the database generates. */
async function applyRules(values: ObjectLiteral, { model, metadata }: Target, context: WriteContext): Promise<RowData> {
  const set: Record<string, unknown> = {}
  for (const rule of model.rules.insert) {
    const more = await rule.set?.({ ...rowOf(metadata, values), ...set }, context)
    Object.assign(set, more)
  }
  Object.assign(values, set)
  const row = { ...defaultsOf(model), ...rowOf(metadata, values) }
  assertInside(model, row)
  checkValues(model, row)
  return set
}

/** What the database fills in where nothing is given. */
function defaultsOf({ columns }: Target['model']): RowData {
  return Object.fromEntries(
    Object.entries(columns).flatMap(([property, column]) =>
      column.default === undefined ? [] : [[property, column.default]],
    ),
  )
}

/** The most parameters of a statement: 65535 by the protocols of PostgreSQL and MySQL, 32766 on SQLite. */
const mostParameters = 32_000

async function insertAll(
  builder: WriteBuilder,
  { metadata }: Target,
  rows: ObjectLiteral[],
  run: Run<InsertResult>,
): Promise<InsertResult> {
  const size = Math.max(1, Math.min(longestList, Math.floor(mostParameters / metadata.columns.length)))
  if (rows.length <= size) return run()
  return inSavepoint(builder, async () => {
    const whole = new InsertResult()
    whole.raw = []
    for (const chunk of chunks(rows, size)) {
      const part = markRuled(builder.clone())
      const result = await withValues(part, [...chunk], () => part.execute() as Promise<InsertResult>)
      whole.identifiers.push(...result.identifiers)
      whole.generatedMaps.push(...result.generatedMaps)
      if (Array.isArray(result.raw)) whole.raw.push(...(result.raw as unknown[]))
    }
    return whole
  })
}
