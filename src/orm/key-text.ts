import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import { holdsUuids } from './uuid-columns.js'

/** Gives a key that is not null as the text by which rows are told apart. */
export type KeyText = (key: unknown) => string

/** The texts of the keys that a column holds. */
export const keyTextOf = (column: ColumnMetadata): KeyText => (holdsUuids(column) ? uuidText : plainText)

const held = new WeakMap<ColumnMetadata, KeyText>()

/** The same of values as entities hold them, which may be objects that a transformer makes of what is stored. */
function heldKeyTextOf(column: ColumnMetadata): KeyText {
  const known = held.get(column)
  if (known) return known
  const { entityMetadata, transformer } = column
  const { driver } = entityMetadata.dataSource
  const textOf = keyTextOf(column)
  const made: KeyText = (value) =>
    textOf(transformer || !isWritten(value) ? driver.preparePersistentValue(value, column) : value)
  held.set(column, made)
  return made
}

/** Text that is equal for equal values of some columns, as entities hold them, in the order of the columns. */
export function heldKeysText(columns: readonly ColumnMetadata[]): (values: readonly unknown[]) => string {
  const texts = columns.map(heldKeyTextOf)
  return (values) => JSON.stringify(values.map((value, index) => texts[index]!(value)))
}

/** Keys are compared as text because drivers give large numbers as text; bytes and instants have none that is theirs alone. */
function plainText(key: unknown): string {
  if (isWritten(key)) return String(key)
  if (key instanceof Date) return String(key.getTime())
  return key instanceof Uint8Array
    ? Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('hex')
    : (JSON.stringify(key) ?? String(key))
}

const isWritten = (key: unknown): key is string | number | bigint =>
  typeof key === 'string' || typeof key === 'number' || typeof key === 'bigint'

/** Engines that store UUIDs as text find them in either case. */
const uuidText: KeyText = (key) => plainText(key).toLowerCase()

/** Items by the texts of their keys. */
export function grouped<T>(items: readonly T[], textOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const text = textOf(item)
    const group = groups.get(text)
    if (group) group.push(item)
    else groups.set(text, [item])
  }
  return groups
}
