import type { RowData } from 'plinth'
import { isKnown } from './unknown.js'

/** Whether two rows have the same values of some properties, as far as they are known; null is like nothing else. */
export function haveTwins(rows: readonly RowData[], properties: readonly string[]): boolean {
  const keys = rows.map((row) => properties.map((property) => row[property] ?? null))
  const texts = keys
    .filter((key) => key.every((value) => value !== null && isKnown(value)))
    .map((key) => JSON.stringify(key))
  return new Set(texts).size < texts.length
}
