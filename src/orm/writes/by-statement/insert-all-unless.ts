import type { ObjectLiteral } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import type { ModelDataSource } from '../../data-source.js'
import type { EngineType } from '../../dialects/engines.js'
import type { InsertColumn, InsertPlan } from '../insert-plan.js'
import { addAbsenceOfAny } from './absence-of-any.js'
import { addConditions, addLocks } from './add-locks.js'
import type { BoundInsert } from './known-rows.js'
import type { ProposedValues } from './proposed-values.js'
import { type RowSources, rowSourcesOf } from './row-sources.js'
import { StatementText } from './statement-text.js'
import type { ValueList } from './value-list.js'

/** The most parameters of a statement on SQLite, which has the lowest limit: 32766. */
const mostParameters = 32_000

/**
 * An INSERT of rows that writes all of them only where no row is there that is in the way of one, under the locks that keep it
 * so; undefined where a value is more than a bound one, or the engine cannot make sure of it.
 * @param proposed for each row, in their order.
 */
export function insertAllUnless(
  dataSource: ModelDataSource,
  plan: InsertPlan,
  rows: readonly ObjectLiteral[],
  proposed: readonly ProposedValues[],
): BoundInsert | undefined {
  const sources = rowSourcesOf(dataSource.options.type as EngineType)
  const { underLocks } = plan.inserts
  const lists = valueLists(plan, rows)
  if (!sources || !underLocks || !lists || lists.length * rows.length > mostParameters) return undefined
  if (underLocks.taken === 'before') return undefined
  const keys = [...new Set(proposed.flatMap((one) => one.locks))].sort()
  const statement = new StatementText(dataSource.driver, '')
  const holding = addLocks(dataSource, underLocks, { locks: keys, counts: [] }, [], statement) ?? []
  const columns = lists.map(({ name }) => name).join(', ')
  if (!sources.addGiven(statement.add(`INSERT INTO ${plan.table}(${columns}) `), lists)) return undefined
  statement.add(' WHERE 1=1')
  if (!addConditions(holding, ' AND ', statement)) return undefined
  if (!addAbsences(dataSource, statement, sources, proposed)) return undefined
  return { statement: statement.add(sources.behindGiven), lists }
}

/** Adds what must not be there for any of the rows: what a rule proposes for each has one shape. */
function addAbsences(
  dataSource: ModelDataSource,
  statement: StatementText,
  sources: RowSources,
  proposed: readonly ProposedValues[],
): boolean {
  const [{ absent } = { absent: [] }] = proposed
  if (proposed.some((one) => one.absent.length !== absent.length)) return false
  return absent.every((_, index) => {
    const asked = proposed.map((one) => one.absent[index]!)
    return addAbsenceOfAny(dataSource, asked, sources, statement.add(' AND '))
  })
}

interface NamedList extends ValueList {
  readonly name: string
}

/** The values of each column, without those that no row gives one for. */
function valueLists(plan: InsertPlan, rows: readonly ObjectLiteral[]): readonly NamedList[] | undefined {
  const lists: NamedList[] = []
  for (const own of plan.columns) {
    const list = valueList(plan, own, rows)
    if (list === undefined) return undefined
    if (list !== 'absent') lists.push(list)
  }
  if (lists.length === 0) return undefined
  // How many rows there are is told by those that differ.
  return lists.every(({ isShared }) => isShared) ? lists.map((list) => ({ ...list, isShared: false })) : lists
}

function valueList(
  { inserts }: InsertPlan,
  { column, name, valueOf, prepared, around, absent }: InsertColumn,
  rows: readonly ObjectLiteral[],
): NamedList | 'absent' | undefined {
  const values: unknown[] = []
  let [missing, different] = [0, 0]
  let before: unknown
  let value: unknown
  let bound: unknown
  for (const row of rows) {
    const given = valueOf(row)
    // A transformer may make something else of the same value each time.
    if (different === 0 || column.transformer || !Object.is(given, before)) {
      // Text of SQL may name parameters of its builder.
      if (typeof given === 'function') return undefined
      value = prepared(given)
      bound = value === undefined ? null : inserts.bound(value, column)
      // A list of lists has as many rows as those have values.
      if (bound === undefined || Array.isArray(bound)) return undefined
      before = given
      different += 1
    }
    if (value === undefined) missing += 1
    values.push(bound)
  }
  // A SELECT has no word for the default of a column, and a column that is not named gets it.
  if (missing === rows.length && !column.isVersion) return 'absent'
  if (missing > 0 && !isNullWhereAbsent(column, absent)) return undefined
  // Rows of one call share the instants that rules stamp; other values happen to be equal, and would make other statements.
  return { column, name, values, around, isShared: different === 1 && before instanceof Date }
}

function isNullWhereAbsent({ isGenerated, isVersion, default: given }: ColumnMetadata, absent: string): boolean {
  return absent === 'NULL' || (absent === 'DEFAULT' && !isGenerated && !isVersion && given === undefined)
}
