import { UsageError } from '../errors/usage-error.js'

/**
 * The text of a JSON value. A text is kept as it is, because most of what is cached are long texts.
 * @throws {UsageError} E_CACHE_VALUE for anything that would come back as something else.
 */
export function encodeCacheValue(value: unknown): string {
  if (typeof value === 'string') return `s${value}`
  requireJson(value, [])
  return `j${JSON.stringify(value)}`
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

function requireJson(value: unknown, above: readonly object[]): void {
  if (value === null || typeof value === 'boolean' || typeof value === 'string' || Number.isFinite(value)) return
  if (typeof value !== 'object') throw refusal(typeof value === 'number' ? String(value) : `a ${typeof value}`)
  if (above.includes(value)) throw refusal('an object that contains itself')
  const within = [...above, value]
  if (Array.isArray(value)) {
    for (const item of value as readonly unknown[]) requireJson(item, within)
    return
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if ((prototype !== Object.prototype && prototype !== null) || 'toJSON' in value) {
    throw refusal(`an object of the class ${value.constructor?.name ?? '(none)'}`)
  }
  for (const item of Object.values(value as Readonly<Record<string, unknown>>)) requireJson(item, within)
}

function refusal(what: string): UsageError {
  return new UsageError(
    'E_CACHE_VALUE',
    `A cache keeps JSON values alone, and was given ${what}, which would come back as something else.`,
  )
}
