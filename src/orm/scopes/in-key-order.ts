import type { EntityMetadata, ObjectLiteral } from 'typeorm'
import { heldKeysText } from '../key-text.js'

/**
 * Rows in the order of the keys they were asked for. TypeORM reads what it has inserted by its keys and gives the first
 * row that comes to the first entity, though no engine promises an order, and a default order would be another.
 */
export function inKeyOrder<E extends ObjectLiteral>(
  { primaryColumns }: EntityMetadata,
  keys: readonly ObjectLiteral[],
  rows: readonly E[],
): E[] {
  const textOf = heldKeysText(primaryColumns)
  const keyOf = (of: ObjectLiteral): string => textOf(primaryColumns.map((column) => column.getEntityValue(of)))
  const found = new Map(rows.map((row) => [keyOf(row), row]))
  const ordered = keys.map((key) => found.get(keyOf(key)))
  const missing = ordered.indexOf(undefined)
  if (missing >= 0) throw new Error(`The row ${keyOf(keys[missing]!)} was inserted, but could not be read.`)
  return ordered as E[]
}
