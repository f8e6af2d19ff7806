import { noteOutdatedPlan } from '../../errors/outdated-plan.js'

/** How often what a connection has prepared by a name became outdated. */
const outdated = new WeakMap<object, Map<string, number>>()

/** The name by which a connection prepares a statement: another one than that of a plan that is outdated. */
export function planName(client: object, name: string): string {
  const times = outdated.get(client)?.get(name)
  return times === undefined ? name : `${name}_${times}`
}

/**
 * Notes an error that says that the columns of a table have changed since a connection prepared a statement by its name (SQLSTATE
 * 0A000), so that it is prepared anew the next time; false for any other error.
 */
export function noteOutdated(client: object, name: string, error: Error): boolean {
  if ((error as { readonly code?: string }).code !== '0A000') return false
  noteOutdatedPlan(error)
  const names = outdated.get(client) ?? new Map<string, number>()
  outdated.set(client, names.set(name, (names.get(name) ?? 0) + 1))
  return true
}
