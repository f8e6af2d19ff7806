import type { AnyClass } from '../metadata/fact-kind.js'
import { rateLimitsOf } from '../rate-limit/rate-limit-fact.js'

/** What every method of a service that writes rows is made of. */
const parts = ['entity', 'repository', 'write', 'attempt', 'atomic'] as const

const given = new WeakSet<object>()

/** Marks the prototype of a class that gives services their methods, so that they can be told from those that override them. */
export function giveParts(prototype: object): void {
  given.add(prototype)
}

/**
 * What a service has of its own in the way a method of it writes rows; undefined where it does what `ModelService` does and nothing
 * else, so that they may be written in any way that comes to the same.
 * @param service an instance, or the prototype of a class.
 */
export function ownPart(service: object, method: string): string | undefined {
  // The methods of verbs come with the first instance.
  if (method in service && isOwn(service, method)) return `${method} of its service is its own`
  const own = parts.find((name) => isOwn(service, name))
  if (own !== undefined) return `${own} of its service is its own`
  return rateLimitsOf(service.constructor as AnyClass, method).length > 0
    ? `${method} of its service is limited`
    : undefined
}

/** Whether a service has of its own what its methods are made of, whoever calls them. */
export function hasOwnParts(service: object): boolean {
  return parts.some((name) => isOwn(service, name))
}

function isOwn(service: object, name: string): boolean {
  for (let owner: object | null = service; owner; owner = Object.getPrototypeOf(owner) as object | null) {
    if (Object.hasOwn(owner, name)) return !given.has(owner)
  }
  return true
}
