import type { EntityMetadata } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import type { Id } from '../model/verb.js'

// RFC 9562, section 4: hexadecimal digits in groups of 8, 4, 4, 4 and 12.
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const wholeNumber = /^(?:0|-?[1-9]\d{0,18})$/

/** How many bits the integer types of the engines have; what is not listed has 32. */
const bits: Readonly<Record<string, number>> = {
  tinyint: 8,
  smallint: 16,
  int2: 16,
  mediumint: 24,
  bigint: 64,
  int8: 64,
}
const integers = new Set(['int', 'integer', 'int4', ...Object.keys(bits)])

/**
 * The value of a primary key that text, e.g. of a path, stands for; undefined when no row can have it. A database asked
 * for such a value would answer with an error on one engine and with another row on the next.
 *
 * UUIDs follow RFC 9562 and become lower case; whole numbers must fit their column and be written as JSON writes them;
 * other text is at most as long as its column. Entities with several primary columns have no id of one value.
 */
export function parseId(metadata: EntityMetadata, given: Id): Id | undefined {
  const [column, ...others] = metadata.primaryColumns
  return column && others.length === 0 ? parseValue(column, given) : undefined
}

function parseValue(column: ColumnMetadata, given: Id): Id | undefined {
  // The driver knows UUIDs by other names where the engine has no such type.
  if (column.type === 'uuid' || column.generationStrategy === 'uuid') return parseUuid(given)
  const type = metadataType(column)
  if (integers.has(type)) return parseInteger(String(given), bits[type] ?? 32, column.unsigned)
  return parseText(String(given), Number(column.length) || 255)
}

function parseUuid(given: Id): string | undefined {
  return typeof given === 'string' && uuid.test(given) ? given.toLowerCase() : undefined
}

function parseInteger(text: string, size: number, unsigned: boolean): Id | undefined {
  if (!wholeNumber.test(text)) return undefined
  const value = BigInt(text)
  const limit = 1n << BigInt(unsigned ? size : size - 1)
  if (value >= limit || value < (unsigned ? 0n : -limit)) return undefined
  // TypeORM gives and takes 64-bit integers as text.
  return Number.isSafeInteger(Number(text)) ? Number(text) : text
}

function parseText(text: string, length: number): string | undefined {
  // PostgreSQL stores no null character, and refuses text that has one.
  return text.length > 0 && Array.from(text).length <= length && !text.includes('\0') ? text : undefined
}

function metadataType(column: ColumnMetadata): string {
  return column.entityMetadata.dataSource.driver.normalizeType(column)
}
