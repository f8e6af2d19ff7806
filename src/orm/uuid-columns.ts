import { type EntityMetadata, FindOperator, type ObjectLiteral } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import { ValidationError } from '../errors/exceptions.js'
import { pointerTo } from '../errors/json-pointer.js'

// RFC 9562, section 4: hexadecimal digits in groups of 8, 4, 4, 4 and 12.
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Text that is a UUID in its one spelling, in lower case; undefined for any other. */
export function asUuid(text: string): string | undefined {
  if (uuid.test(text)) return text
  const lower = text.toLowerCase()
  return uuid.test(lower) ? lower : undefined
}

/** Whether a column holds UUIDs: its own, or those of the rows it refers to. */
export function holdsUuids({ type, generationStrategy, referencedColumn }: ColumnMetadata): boolean {
  return type === 'uuid' || generationStrategy === 'uuid' || (referencedColumn ? holdsUuids(referencedColumn) : false)
}

const comparing = new Set(['equal', 'in', 'any', 'not'])

/**
 * What `find` is to look for, with UUIDs as they are stored: some engines compare their text.
 * @throws {ValidationError} `INVALID_ID` for text that is none, which only some engines refuse.
 */
export function withUuids(where: ObjectLiteral, metadata: EntityMetadata, prefix?: string): ObjectLiteral {
  const entries = Object.entries(where).map(([name, value]: [string, unknown]) => {
    const path = prefix === undefined ? name : `${prefix}.${name}`
    const column = metadata.columns.find(({ propertyPath, isVirtual }) => propertyPath === path && !isVirtual)
    return [name, column && holdsUuids(column) ? sought(value, path) : value]
  })
  return Object.fromEntries(entries) as ObjectLiteral
}

function sought(value: unknown, path: string): unknown {
  if (typeof value === 'string') return requireUuid(value, path)
  if (!(value instanceof FindOperator) || !comparing.has(value.type)) return value
  // The operator is changed in place, as TypeORM itself does with those of columns that have a transformer.
  const to = (one: unknown) => (typeof one === 'string' ? requireUuid(one, path) : one)
  const operator: FindOperator<unknown> = value
  operator.transformValue({ to, from: to })
  return operator
}

function requireUuid(text: string, path: string): string {
  const found = asUuid(text)
  if (found !== undefined) return found
  throw new ValidationError(`${path} is no UUID.`, {
    errorCode: 'INVALID_ID',
    names: [path],
    errors: [{ pointer: pointerTo(...path.split('.')), code: 'uuid', message: 'must be a UUID' }],
  })
}

/**
 * Writes the UUIDs of the primary keys of rows as they are stored, so that they are recognized: some engines keep the text
 * as it was given.
 * @throws {ValidationError} `INVALID_ID`
 */
export function spellKeys({ primaryColumns }: EntityMetadata, rows: readonly ObjectLiteral[]): void {
  const columns = primaryColumns.filter((column) => !column.relationMetadata && holdsUuids(column))
  if (columns.length === 0) return
  for (const row of rows) {
    for (const column of columns) {
      const value = column.embeddedMetadata ? column.getEntityValue(row) : (row[column.propertyName] as unknown)
      if (typeof value === 'string') column.setEntityValue(row, requireUuid(value, column.propertyPath))
    }
  }
}
