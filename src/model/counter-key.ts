/** Makes the key of a counter from values: different lists of values make different keys, of ASCII characters alone. */
export function counterKey(...values: readonly unknown[]): string {
  let key = ''
  for (let place = 0; place < values.length; place += 1)
    key += place === 0 ? part(values[place]) : `/${part(values[place])}`
  return key
}

/** A slash never stands in a part, and `-` alone is no text. */
function part(value: unknown): string {
  if (value === null || value === undefined) return '-'
  const text = valueText(value)
  // Most values are keys and words, which stand for themselves.
  if (plain.test(text)) return `:${text}`
  // A lone surrogate cannot be encoded.
  return `:${encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\uFFFD'))}`
}

const plain = /^[\w.~-]*$/

/** Text that is the same for values a database holds to be the same, whether a driver or a caller gave them. */
export function valueText(value: unknown): string {
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'string' ? value : JSON.stringify(value)
}
