import type { EntityMetadata, ObjectLiteral } from 'typeorm'
import type { ModelDataSource } from '../../data-source.js'
import { readerOf } from '../stored-rows.js'

/** Brings rows that an INSERT returns into the order in which they were given. */
export type InGivenOrder = (stored: readonly ObjectLiteral[]) => readonly ObjectLiteral[]

/**
 * How returned rows are brought into the order of the given ones: by their keys, where those are given. Keys that the
 * database makes come in the order of the values, which is true of PostgreSQL and MariaDB, and not promised by SQLite:
 * there it is undefined.
 */
export function inGivenOrder(
  { driver }: ModelDataSource,
  { primaryColumns }: EntityMetadata,
  rows: readonly ObjectLiteral[],
): InGivenOrder | undefined {
  if (rows.length === 1) return (stored) => stored
  const readers = primaryColumns.map((column) => readerOf(column))
  const valuesOf = (row: ObjectLiteral) => readers.map((valueOf) => valueOf(row))
  const values = rows.map(valuesOf)
  const known = values.every((key) => key.every((value) => value !== undefined && value !== null))
  if (!known && !driver.isReturningSqlSupported('insert')) return undefined
  if (!known) return (stored) => stored
  const keys = values.map(keyText)
  return (stored) => inOrderOf(keys, stored, (row) => keyText(valuesOf(row)))
}

/** Rows in the order of their keys; as they come where a key is stored in another spelling than it was given in. */
export function inOrderOf<T>(keys: readonly string[], stored: readonly T[], keyOf: (row: T) => string): readonly T[] {
  const byKey = new Map(stored.map((row) => [keyOf(row), row]))
  const ordered = keys.flatMap((key) => byKey.get(key) ?? [])
  return byKey.size === keys.length && ordered.length === keys.length ? ordered : stored
}

const keyText = (values: readonly unknown[]): string => values.map(String).join(' ')
