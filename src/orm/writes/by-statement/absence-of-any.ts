import type { ModelDataSource } from '../../data-source.js'
import type { EngineType } from '../../dialects/engines.js'
import { readEngineOf } from '../../reads/engines/engines.js'
import { readLike, readPredicate } from '../../reads/predicate-shape.js'
import { entityKey } from '../../reads/read-member.js'
import { Shape, Slot } from '../../reads/slot.js'
import { persistentValue } from '../persistent-value.js'
import { TableStatement } from '../table-statement.js'
import { type AbsentRows, absenceCondition } from './absence-condition.js'
import type { CompiledCondition } from './compiled-condition.js'
import type { RowSources } from './row-sources.js'
import type { StatementText } from './statement-text.js'
import type { ValueList } from './value-list.js'

/**
 * Adds that no row of a table meets one of several conditions of one shape; false where their text depends on values, or a value
 * cannot stand in a list.
 */
export function addAbsenceOfAny(
  dataSource: ModelDataSource,
  asked: readonly AbsentRows[],
  sources: RowSources,
  statement: StatementText,
): boolean {
  const [{ metadata, where }] = asked as readonly [AbsentRows]
  const shape = new Shape()
  shape.add(entityKey(metadata))
  if (!readPredicate(where, shape)) return false
  const values: unknown[][] = []
  for (const one of asked) {
    const own: unknown[] = []
    if (one.metadata !== metadata || !readLike(where, one.where, own)) return false
    values.push(own)
  }
  const condition = absenceCondition(dataSource, metadata, where, shape)
  const lists = condition && listsOf(dataSource, condition, values)
  if (!lists) return false
  const { table } = new TableStatement(dataSource, metadata)
  if (!sources.addAsked(statement.add('NOT EXISTS (SELECT 1 FROM '), lists)) return false
  const names = sources.namesOfAsked(lists.length)
  const text = condition.texts.map((part, index) => part + (names[index] ?? '')).join('')
  statement.add(`${table} WHERE ${text})`)
  return true
}

/** The values that the conditions are about, in the order of the bindings; undefined where one is of no column. */
function listsOf(
  { driver, options }: ModelDataSource,
  { bindings }: CompiledCondition,
  values: readonly (readonly unknown[])[],
): readonly ValueList[] | undefined {
  const engine = readEngineOf(options.type as EngineType)
  const lists: ValueList[] = []
  for (const { operand, column } of bindings) {
    if (!column || !(operand instanceof Slot)) return undefined
    const prepared = persistentValue(driver, column)
    lists.push({ column, values: values.map((own) => engine.bound(prepared(own[operand.index]))) })
  }
  return lists.length > 0 ? lists : undefined
}
