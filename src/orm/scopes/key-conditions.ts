import type { EntityMetadata, ObjectLiteral } from 'typeorm'
import { withUuids } from '../uuid-columns.js'

/** A condition on the key a row holds of another, by its path, e.g. `author.id`. */
export interface KeyCondition {
  readonly path: string
  readonly value: unknown
}

/**
 * The conditions of find options that ask only for the key of a related row, `{ author: { id: 2 } }`, apart from the
 * others. The row that is asked for holds that key itself. TypeORM would join the related row for it, which costs a
 * join, and finds nothing where the related row is hidden: what is hidden is not absent.
 */
export function keyConditions(
  where: ObjectLiteral,
  metadata: EntityMetadata,
  prefix: string | undefined,
): { readonly keys: readonly KeyCondition[]; readonly others: ObjectLiteral } {
  const found = Object.keys(where).map(
    (name) => [name, keysIn(where[name], metadata, prefix ? `${prefix}.${name}` : name)] as const,
  )
  return {
    keys: found.flatMap(([, keys]) => keys),
    others: Object.fromEntries(found.filter(([, keys]) => keys.length === 0).map(([name]) => [name, where[name]])),
  }
}

function keysIn(value: unknown, metadata: EntityMetadata, path: string): readonly KeyCondition[] {
  const relation = metadata.findRelationWithPropertyPath(path)
  if (!relation?.isWithJoinColumn || !isPlain(value)) return []
  const referenced = relation.joinColumns.flatMap(({ referencedColumn }) => referencedColumn ?? [])
  const isKey = ([name, asked]: [string, unknown]) =>
    asked !== undefined &&
    asked !== null &&
    referenced.some((column) => column.propertyPath === name && !column.transformer)
  const entries = Object.entries(withUuids(value, relation.inverseEntityMetadata))
  return entries.every(isKey) ? entries.map(([name, asked]) => ({ path: `${path}.${name}`, value: asked })) : []
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}
