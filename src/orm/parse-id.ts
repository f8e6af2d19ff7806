import type { EntityMetadata } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import { codePointsIn } from '../helpers/code-points.js'
import type { ValueKind } from '../model/entity-description.js'
import { isStorable } from '../model/path.js'
import { matching, type Predicate } from '../model/predicate.js'
import type { Id } from '../model/verb.js'
import { asUuid } from './uuid-columns.js'
import { valueKindOf } from './value-kind.js'

const wholeNumber = /^(?:0|-?[1-9]\d{0,19})$/
/** What nothing and objects are as text must not be taken for a key. */
const written: ReadonlySet<string> = new Set(['string', 'number', 'bigint'])

/**
 * The value of a primary key that text, e.g. of a path, stands for; undefined when no row can have it. A database asked
 * for such a value would answer with an error on one engine and with another row on the next.
 *
 * UUIDs follow RFC 9562 and become lower case; whole numbers must fit their column and be written as JSON writes them;
 * other text is at most as long as its column. Entities with several primary columns have no id of one value. Nothing,
 * and what is no text or number, stands for no key.
 */
export function parseId(metadata: EntityMetadata, given: Id): Id | undefined {
  const [column, ...others] = metadata.primaryColumns
  if (!column || others.length > 0 || !written.has(typeof given)) return undefined
  const value = kindOf(column)
  const text = String(given)
  switch (value.kind) {
    case 'uuid':
      return asUuid(text)
    case 'integer':
      return isWithin(text, value.min, value.max) ? Number(text) : undefined
    case 'bigint':
      return isWithin(text, value.min, value.max) ? text : undefined
    case 'string':
      return isTextKey(text, value.maxLength ?? 255) ? text : undefined
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

const kinds = new WeakMap<ColumnMetadata, ValueKind>()

/** What the values of a key are does not change. */
function kindOf(column: ColumnMetadata): ValueKind {
  const known = kinds.get(column)
  if (known) return known
  const kind = valueKindOf(column, undefined, column.entityMetadata.dataSource.driver)
  kinds.set(column, kind)
  return kind
}

/** Compares exactly: bounds that are numbers are safe ones, which no greater number is rounded to. */
function isWithin<N extends number | bigint>(text: string, min: N, max: N): boolean {
  if (!wholeNumber.test(text)) return false
  const value = typeof min === 'number' ? Number(text) : BigInt(text)
  return value >= min && value <= max
}

/** Columns count code points. What cannot be stored would be sent as other text, which may be the key of another row. */
function isTextKey(text: string, length: number): boolean {
  return text.length > 0 && codePointsIn(text) <= length && isStorable(text)
}
