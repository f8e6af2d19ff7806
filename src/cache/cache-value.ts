import { UsageError } from '../errors/usage-error.js'

/**
 * The text of a JSON value. A text is kept as it is, because most of what is cached are long texts.
 * @throws {UsageError} E_CACHE_VALUE for anything that would come back as something else.
 */
export function encodeCacheValue(value: unknown): string {
  if (typeof value === 'string') return `s${value}`
  return `j${hasNegativeZero(value, []) ? jsonOf(value) : JSON.stringify(value)}`
}

/** The value of a text; undefined where it is none that was written here. */
export function decodeCacheValue(text: unknown): unknown {
  if (typeof text !== 'string') return undefined
  if (text.startsWith('s')) return text.slice(1)
  if (!text.startsWith('j')) return undefined
  try {
    return JSON.parse(text.slice(1)) as unknown
  } catch {
    return undefined
  }
}

/** JSON with -0, which `JSON.parse` reads and `JSON.stringify` does not write. */
function jsonOf(value: unknown): string {
  if (Object.is(value, -0)) return '-0'
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(jsonOf).join()}]`
  return `{${Object.entries(value)
    .map(([name, item]) => `${JSON.stringify(name)}:${jsonOf(item)}`)
    .join()}}`
}

/**
 * Whether there is a -0 in a JSON value.
 * @throws {UsageError} E_CACHE_VALUE for anything that is none.
 */
function hasNegativeZero(value: unknown, above: readonly object[]): boolean {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return false
  if (Number.isFinite(value)) return Object.is(value, -0)
  if (typeof value !== 'object') throw refusal(typeof value === 'number' ? String(value) : `a ${typeof value}`)
  if (above.includes(value)) throw refusal('an object that contains itself')
  const within = [...above, value]
  let found = false
  for (const item of partsOf(value)) found = hasNegativeZero(item, within) || found
  return found
}

function partsOf(value: object): readonly unknown[] {
  if (Array.isArray(value)) return value
  const prototype: unknown = Object.getPrototypeOf(value)
  if ((prototype !== Object.prototype && prototype !== null) || 'toJSON' in value) {
    throw refusal(`an object of the class ${value.constructor?.name ?? '(none)'}`)
  }
  return Object.values(value)
}

function refusal(what: string): UsageError {
  return new UsageError(
    'E_CACHE_VALUE',
    `A cache keeps JSON values alone, and was given ${what}, which would come back as something else.`,
  )
}
