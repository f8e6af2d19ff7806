import type { EntityMetadata } from 'typeorm'
import { matching, type Predicate } from '../model/predicate.js'
import type { Id } from '../model/verb.js'
import { asUuid } from './uuid-columns.js'
import { valueKindOf } from './value-kind.js'

const wholeNumber = /^(?:0|-?[1-9]\d{0,19})$/

/**
 * The value of a primary key that text, e.g. of a path, stands for; undefined when no row can have it. A database asked
 * for such a value would answer with an error on one engine and with another row on the next.
 *
 * UUIDs follow RFC 9562 and become lower case; whole numbers must fit their column and be written as JSON writes them;
 * other text is at most as long as its column. Entities with several primary columns have no id of one value.
 */
export function parseId(metadata: EntityMetadata, given: Id): Id | undefined {
  const [column, ...others] = metadata.primaryColumns
  if (!column || others.length > 0) return undefined
  const value = valueKindOf(column, undefined, metadata.dataSource.driver)
  const text = String(given)
  switch (value.kind) {
    case 'uuid':
      return asUuid(text)
    case 'integer':
      return isWithin(text, BigInt(value.min), BigInt(value.max)) ? Number(text) : undefined
    case 'bigint':
      return isWithin(text, value.min, value.max) ? text : undefined
    case 'string':
      return isStorable(text, value.maxLength ?? 255) ? text : undefined
    default:
      return undefined
  }
}

/** The condition that the row meets whose primary key a text stands for; undefined where no row can have it. */
export function hasId(metadata: EntityMetadata, text: string): Predicate | undefined {
  const [column] = metadata.primaryColumns
  const id = parseId(metadata, text)
  return column && id !== undefined ? matching({ [column.propertyPath]: id }) : undefined
}

function isWithin(text: string, min: bigint, max: bigint): boolean {
  return wholeNumber.test(text) && BigInt(text) >= min && BigInt(text) <= max
}

/** PostgreSQL stores no null character, and refuses text that has one. Columns count code points. */
function isStorable(text: string, length: number): boolean {
  return text.length > 0 && Array.from(text).length <= length && !text.includes('\0')
}
