import type { LogFields } from './logger.js'
import { isSecretName, redacted } from './secret-names.js'
import { scrub } from './secrets.js'

/**
 * Fields as JSON can hold them, the later winning, without secrets. One that cannot be read or written does not take the
 * others with it. Errors have their name, message, stack and cause.
 */
export function plainFields(parts: readonly LogFields[]): LogFields {
  const fields: Record<string, unknown> = {}
  for (const part of parts) {
    for (const name of Object.keys(part)) fields[name] = plain(name, () => part[name])
  }
  return fields
}

function plain(name: string, read: () => unknown): unknown {
  try {
    const value = read()
    if (isHidden(name, value)) return redacted
    const text = JSON.stringify(value, readable)
    return text === undefined ? undefined : JSON.parse(text)
  } catch (problem) {
    return `[unreadable: ${problem instanceof Error ? problem.name : typeof problem}]`
  }
}

/** Whether there is one, or none, is no secret. */
function isHidden(name: string, value: unknown): boolean {
  return value !== null && value !== undefined && typeof value !== 'boolean' && isSecretName(name)
}

function readable(name: string, value: unknown): unknown {
  if (isHidden(name, value)) return redacted
  if (typeof value === 'string') return scrub(value)
  if (typeof value === 'bigint' || typeof value === 'symbol') return value.toString()
  if (!(value instanceof Error)) return value
  const { name: kind, message, stack, cause } = value
  return { name: kind, message, stack, ...(cause !== undefined && { cause }) }
}
