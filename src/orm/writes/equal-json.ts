import type { RowData } from '../../model/matches.js'
import type { Model } from '../../model/model.js'
import { isObject } from '../../model/path.js'

/** Values without those of JSON columns that are stored already: the order of members, and undefined ones, say nothing. */
export function withoutEqualJson({ columns }: Model, values: RowData, stored: RowData): RowData {
  return Object.fromEntries(
    Object.entries(values).filter(
      ([property, value]) => columns[property]?.type !== 'json' || !equalJson(value, stored[property]),
    ),
  )
}

function equalJson(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => equalJson(item, b[index]))
  }
  if (!isPlain(a) || !isPlain(b)) return a === b
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...names].every((name) => equalJson(ownOf(a, name), ownOf(b, name)))
}

const ownOf = (object: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.hasOwn(object, name) ? object[name] : undefined

/** Anything else, such as a Date or a Map, is some other value as JSON, or none. */
function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (!isObject(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
