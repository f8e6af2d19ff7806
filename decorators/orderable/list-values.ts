import { unknownList } from './refusals.js'

/**
 * The values that make a list, as a caller names it.
 * @throws {ValidationError} `UNKNOWN_LIST` unless there is a value, or null, for each property and for no other.
 */
export function listValues<T>(within: readonly string[], list: T): T & Readonly<Record<string, never>> {
  if (typeof list !== 'object' || list === null) throw unknownList(within)
  const named = Object.keys(list)
  const isComplete = within.every((property) => isValue((list as Record<string, unknown>)[property]))
  if (!isComplete || named.length !== within.length) throw unknownList(within)
  return list as T & Readonly<Record<string, never>>
}

const isValue = (value: unknown): boolean =>
  value === null || value instanceof Date || ['string', 'number', 'boolean'].includes(typeof value)
