import { UpdateResult } from 'typeorm'
import { evaluated } from '../../model/expression.js'
import type { RowData } from '../../model/matches.js'
import { checkValues } from './check-values.js'
import { withoutEqualJson } from './equal-json.js'
import { compiledValues } from './expressions.js'
import { addGuard } from './guard-condition.js'
import { assertInside } from './locked-scopes.js'
import { rowsOf } from './read-rows.js'
import { stale } from './refusals.js'
import { changeOf, sharedValues } from './row-change.js'
import { currentSave } from './save.js'
import { assertCurrent, staleRow } from './staleness.js'
import { rowOf } from './stored-rows.js'
import { type Run, type Target, type WriteBuilder, withValues } from './write.js'
import { newContext } from './write-context.js'

/**
 * Carries out an UPDATE by which `save` stores one entity. The rules see the entity as its caller gave it and the row as
 * `save` has loaded it; what guards ask must be true when the row is written, so of several saves that race one wins.
 */
export async function savedUpdate(
  builder: WriteBuilder,
  target: Target,
  changed: RowData,
  run: Run<UpdateResult>,
): Promise<UpdateResult> {
  const { model, metadata } = target
  const { rules } = model
  const save = currentSave()
  const context = save?.context ?? newContext(builder.dataSource)
  const [identifier] = builder.expressionMap.whereEntities
  const saved = identifier && save?.find(metadata, identifier)
  // Rows that are written because of another entity, such as the children of a list, were not loaded.
  const before = saved ? rowOf(metadata, saved.databaseEntity) : (await rowsOf(builder, target))[0]
  if (!before) throw stale(model)
  checkValues(model, changed)
  const kept = withoutEqualJson(model, changed, before)
  if (Object.keys(kept).length === 0) return Object.assign(new UpdateResult(), { raw: [], affected: 1 })
  const given = saved ? rowOf(metadata, saved.entity) : changed
  const shared = sharedValues(rules.update, context)
  assertCurrent(target, rules.update, { before, given }, shared)
  const change = await changeOf(rules.update, { before, given }, shared, context)
  const values = { ...kept, ...change.values }
  const computed = evaluated(values, before)
  assertInside(model, { ...before, ...computed })
  checkValues(model, computed)
  const compiled = compiledValues(builder.dataSource, metadata, values)
  addGuard(builder, target, change.guard)
  builder.setParameters(compiled.parameters)
  const result = await withValues(builder, compiled.values, run)
  if (result.affected === 0) throw await staleRow(builder, target, change)
  // What the rules have set reaches the entity only now, so an entity that lost a race stays as it was.
  result.generatedMaps[0] = { ...result.generatedMaps[0], ...evaluated(change.values, before) }
  return result
}
