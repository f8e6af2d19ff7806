import { ConflictError, ValidationError } from '../errors/exceptions.js'
import { patched } from '../helpers/merge-patch.js'
import type { Comparable } from './operand.js'
import { isObject, path } from './path.js'

/** What an expression does with the value that is stored. */
export type Operation =
  | { readonly kind: 'increment'; readonly by: number }
  | { readonly kind: 'atLeast'; readonly value: Comparable }
  | { readonly kind: 'mergePatch'; readonly patch: Readonly<Record<string, unknown>> }
  | { readonly kind: 'setPath'; readonly path: readonly string[]; readonly value: unknown }
  | { readonly kind: 'unsetPath'; readonly path: readonly string[] }
  | { readonly kind: 'incrementPath'; readonly path: readonly string[]; readonly by: number }

/**
 * A value that depends on what is stored, as data: rules and verbs give it for a property instead of a value. What
 * others write meanwhile is never lost, because it is applied to the row as it is when it is written.
 */
export class Expression<T = unknown> {
  readonly operation: Operation
  /** Carries the property's type; never present at run time. */
  declare readonly $type?: T

  constructor(operation: Operation) {
    this.operation = Object.freeze(operation)
    Object.freeze(this)
  }
}

/** The stored number and `by`; where nothing is stored, `by`. */
export function increment(by: number): Expression<number> {
  return new Expression({ kind: 'increment', by: finite(by) })
}

/** The stored value, unless this one is greater or nothing is stored. */
export function atLeast<T extends number | Date>(value: T): Expression<T> {
  return new Expression({ kind: 'atLeast', value })
}

/**
 * The stored JSON object, changed by a merge patch (RFC 7396): members that are null go, objects are merged.
 * @throws {ValidationError} `INVALID_PATCH` for a patch that is no object, and would replace the whole value.
 */
export function mergePatch(patch: Readonly<Record<string, unknown>>): Expression<object> {
  if (!isObject(patch)) {
    throw new ValidationError('A merge patch must be an object.', { errorCode: 'INVALID_PATCH' })
  }
  // As the database will read it: members that are undefined say nothing.
  return new Expression({ kind: 'mergePatch', patch: JSON.parse(JSON.stringify(patch)) as typeof patch })
}

/**
 * The stored JSON object with a value at a path; objects on the way there are made where they are missing.
 * Writing it is a conflict (`NOT_AN_OBJECT`) where something else stands on the way.
 */
export function setPath(names: readonly string[], value: unknown): Expression<object> {
  return new Expression({ kind: 'setPath', path: named(names), value })
}

/** The stored JSON object without what stands at a path. */
export function unsetPath(names: readonly string[]): Expression<object> {
  return new Expression({ kind: 'unsetPath', path: named(names) })
}

/**
 * The stored JSON object with the number at a path greater by `by`; what is missing counts as 0.
 * Writing it is a conflict (`NOT_A_NUMBER`) where something else stands there.
 */
export function incrementPath(names: readonly string[], by: number): Expression<object> {
  return new Expression({ kind: 'incrementPath', path: named(names), by: finite(by) })
}

/**
 * What an expression makes of a stored value.
 * @throws {ConflictError} `NOT_AN_OBJECT`, `NOT_A_NUMBER` where the stored value has another form than it needs.
 */
export function evaluate({ operation }: Expression, stored: unknown): unknown {
  switch (operation.kind) {
    case 'increment':
      return Number(stored ?? 0) + operation.by
    case 'atLeast':
      return isAbsent(stored) || (stored as Comparable) < operation.value ? operation.value : stored
    case 'mergePatch':
      return patched(stored, operation.patch)
    case 'setPath':
      return changedAt(stored, operation.path, () => operation.value)
    case 'unsetPath':
      return without(stored, operation.path)
    default:
      return changedAt(stored, operation.path, (member) => sum(member, operation.by))
  }
}

/** Values in which expressions are replaced by what they make of a stored row. */
export function evaluated(
  values: Readonly<Record<string, unknown>>,
  stored: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(values).map(([property, value]) => [
      property,
      value instanceof Expression ? evaluate(value, stored[property]) : value,
    ]),
  )
}

type Change = (member: unknown) => unknown

function changedAt(value: unknown, [name, ...rest]: readonly string[], change: Change): unknown {
  if (name === undefined) return change(value)
  if (!isAbsent(value) && !isObject(value)) {
    throw new ConflictError(`"${name}" cannot be set inside of what is no object.`, { errorCode: 'NOT_AN_OBJECT' })
  }
  const members = new Map(Object.entries(value ?? {}))
  members.set(name, changedAt(members.get(name), rest, change))
  return Object.fromEntries(members)
}

function without(value: unknown, [name = '', ...rest]: readonly string[]): unknown {
  if (!isObject(value) || !Object.hasOwn(value, name)) return value
  const members = new Map(Object.entries(value))
  if (rest.length === 0) members.delete(name)
  else members.set(name, without(members.get(name), rest))
  return Object.fromEntries(members)
}

function sum(member: unknown, by: number): number {
  if (member === undefined) return by
  if (typeof member === 'number') return member + by
  throw new ConflictError('What is stored there is not a number.', { errorCode: 'NOT_A_NUMBER' })
}

const isAbsent = (value: unknown): value is null | undefined => value === null || value === undefined

function finite(by: number): number {
  if (Number.isFinite(by)) return by
  throw new ValidationError('An increment must be a finite number.', { errorCode: 'INVALID_INCREMENT' })
}

function named(names: readonly string[]): readonly string[] {
  const { path: checked } = path('', names)
  if (checked.length > 0) return checked
  throw new ValidationError('A path to write at must name at least one member.', { errorCode: 'INVALID_PATH' })
}
