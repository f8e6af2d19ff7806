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
  const values = rows.map((row) => readers.map((valueOf) => valueOf(row)))
  const known = values.every((key) => key.every((value) => value !== undefined && value !== null))
  if (!known && !driver.isReturningSqlSupported('insert')) return undefined
  if (!known) return (stored) => stored
  return (stored) => {
    const byKey = new Map(stored.map((row) => [keyText(readers.map((valueOf) => valueOf(row))), row]))
    const ordered = values.flatMap((key) => byKey.get(keyText(key)) ?? [])
    // A key may be stored in another spelling than it was given in.
    return byKey.size === rows.length && ordered.length === rows.length ? ordered : stored
  }
}

const keyText = (values: readonly unknown[]): string => values.map(String).join(' ')
