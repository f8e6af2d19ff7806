/** A value that is set by a rule and not known to the oracle, such as the instant of a write: never null. */
export const something: unknown = Object.freeze({ known: 'not null' })

/** A value of which the oracle knows nothing. */
export const anything: unknown = Object.freeze({ known: 'nothing' })

/** Whether the oracle knows a value. */
export function isKnown(value: unknown): boolean {
  return value !== something && value !== anything
}

/** Whether a stored value is what the oracle expects. */
export function agrees(expected: unknown, stored: unknown): boolean {
  if (expected === anything) return true
  if (expected === something) return stored !== null && stored !== undefined
  return same(expected, stored)
}

/** Whether two values are stored as one: dates by their instant, objects by what they hold. */
export function same(first: unknown, second: unknown): boolean {
  return canonical(first) === canonical(second)
}

function canonical(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (value instanceof Date) return `date ${value.getTime()}`
  if (typeof value === 'bigint') return `bigint ${value}`
  return JSON.stringify([typeof value, value], (_, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}
