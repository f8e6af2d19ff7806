import type { EntityMetadata } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import { type DriverError, driverErrorOf } from './error-kind.js'
import { readStatement, type Statement } from './statement.js'

/** What broke a rule of the schema. */
export interface Violation {
  /** The entity whose table has the rule. */
  readonly metadata: EntityMetadata | undefined
  /** The columns the rule is about; empty where the driver does not tell. */
  readonly columns: readonly ColumnMetadata[]
  readonly statement: Statement | undefined
}

/** Finds out what an error is about: from the names the driver gives, else from its text and the statement. */
export function violationOf(error: unknown, metadatas: readonly EntityMetadata[]): Violation {
  const driverError = driverErrorOf(error) ?? { message: '' }
  const { query, parameters } = error as { readonly query?: string; readonly parameters?: readonly unknown[] }
  const statement = query === undefined ? undefined : readStatement(query, parameters ?? [])
  const named = namedIn(driverError)
  const table = named.table ?? statement?.table
  const inTable = metadatas.filter(({ tableName }) => tableName === table)
  const columns = columnsOf(named, inTable.length > 0 ? inTable : metadatas)
  return { metadata: columns[0]?.entityMetadata ?? inTable[0], columns, statement }
}

/** What a driver says: a constraint by its name, or columns by theirs. */
interface Named {
  readonly table?: string | undefined
  readonly constraint?: string | undefined
  readonly columns?: readonly string[]
}

function namedIn(error: DriverError): Named {
  if (error.severity !== undefined) return namedByPostgres(error)
  return error.code?.startsWith('SQLITE_') ? namedBySqlite(error.message) : namedByMysql(error.message)
}

function namedByPostgres({ table, constraint, column, message }: DriverError & { readonly detail?: string }): Named {
  // Of a referenced row `table` names the referencing table, which the text names last.
  const [, referencing] = / on table "([^"]+)"$/.exec(message) ?? []
  return { table: referencing ?? table, constraint, ...(column !== undefined && { columns: [column] }) }
}

/** `UNIQUE constraint failed: item.a, item.b`; of an index over expressions `… failed: index 'name'`. */
function namedBySqlite(message: string): Named {
  const [, subject = ''] = /constraint failed: (.*)$/s.exec(message) ?? []
  const [, index] = /^index '(.*)'$/.exec(subject) ?? []
  if (index !== undefined) return { constraint: index }
  const columns = subject.split(', ').map((path) => path.split('.'))
  if (columns.every(({ length }) => length === 2)) {
    return { table: columns[0]?.[0], columns: columns.map(([, column = '']) => column) }
  }
  return { constraint: subject }
}

/** The texts name a key, a column or a constraint, and may quote the value in front of it. */
function namedByMysql(message: string): Named {
  const [, key] = /for key '(?:[^']*\.)?([^'.]+)'$/.exec(message) ?? []
  if (key !== undefined) return { constraint: key }
  const [, foreignKey] = /CONSTRAINT `([^`]+)` FOREIGN KEY/.exec(message) ?? []
  if (foreignKey !== undefined)
    return { table: /fails \(`[^`]+`\.`([^`]+)`/.exec(message)?.[1], constraint: foreignKey }
  const [, check] =
    /CONSTRAINT `([^`]+)` failed/.exec(message) ?? /constraint '([^']+)' is violated/.exec(message) ?? []
  if (check !== undefined) return { constraint: check, columns: [check] }
  const [, column] =
    /(?:^Column|^Field|for column) [`']?(?:[^`']*[`']\.[`'])*([^`'.]+)[`'] ?(?:cannot be null|doesn't have|at row|$)/.exec(
      message,
    ) ?? []
  return column === undefined ? {} : { columns: [column] }
}

function columnsOf({ constraint, columns }: Named, metadatas: readonly EntityMetadata[]): readonly ColumnMetadata[] {
  for (const metadata of metadatas) {
    const found = constraint === undefined ? [] : ofConstraint(metadata, constraint)
    if (found.length > 0) return found
  }
  const named: readonly string[] = columns ?? []
  for (const metadata of metadatas) {
    const found = metadata.columns.filter(({ databaseName }) => named.includes(databaseName))
    if (found.length > 0) return found
  }
  return []
}

function ofConstraint(metadata: EntityMetadata, name: string): readonly ColumnMetadata[] {
  const { indices, uniques, foreignKeys, checks, primaryColumns } = metadata
  const holder = [...indices, ...uniques, ...foreignKeys].find((part) => part.name === name)
  if (holder) return holder.columns
  if (isPrimaryKey(metadata, name)) return primaryColumns
  const check = checks.find((part) => part.name === name)
  return check ? metadata.columns.filter(({ databaseName }) => mentions(check.expression, databaseName)) : []
}

/** `PRIMARY` on MySQL and MariaDB; PostgreSQL has the name that TypeORM gave it, or one of its own. */
function isPrimaryKey({ dataSource, tableName, primaryColumns }: EntityMetadata, name: string): boolean {
  const given = primaryColumns.map(({ databaseName }) => databaseName)
  return (
    name === 'PRIMARY' ||
    name === `${tableName}_pkey` ||
    name === dataSource.namingStrategy.primaryKeyName(tableName, given)
  )
}

function mentions(expression: string, column: string): boolean {
  return expression.split(/[^\w$]+/).includes(column)
}
