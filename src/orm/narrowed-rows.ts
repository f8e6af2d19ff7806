import type { EntityMetadata } from 'typeorm'
import { valueOf } from '../model/operand.js'
import type { Operand, Predicate } from '../model/predicate.js'
import type { EntityRow } from './entity-row.js'
import { columnOf } from './schema/column-terms.js'
import type { Selection } from './selection.js'
import { canDecide } from './writes/by-statement/allowed-row.js'

/** What JavaScript and a database both mean by a value of a column of these types, as TypeORM calls them, being another. */
const isComparable: Readonly<Record<string, (value: unknown) => boolean>> = {
  varchar: isText,
  'character varying': isText,
  text: isText,
  // As it is stored, and as entities have it.
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
 * The rows of a selection of which a condition is true; undefined where a statement might say something else of a row than
 * `matches` says of its entity: where collations, transformers or types come between them.
 */
export function narrowedBy(rows: Selection<EntityRow>, condition: Predicate): Selection<EntityRow> | undefined {
  const { metadata, manager } = rows.repository
  return canDecide(manager.dataSource) && isSaidAlike(metadata, condition) ? rows.where(condition) : undefined
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
    case 'eq':
    case 'ne':
      return isComparedAlike(metadata, condition.property, [condition.value])
    default:
      return false
  }
}

function isComparedAlike(metadata: EntityMetadata, property: string, values: readonly Operand[]): boolean {
  const column = columnOf(metadata, property)
  if (!column?.isSelect || column.isVirtual || column.transformer || column.collation || column.isArray) return false
  const isValue = isComparable[metadata.dataSource.driver.normalizeType(column)]
  return isValue !== undefined && values.every((value) => isValue(valueOf(value)))
}
