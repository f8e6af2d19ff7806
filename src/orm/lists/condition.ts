import { valueOf } from '../../model/operand.js'
import { path } from '../../model/path.js'
import {
  eq,
  exists,
  gt,
  gte,
  isNull,
  lt,
  lte,
  ne,
  not,
  oneOf,
  type PathOperand,
  type Predicate,
} from '../../model/predicate.js'
import { predicateSql, type Terms } from '../predicate-sql.js'
import { Slot } from '../reads/slot.js'
import { columnTerm } from '../schema/column-terms.js'
import { pathColumn } from '../schema/path-columns.js'
import type { ColumnPath } from './column-path.js'
import type { TextTest } from './engines/list-engine.js'
import type { ListStatement } from './list-statement.js'

/** A value that a column is compared with. */
export type Value = string | number | boolean | Date

/** What is asked of the value of a column. Nothing but `isNull` and `ne` is true of null. */
export type ColumnTest =
  | { readonly op: 'eq' | 'ne' | 'lt' | 'lte' | 'gt' | 'gte'; readonly value: Value }
  | { readonly op: 'in'; readonly values: readonly Value[] }
  | { readonly op: 'range'; readonly from: Value; readonly to: Value }
  /** Whether it is null; of a relation, whether there is no related row; inside of JSON, whether nothing is there. */
  | { readonly op: 'isNull'; readonly is: boolean }
  | ({ readonly op: 'text' } & TextTest)

/** A test of the column a path leads to: some related row must pass it. */
export interface Condition {
  readonly path: ColumnPath
  readonly test: ColumnTest
}

const comparisons = { eq, ne, lt, lte, gt, gte }

/** A condition as SQL, in parentheses. */
export function conditionSql({ path, test }: Condition, statement: ListStatement): string {
  const { relations, isRelation } = path
  if (test.op === 'isNull' && isRelation && relations.length > 0) {
    const some = statement.some(statement.alias, relations, () => '1=1')
    return test.is ? `(NOT ${some})` : `(${some})`
  }
  return `(${statement.some(statement.alias, relations, (alias) => columnSql(path, test, alias, statement))})`
}

function columnSql(columnPath: ColumnPath, test: ColumnTest, alias: string, statement: ListStatement): string {
  const { column } = columnPath
  if (test.op === 'text') {
    return statement.engine.matches(statement.column(alias, column), test, statement.bind)
  }
  return predicateSql(predicateOf(columnPath, test), termsOf(columnPath, alias, statement))
}

function predicateOf(
  { column: { propertyPath }, members }: ColumnPath,
  test: Exclude<ColumnTest, { op: 'text' }>,
): Predicate {
  const subject = (members.length > 0 ? path(propertyPath, members) : propertyPath) as string
  switch (test.op) {
    case 'isNull':
      return negatedUnless(test.is, members.length > 0 ? not(exists(path(propertyPath, members))) : isNull(subject))
    case 'in':
      return oneOf(subject, test.values)
    case 'range':
      return { op: 'all', predicates: [gte(subject, test.from), lte(subject, test.to)] }
    default:
      return comparisons[test.op](subject, test.value)
  }
}

const negatedUnless = (is: boolean, predicate: Predicate): Predicate => (is ? predicate : not(predicate))

function termsOf({ column, kind }: ColumnPath, alias: string, statement: ListStatement): Terms {
  const { dataSource, engine, bind } = statement
  const plain = (value: PathOperand): string => bind(value)
  return {
    dialect: dataSource.dialect,
    column: () => termOf(column, alias, statement),
    value: (operand) => engine.operand(bind(operand instanceof Slot ? operand : valueOf(operand), column), kind),
    indexed: (property, names, holds) => {
      const found = pathColumn(column.entityMetadata, { property, path: names, holds })
      return found && statement.column(alias, found)
    },
    plain,
  }
}

/** A foreign key without a property of its own is known only by its relation. */
function termOf(column: ColumnPath['column'], alias: string, statement: ListStatement) {
  const sql = statement.column(alias, column)
  if (column.isVirtual) return { sql, nullable: column.isNullable, text: false }
  return { ...columnTerm(column.entityMetadata, column.propertyPath, ''), sql }
}
