/** Makes the key of a counter from values: different lists of values make different keys, of ASCII characters alone. */
export function counterKey(...values: readonly unknown[]): string {
  return values.map(part).join('/')
}

/** A slash never stands in a part, and `-` alone is no text. */
function part(value: unknown): string {
  if (value === null || value === undefined) return '-'
  const text = value instanceof Date ? value.toISOString() : String(value)
  // A lone surrogate cannot be encoded.
  return `:${encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\uFFFD'))}`
}
