import { type ObjectLiteral, UpdateResult } from 'typeorm'
import { evaluated } from '../../model/expression.js'
import type { RowData } from '../../model/matches.js'
import type { Change, RowPair } from '../../model/rule.js'
import { referringToShown } from '../deletion/shown-references.js'
import { announce, confirmUnread, isHeard } from '../events/announcement.js'
import { spellKeys } from '../uuid-columns.js'
import { checkValues } from './check-values.js'
import { compiledValues, needsRows, settled } from './expressions.js'
import { type Group, groupsOf } from './groups.js'
import { addGuard } from './guard-condition.js'
import { refuseImmutable } from './immutable.js'
import { storable } from './known-properties.js'
import { knownValues } from './known-values.js'
import { asksLocks, lockUpcoming } from './lock-upcoming.js'
import { assertInside, surelyInside } from './locked-scopes.js'
import { refuseManaged } from './managed.js'
import { ownValues } from './own-values.js'
import { mayPass, type Passages } from './passages.js'
import { plannedRows } from './planned-rows.js'
import { ReferredRows } from './referred-rows.js'
import { notFound, stale } from './refusals.js'
import { act, changeOf, type RowChange, readsRows, sharedValues } from './row-change.js'
import { notifyMissed, notifyWritten, withExpectation } from './row-expectation.js'
import { RuledReferences } from './ruled-references.js'
import { currentSave } from './save.js'
import { lockSave } from './save-locks.js'
import { savedUpdate } from './saved-update.js'
import { Scene } from './scene.js'
import { assertCurrent } from './staleness.js'
import { keysOfRows, rowOf } from './stored-rows.js'
import { tellUpcoming, tellWritten } from './tell-written.js'
import { inCall, inSavepoint, inTransaction, sendStatement } from './transactions.js'
import { type Run, targetOf, updateLike, type Write, type WriteBuilder, withValues } from './write.js'
import { callOf, newContext } from './write-context.js'

/** Carries out an UPDATE under the update rules of its entity. */
export async function executeUpdate(builder: WriteBuilder, run: Run<UpdateResult>): Promise<UpdateResult> {
  const target = targetOf(builder)
  if (!target) return run()
  const { valuesSet = {} } = builder.expressionMap
  const given: RowData = { ...(valuesSet as ObjectLiteral) }
  const call = callOf(builder)
  // TypeORM has an error of its own for an update of nothing.
  if (Object.keys(given).length === 0 && !call) return run()
  spellKeys(target.metadata, [given])
  refuseImmutable(target.model, given)
  if (!builder.guard.persistence && !call) refuseManaged(target.model, given)
  const saved = builder.guard.persistence ? currentSave()?.context : undefined
  const context = call?.context ?? saved ?? newContext(builder.dataSource)
  const rules = call?.ruled === false ? [] : target.model.rules.update
  const write = () => {
    if (builder.guard.persistence) return savedUpdate({ ...target, builder, context }, given, run)
    return update({ ...target, builder, rules, given, values: given, context, event: { kind: 'update' } }, run)
  }
  const lock = async () => {
    if (builder.guard.persistence) return lockSave(builder, new Scene(builder, target, context))
    const values = { ...given, ...sharedValues(rules, context) }
    if (!asksLocks(target, rules, values)) return
    const known = knownValues(target, values)
    const after = (before: RowData) => ({ ...before, ...evaluated(known, before) })
    await lockUpcoming(builder, context, [{ ...target, builder, rules, after, given }])
  }
  return referringToShown(builder, target, context, { rows: () => [given], lock, write })
}

/**
 * Writes in one statement where the rules allow it; otherwise reads the rows and writes equal ones together.
 * @throws {UsageError} E_UNKNOWN_VALUE where a rule sets something that is no property of the entity.
 */
export async function update(asked: Write, run: Run<UpdateResult>): Promise<UpdateResult> {
  const write = withExpectation(asked)
  const { rules, context, metadata } = write
  const shared = storable(metadata, sharedValues(rules, context))
  const values = { ...write.values, ...shared }
  const referred = new ReferredRows(write)
  const ruled = new RuledReferences(write, shared)
  const updating = () => referred.updating(values, () => updateReferring({ ...write, referred, ruled }, shared, run))
  return ruled.guarding(updating)
}

/** A write whose rows may have values of their own, which refer to others. */
interface Referring extends Write {
  readonly referred: ReferredRows
  readonly ruled: RuledReferences
}

async function updateReferring(write: Referring, shared: RowData, run: Run<UpdateResult>): Promise<UpdateResult> {
  const { builder, model, rules, context, referred, ruled, expected = 0 } = write
  const values = { ...write.values, ...shared }
  const passing = mayPass(model, knownValues(write, values))
  const heard = isHeard(write)
  if (
    !readsRows(rules) &&
    !write.call &&
    !write.builders &&
    !passing &&
    !heard &&
    !needsRows(model, values, builder.dataSource.dialect) &&
    !referred.dependOnRows(values) &&
    !ruled.areShared &&
    surelyInside(model, values)
  ) {
    checkValues(model, values)
    const result = await sendStatement(builder, () => withExpressions(write, values, run))
    if ((result.affected ?? 0) < expected) throw notFound(model)
    confirmUnread(write, result.affected)
    return result
  }
  // What rules do besides must be undone with the write, also where the caller catches the error.
  const acts = passing || act(rules) || heard
  return (acts && !write.undone ? inCall : inTransaction)(builder, context, () => writeRows(write, shared))
}

function withExpressions({ builder, metadata }: Write, values: RowData, run: Run<UpdateResult>): Promise<UpdateResult> {
  const compiled = compiledValues(builder.dataSource, metadata, values)
  builder.setParameters(compiled.parameters)
  return withValues(builder, compiled.values, run)
}

async function writeRows(write: Referring, shared: RowData): Promise<UpdateResult> {
  const { builder, model, rules, given, context, expected = 0 } = write
  const scene = new Scene(builder, write, context)
  const known = knownValues(write, { ...write.values, ...shared })
  const after = (before: RowData) => ({ ...before, ...evaluated(known, before) })
  const { rows: found, passages } = await plannedRows({ ...write, scene, after })
  const rows = write.call?.ordered(found) ?? found
  await write.call?.assertNamed(rows, scene)
  if (rows.length < expected) throw notFound(model)
  const places = rows.map((before, index) => ({ before, given, ...(write.place ?? { index, count: rows.length }) }))
  for (const place of places) assertCurrent(write, rules, place, shared)
  const own = await write.call?.valuesTogether(places, shared, scene)
  const changed: RowChange[] = []
  for (const [index, place] of places.entries()) {
    if (own?.[index] === null) continue
    const change = await changeOf(rules, place, { ...shared, ...own?.[index] }, scene)
    if (!change) continue
    storable(write.metadata, change.values)
    changed.push(change)
  }
  const changes = await withPassages(write, changed, passages)
  await write.referred.assertChanged(changes)
  const raw = await write.ruled.changing(changes, () => writeChanges(write, changes, { scene, passages }))
  write.call?.tell(rows, changes)
  return Object.assign(new UpdateResult(), { raw, affected: changes.length })
}

async function writeChanges(
  write: Write,
  changes: readonly RowChange[],
  { scene, passages }: { readonly scene: Scene; readonly passages: Passages },
): Promise<readonly unknown[]> {
  const { builder, model } = write
  const pairs = () => changes.map(pairOf)
  await announce(write, pairs)
  await tellUpcoming(write, pairs)
  const groups = groupsOf(model, changes)
  // One row is written or not; of several some could stay behind.
  const writeAll = () => writeGroups(write, groups)
  const raw = await (changes.length > 1 ? inSavepoint(builder, writeAll) : writeAll())
  await afterwards(write, changes, scene)
  await passages.written()
  await tellWritten(write, pairs)
  return raw
}

/** A row into which nothing is written is the same before and after. */
const pairOf = ({ before, values }: RowChange): RowPair => ({
  before,
  after: Object.keys(values).length > 0 ? { ...before, ...evaluated(values, before) } : before,
})

async function withPassages(
  write: Write,
  changes: readonly RowChange[],
  passages: Passages,
): Promise<readonly RowChange[]> {
  const wanted = changes.map(({ values }) => ({ ...write.values, ...values }))
  const passing = changes.map(({ before }, index) => ({
    before,
    after: { ...before, ...evaluated(rowOf(write.metadata, wanted[index]!), before) },
    given: write.given,
  }))
  const more = await passages.valuesFor(passing)
  return changes.map(({ before, guard }, index) => {
    const values = { ...wanted[index], ...more[index] }
    const computed = evaluated(values, before)
    assertInside(write.model, { ...before, ...computed })
    checkValues(write.model, computed)
    return { before, values: settled(values, before, write.builder.dataSource.dialect), guard }
  })
}

async function afterwards({ rules, given }: Write, changes: readonly RowChange[], scene: Scene): Promise<void> {
  const [first] = changes
  if (!first) return
  const count = changes.length
  const written = changes.map(
    ({ before, values }, index): Change => ({
      before,
      after: { ...before, ...evaluated(values, before) },
      given,
      index,
      count,
    }),
  )
  for (const rule of rules) await rule.after?.(written, scene.contextFor(rule, written[0]!.after))
}

async function writeGroups(write: Write, groups: readonly Group[]): Promise<readonly unknown[]> {
  const { builder, model, metadata } = write
  const raw: unknown[] = []
  for (const group of groups) {
    const { values, own, guard, rows } = group
    if (Object.keys(values).length + own.length === 0) continue
    const compiled = compiledValues(builder.dataSource, metadata, values)
    const each = ownValues(builder.dataSource, metadata, group)
    const statement = updateLike(builder, write, { ...compiled.values, ...each.values }).whereInIds(
      keysOfRows(metadata, rows),
    )
    statement.setParameters({ ...compiled.parameters, ...each.parameters })
    if (builder.expressionMap.returning) statement.returning(builder.expressionMap.returning)
    addGuard(statement, write, guard)
    const result = await statement.execute()
    if ((result.affected ?? 0) < rows.length) {
      notifyMissed(write, rows)
      throw stale(model)
    }
    notifyWritten(builder, write, rows)
    if (Array.isArray(result.raw)) raw.push(...(result.raw as unknown[]))
  }
  return raw
}
