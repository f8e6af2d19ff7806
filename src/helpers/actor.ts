import { UsageError } from '../errors/usage-error.js'
import { contextVariable } from './context-variable.js'

/** Who does something: a user, or a part of the system that has a name. */
export interface Actor {
  /** What records of the past name them by; at most 255 characters. */
  readonly id: string
}

/** Who acts in the running request or task; null is nobody in particular, such as a visitor who is not signed in. */
export const actingAs = contextVariable<Actor | null>('actor')

/** Who acts; null where nobody is said to. */
export function currentActor(): Actor | null {
  return actingAs.get() ?? null
}

/**
 * Runs `work`, with all that it awaits, as done by an actor: `runAs(user, …)`, `runAs('nightly-import', …)`; null is
 * nobody. What runs elsewhere meanwhile is not affected.
 * @throws {UsageError} `E_ACTOR` for an actor that has no id of 1 to 255 characters.
 */
export function runAs<T>(actor: Actor | string | null, work: () => T): T {
  return actingAs.run(actor === null ? null : named(typeof actor === 'string' ? { id: actor } : actor), work)
}

const longestId = 255

/** Whether records can name somebody. */
export function isActor(given: unknown): given is Actor {
  const id = (given as { readonly id?: unknown } | null | undefined)?.id
  if (typeof id !== 'string' || id === '') return false
  return id.length <= longestId || Array.from(id).length <= longestId
}

function named<A extends Actor>(actor: A): A {
  if (isActor(actor)) return actor
  throw new UsageError('E_ACTOR', `An actor needs an \`id\`, a text of 1 to ${longestId} characters.`)
}
