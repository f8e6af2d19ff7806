import type { ToOneName } from '../model/relation-types.js'
import { isLoading, loadedValue } from './lazy-relations.js'

const hidden = new WeakMap<object, Map<string, unknown>>()

/** Remembers that a relation of a loaded row is null because the row with this key is hidden. */
export function rememberHidden(row: object, relation: string, key: unknown): void {
  const relations = hidden.get(row) ?? new Map<string, unknown>()
  relations.set(relation, key)
  hidden.set(row, relations)
}

/**
 * Whether a relation of a loaded row is null because the row it refers to is hidden by scopes; false where there is none,
 * where the relation was not loaded, and once something was assigned to it.
 */
export function isHidden<E extends object>(row: E, relation: ToOneName<E>): boolean {
  return marked(row, relation)
}

/** The key that a loaded row holds of a hidden one; undefined where `isHidden` is false. */
export function hiddenKey<E extends object>(row: E, relation: ToOneName<E>): unknown {
  return marked(row, relation) ? hidden.get(row)?.get(relation) : undefined
}

/** The same for rows whose type is not known. */
export function marked(row: object, relation: string): boolean {
  if (hidden.get(row)?.has(relation) !== true || isLoading(row, relation)) return false
  return (loadedValue(row, relation) ?? null) === null
}
