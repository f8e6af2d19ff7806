import { type ObjectLiteral, UpdateResult } from 'typeorm'
import { evaluated } from '../../model/expression.js'
import type { RowData } from '../../model/matches.js'
import type { Model } from '../../model/model.js'
import { propertiesOf } from '../../model/predicate.js'
import type { WriteContext } from '../../model/rule-context.js'
import { type Announced, announce, isHeard } from '../events/announcement.js'
import { marked } from '../hidden-relations.js'
import { checkValues } from './check-values.js'
import { EnteredRows } from './entered-rows.js'
import { withoutEqualJson } from './equal-json.js'
import { compiledValues, settled } from './expressions.js'
import { addGuard } from './guard-condition.js'
import { storable } from './known-properties.js'
import { knownValues } from './known-values.js'
import { assertInside } from './locked-scopes.js'
import { managedProperties, withoutManaged } from './managed.js'
import { mayPass } from './passages.js'
import { plannedRows } from './planned-rows.js'
import { rowsOf } from './read-rows.js'
import { ReferredRows } from './referred-rows.js'
import { stale } from './refusals.js'
import { changeOf, type RowChange, sharedValues } from './row-change.js'
import { notifyMissed, notifyWritten, withExpectation } from './row-expectation.js'
import { RuledReferences } from './ruled-references.js'
import { currentSave } from './save.js'
import { lockSave } from './save-locks.js'
import { Scene } from './scene.js'
import { assertCurrent, staleRow } from './staleness.js'
import { rowOf } from './stored-rows.js'
import { tellUpcoming, tellWritten } from './tell-written.js'
import { inSavepoint } from './transactions.js'
import { withoutUnwritable } from './writable.js'
import { type Run, type Target, type WriteBuilder, withValues } from './write.js'

interface SavedWrite extends Target {
  readonly builder: WriteBuilder
  readonly context: WriteContext
}

/**
 * Carries out an UPDATE by which `save` stores one entity. The rules see the entity as its caller gave it and the row as
 * `save` has loaded it; what guards ask must be true when the row is written, so of several saves that race one wins.
 */
export async function savedUpdate(
  { builder, context, ...target }: SavedWrite,
  asked: RowData,
  run: Run<UpdateResult>,
): Promise<UpdateResult> {
  const { model, metadata } = target
  const { rules } = withExpectation({ ...target, rules: model.rules.update })
  const save = currentSave()
  const scene = new Scene(builder, target, context)
  const [identifier] = builder.expressionMap.whereEntities
  const saved = identifier && save?.find(metadata, identifier)
  // Rows that are written because of another entity, such as the children of a list, were not loaded.
  const before = saved ? rowOf(metadata, saved.databaseEntity) : (await rowsOf(builder, target))[0]
  if (!before) throw stale(model)
  const writable = withoutUnwritable(metadata, withoutManaged(model, asked))
  const changed = saved ? withoutHidden(writable, saved.entity) : writable
  checkValues(model, changed)
  const kept = withoutEqualJson(model, changed, before)
  if (Object.keys(kept).length === 0) {
    await save?.leave(metadata, before)
    return unchanged(target.model, before)
  }
  const given = saved ? rowOf(metadata, saved.entity) : changed
  const shared = sharedValues(rules, context)
  const place = { before, given, index: 0, count: 1 }
  assertCurrent(target, rules, place, shared)
  const change = await changeOf(rules, place, shared, scene)
  const values = settled(
    { ...kept, ...(change && storable(metadata, change.values)) },
    before,
    builder.dataSource.dialect,
  )
  const computed = evaluated(values, before)
  assertInside(model, { ...before, ...computed })
  checkValues(model, computed)
  const referred = new ReferredRows({ ...target, builder, context })
  await referred.assertChanged([{ before, values }])
  const guard = change?.guard ?? {}
  const announced = { ...target, builder, context, event: { kind: 'update' } }
  await announce(announced, () => [{ before, after: { ...before, ...computed } }])
  addGuard(builder, target, guard)
  const write = (all: RowData) =>
    telling(announced, before, all, () => written(builder, target, { before, guard }, all, run))
  const known = knownValues(target, values)
  const entered = new EnteredRows(announced, referred)
  const writeAll = () =>
    mayPass(model, known)
      ? inSavepoint(builder, () => passing({ builder, target, scene, values, known, given, entered }, write))
      : write(values)
  const ruled = new RuledReferences({ ...announced, rules, given, values: kept }, {})
  const result = await ruled.changing([{ before, values, guard }], writeAll)
  await referred.written()
  // What the rules have set reaches the entity only now, so an entity that lost a race stays as it was.
  const set = evaluated(change?.values ?? {}, before)
  result.generatedMaps[0] = { ...storedOf(model, before, values), ...set, ...result.generatedMaps[0] }
  return result
}

/** What is null because its caller never saw the row it refers to was not changed by him. */
function withoutHidden(values: RowData, entity: ObjectLiteral): RowData {
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => value !== null || !marked(entity, name)))
}

/** The entity differed from its row only in what rules have written meanwhile: it is told that, and nothing is written. */
function unchanged(model: Model, stored: RowData): UpdateResult {
  return Object.assign(new UpdateResult(), { raw: [], affected: 1, generatedMaps: [storedOf(model, stored, {})] })
}

/** What is stored in properties that callers do not write: what rules wrote, and what the database computed of no new value. */
function storedOf(model: Model, stored: RowData, values: RowData): RowData {
  const computed = Object.entries(model.columns).flatMap(([property, { generated }]) =>
    generated && propertiesOf(generated).every((name) => !Object.hasOwn(values, name)) ? [property] : [],
  )
  return Object.fromEntries([...managedProperties(model), ...computed].map((property) => [property, stored[property]]))
}

interface Passing {
  readonly builder: WriteBuilder
  readonly target: Target
  readonly scene: Scene
  readonly values: RowData
  readonly known: RowData
  readonly given: RowData
  readonly entered: EnteredRows
}

/** Writes a row that may enter or leave: whether it does depends on what is stored when its locks are taken. */
async function passing(
  { builder, target, scene, values, known, given, entered }: Passing,
  write: (values: RowData) => Promise<UpdateResult>,
): Promise<UpdateResult> {
  await lockSave(builder, scene)
  const after = (before: RowData) => ({ ...before, ...evaluated(known, before) })
  const { rows, passages } = await plannedRows({ ...target, builder, rules: [], scene, after, given })
  const [before] = rows
  if (!before) {
    notifyMissed(target, [given])
    throw stale(target.model)
  }
  const row = after(before)
  const [more = {}] = await passages.valuesFor([{ before, after: row, given }])
  const result = await entered.writing([{ row, more }], () => write({ ...values, ...more }))
  await passages.written()
  result.generatedMaps[0] = { ...result.generatedMaps[0], ...more }
  return result
}

/** Writes a row, and tells how it was stored before and is now: what `save` has loaded may be older. */
async function telling(
  write: Announced,
  loaded: RowData,
  values: RowData,
  run: () => Promise<UpdateResult>,
): Promise<UpdateResult> {
  const { builder } = write
  const runAndTell = async (before: RowData | null) => {
    const stored = before ?? loaded
    await tellUpcoming(write, () => [
      { before: stored, after: { ...stored, ...evaluated(rowOf(write.metadata, values), stored) } },
    ])
    const result = await run()
    await tellWritten(write, () => [{ before, after: { ...loaded } }])
    return result
  }
  if (!isHeard(write)) return runAndTell(loaded)
  return inSavepoint(builder, async () => {
    const scene = new Scene(builder, write, write.context)
    const after = { ...loaded, ...evaluated(rowOf(write.metadata, values), loaded) }
    if (scene.leads) await scene.lockAbove([loaded, after])
    return runAndTell((await rowsOf(builder, write))[0] ?? null)
  })
}

async function written(
  builder: WriteBuilder,
  target: Target,
  row: Pick<RowChange, 'before' | 'guard'>,
  values: RowData,
  run: Run<UpdateResult>,
): Promise<UpdateResult> {
  const compiled = compiledValues(builder.dataSource, target.metadata, values)
  builder.setParameters(compiled.parameters)
  const result = await withValues(builder, compiled.values, run)
  if (result.affected === 0) {
    notifyMissed(target, [row.before])
    throw await staleRow(builder, target, row)
  }
  notifyWritten(builder, target, [row.before])
  return result
}
