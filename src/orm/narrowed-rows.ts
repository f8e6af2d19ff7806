import type { EntityMetadata } from 'typeorm'
import { valueOf } from '../model/operand.js'
import type { Operand, Predicate } from '../model/predicate.js'
import type { EntityRow } from './entity-row.js'
import { columnOf } from './schema/column-terms.js'
import type { Selection } from './selection.js'

/** Values that entities have as they are stored, by the types of their columns as TypeORM calls them. */
const isComparable: Readonly<Record<string, (value: unknown) => boolean>> = {
  varchar: isText,
  'character varying': isText,
  text: isText,
  // Engines find a key in any spelling, and entities have it in one.
  uuid: (value) => isText(value) && value === value.toLowerCase(),
  integer: Number.isSafeInteger,
  int: Number.isSafeInteger,
  smallint: Number.isSafeInteger,
  boolean: (value) => typeof value === 'boolean',
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

/**
 * The rows of a selection of which a condition is true. A predicate says of a stored row in SQL what `matches` says of the same
 * row in memory; undefined where an entity may not be the same: where transformers, types or collations of columns come between.
 */
export function narrowedBy(rows: Selection<EntityRow>, condition: Predicate): Selection<EntityRow> | undefined {
  return isSaidAlike(rows.repository.metadata, condition) ? rows.where(condition) : undefined
}

function isSaidAlike(metadata: EntityMetadata, condition: Predicate): boolean {
  if ('path' in condition) return false
  switch (condition.op) {
    case 'all':
    case 'any':
      return condition.predicates.every((part) => isSaidAlike(metadata, part))
    case 'not':
      return isSaidAlike(metadata, condition.predicate)
    case 'isNull':
      return isComparedAlike(metadata, condition.property, [])
    case 'in':
      return isComparedAlike(metadata, condition.property, condition.values)
    case 'related':
      return false
    default:
      return isComparedAlike(metadata, condition.property, [condition.value])
  }
}

function isComparedAlike(metadata: EntityMetadata, property: string, values: readonly Operand[]): boolean {
  const column = columnOf(metadata, property)
  if (!column?.isSelect || column.isVirtual || column.transformer || column.collation || column.isArray) return false
  const isValue = isComparable[metadata.dataSource.driver.normalizeType(column)]
  return isValue !== undefined && values.every((value) => isValue(valueOf(value)))
}
