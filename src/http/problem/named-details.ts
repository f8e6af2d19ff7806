import type { Naming } from '../../helpers/naming.js'

type Details = Readonly<Record<string, unknown>>

/** The details that hold names of properties, or values by their names, by the codes of the problems that have them. */
const holdNames: Readonly<Record<string, readonly string[]>> = {
  DUPLICATE: ['fields'],
  PARENT_DELETED: ['property'],
  STALE: ['expected', 'actual'],
}

/** Details as callers know their names; what an application put into them is called as it is. */
export function namedDetails(errorCode: string, details: Details, { style, outside, members }: Naming): Details {
  if (style === 'asDeclared') return details
  const held = Object.hasOwn(holdNames, errorCode) ? holdNames[errorCode]! : []
  const named = (value: unknown): unknown => {
    if (typeof value === 'string') return outside(value)
    if (Array.isArray(value)) return value.map(named)
    return typeof value === 'object' && value !== null ? members(value as Details) : value
  }
  const known = Object.entries(details).map(([name, value]) => [name, held.includes(name) ? named(value) : value])
  return members(Object.fromEntries(known) as Details)
}
