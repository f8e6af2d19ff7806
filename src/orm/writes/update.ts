import { type ObjectLiteral, UpdateResult } from 'typeorm'
import { evaluated } from '../../model/expression.js'
import type { RowData } from '../../model/matches.js'
import { checkValues } from './check-values.js'
import { compiledValues, needsRows, settled } from './expressions.js'
import { type Group, groupsOf } from './groups.js'
import { addGuard } from './guard-condition.js'
import { refuseImmutable } from './immutable.js'
import { assertInside, surelyInside } from './locked-scopes.js'
import { rowsOf } from './read-rows.js'
import { notFound, stale } from './refusals.js'
import { changeOf, readsRows, sharedValues } from './row-change.js'
import { savedUpdate } from './saved-update.js'
import { assertCurrent } from './staleness.js'
import { inSavepoint, inTransaction } from './transactions.js'
import { type Run, targetOf, updateLike, type Write, type WriteBuilder, withValues } from './write.js'
import { newContext } from './write-context.js'

/** Carries out an UPDATE under the update rules of its entity. */
export async function executeUpdate(builder: WriteBuilder, run: Run<UpdateResult>): Promise<UpdateResult> {
  const target = targetOf(builder)
  if (!target) return run()
  const { valuesSet = {} } = builder.expressionMap
  const given: RowData = { ...(valuesSet as ObjectLiteral) }
  // TypeORM has an error of its own for an update of nothing.
  if (Object.keys(given).length === 0) return run()
  refuseImmutable(target.model, given)
  if (builder.guard.persistence) return savedUpdate(builder, target, given, run)
  const { model } = target
  return update(
    { ...target, builder, rules: model.rules.update, given, values: given, context: newContext(builder.dataSource) },
    run,
  )
}

/** Writes in one statement where the rules allow it; otherwise reads the rows and writes equal ones together. */
export async function update(write: Write, run: Run<UpdateResult>): Promise<UpdateResult> {
  const { builder, model, rules, context } = write
  const shared = sharedValues(rules, context)
  const values = { ...write.values, ...shared }
  if (!readsRows(rules) && !needsRows(model, values) && surelyInside(model, values)) {
    checkValues(model, values)
    return withExpressions(write, values, run)
  }
  return inTransaction(builder, async () => {
    const groups = await groupsFor(write, shared)
    const affected = groups.reduce((sum, { rows }) => sum + rows.length, 0)
    const writeAll = () => writeGroups(write, groups)
    // One row is written or not; of several some could stay behind.
    const raw = affected > 1 ? await inSavepoint(builder, writeAll) : await writeAll()
    return Object.assign(new UpdateResult(), { raw, affected })
  })
}

function withExpressions({ builder, metadata }: Write, values: RowData, run: Run<UpdateResult>): Promise<UpdateResult> {
  const compiled = compiledValues(builder.dataSource, metadata, values)
  builder.setParameters(compiled.parameters)
  return withValues(builder, compiled.values, run)
}

async function groupsFor(write: Write, shared: RowData): Promise<readonly Group[]> {
  const { builder, model, rules, given, context, expected = 0 } = write
  const rows = await rowsOf(builder, write)
  if (rows.length < expected) throw notFound(model)
  const changes = []
  for (const before of rows) {
    assertCurrent(write, rules, { before, given }, shared)
    const change = await changeOf(rules, { before, given }, shared, context)
    const values = { ...write.values, ...change.values }
    const computed = evaluated(values, before)
    assertInside(model, { ...before, ...computed })
    checkValues(model, computed)
    changes.push({ ...change, values: settled(values, before) })
  }
  return groupsOf(changes)
}

async function writeGroups(write: Write, groups: readonly Group[]): Promise<readonly unknown[]> {
  const { builder, model, metadata } = write
  const raw: unknown[] = []
  for (const { values, guard, rows } of groups) {
    const compiled = compiledValues(builder.dataSource, metadata, values)
    const statement = updateLike(builder, write, compiled.values).setParameters(compiled.parameters).whereInIds(rows)
    if (builder.expressionMap.returning) statement.returning(builder.expressionMap.returning)
    addGuard(statement, write, guard)
    const result = await statement.execute()
    if ((result.affected ?? 0) < rows.length) throw stale(model)
    if (Array.isArray(result.raw)) raw.push(...(result.raw as unknown[]))
  }
  return raw
}
