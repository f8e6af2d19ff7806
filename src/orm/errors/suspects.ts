import type { EntityMetadata } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import type { ErrorKind } from './error-kind.js'
import type { Statement } from './statement.js'

/**
 * The columns to which a statement gave a value they cannot hold. PostgreSQL does not say which column was given a
 * text that is too long or malformed, so the values are checked against the columns.
 */
export function suspectsOf(kind: ErrorKind, metadata: EntityMetadata, statement: Statement): readonly ColumnMetadata[] {
  const cannotHold = checks[kind]
  if (!cannotHold) return []
  const suspects = statement.assignments.flatMap(({ column: name, value }) => {
    const column = metadata.findColumnWithDatabaseName(name)
    return column && value !== undefined && value !== null && cannotHold(value, column) ? [column] : []
  })
  return [...new Set(suspects)]
}

/** The columns of a statement that refer to other rows. SQLite says only that some reference is broken. */
export function referencesIn(metadata: EntityMetadata, { assignments }: Statement): readonly ColumnMetadata[] {
  const given = new Set(assignments.filter(({ value }) => value !== null).map(({ column }) => column))
  const keys = metadata.foreignKeys.filter(({ columns }) => columns.some(({ databaseName }) => given.has(databaseName)))
  // Of several references it is not known which is broken.
  return keys.length === 1 ? keys[0]!.columns : []
}

type Check = (value: unknown, column: ColumnMetadata) => boolean

const uuid = /^\{?[0-9a-f]{4}(-?[0-9a-f]{4}){7}\}?$/i
const integerLimits: Readonly<Record<string, number>> = {
  smallint: 2 ** 15,
  int2: 2 ** 15,
  integer: 2 ** 31,
  int: 2 ** 31,
  int4: 2 ** 31,
  bigint: 2 ** 63,
  int8: 2 ** 63,
}

const typeOf = ({ type }: ColumnMetadata): string => (type === Number ? 'integer' : String(type))
const limitOf = (column: ColumnMetadata): number | undefined => integerLimits[typeOf(column)]

const checks: Partial<Record<ErrorKind, Check>> = {
  // Lengths of columns count characters, not UTF-16 units.
  'too-long': (value, { length }) =>
    typeof value === 'string' && length !== '' && Array.from(value).length > Number(length),
  'out-of-range': (value, column) => {
    const limit = limitOf(column)
    return limit === undefined ? value instanceof Date : !(Number(value) < limit && Number(value) >= -limit)
  },
  malformed: (value, column) => {
    if (typeof value === 'string' && /\0|\\u0000|[\ud800-\udfff]/u.test(value)) return true
    if (typeOf(column) === 'uuid') return !uuid.test(String(value))
    if (typeOf(column).startsWith('timestamp')) return Number.isNaN(new Date(value as string).getTime())
    return limitOf(column) !== undefined && !/^\s*[-+]?\d+\s*$/.test(String(value))
  },
}
