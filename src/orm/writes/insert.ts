import { InsertResult, type ObjectLiteral } from 'typeorm'
import type { RowData } from '../../model/matches.js'
import type { WriteContext } from '../../model/rule.js'
import { checkValues } from './check-values.js'
import { chunks, longestList } from './groups.js'
import { assertInside } from './locked-scopes.js'
import { refusedSelection, refusedUpsert } from './refusals.js'
import { currentSave } from './save.js'
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
  const set: RowData[] = []
  for (const values of given) set.push(await applyRules(values, target, context))
  const result = await insertAll(builder, target, given, run)
  for (const [index, values] of set.entries()) {
    // TypeORM merges these into the entities it saves.
    result.generatedMaps[index] = { ...result.generatedMaps[index], ...values }
    result.identifiers[index] ??= target.metadata.getEntityIdMap(given[index]) as ObjectLiteral
  }
  return result
}

function refuseUnruled({ expressionMap }: WriteBuilder, { model }: Target): void {
  if (expressionMap.onUpdate && model.rules.update.length > 0) throw refusedUpsert(model)
  if (expressionMap.insertFromSelect && model.rules.insert.length > 0) throw refusedSelection(model)
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
