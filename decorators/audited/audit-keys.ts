import { hashString } from 'plinth'

const longestText = 255

/** The primary key of a row as text that is equal for equal keys, whatever types an engine gives their values. */
export function rowText(values: readonly unknown[]): string {
  const texts = values.map((value) => (value instanceof Date ? value.toISOString() : String(value)))
  const text = texts.length === 1 ? texts[0]! : JSON.stringify(texts)
  return Array.from(text).length <= longestText ? text : hashString(text)
}

/** What keeps the rows of one tenant from those of another, as text that fits a column. */
export function partitionText(partition: string): string {
  return partition === '' ? '' : hashString(partition)
}
