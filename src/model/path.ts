import { ValidationError } from '../errors/exceptions.js'

/** A place inside a JSON column: the column's property, and the names of members on the way there. */
export interface Path {
  readonly property: string
  readonly path: readonly string[]
}

/**
 * A place inside a JSON column, by the names of members: `path('settings', ['size', 'a.b'])`. Names are taken as they
 * are, so dots and quotes need no care. A path leads through objects only; with no names it is the whole value.
 * @throws {ValidationError} `INVALID_PATH` for a name that no stored value can have.
 */
export function path(property: string, names: readonly string[]): Path {
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string' && isStorable(name))) {
    throw new ValidationError('A path is a list of names, without null characters and halves of characters.', {
      errorCode: 'INVALID_PATH',
    })
  }
  return Object.freeze({ property, path: Object.freeze([...names]) })
}

/** Whether every engine can store a text: PostgreSQL has neither null characters nor halves of surrogate pairs. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}

/** What stands at a path inside a JSON value; undefined where nothing does. A member may be null. */
export function memberAt(value: unknown, names: readonly string[]): unknown {
  return names.reduce<unknown>(
    (inner, name) => (isObject(inner) && Object.hasOwn(inner, name) ? inner[name] : undefined),
    value,
  )
}

/** Whether a JSON value is an object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
