import { currentActor } from '../helpers/actor.js'
import type { AnyClass } from '../metadata/fact-kind.js'
import { type DeclaredLimit, limitedMethods, rateLimitsOf } from './rate-limit-fact.js'
import type { RateLimiter } from './rate-limiter.js'

type Method = (...given: unknown[]) => unknown

/**
 * Lets the limited methods of an object count their calls before they run, whoever calls them, the object itself
 * included; a call by `super` counts no second time. They return promises then.
 * @param limiterOf asked at each call.
 */
export function limitCalls(target: object, limiterOf: () => RateLimiter): void {
  const methods = target as Readonly<Record<string, Method>>
  for (const name of limitedMethods(target.constructor as AnyClass)) {
    const limits = rateLimitsOf(target.constructor as AnyClass, name)
    const method = methods[name]
    if (limits.length === 0 || typeof method !== 'function') continue
    const value = async (...given: unknown[]): Promise<unknown> => {
      for (const limit of limits) await count(limit, given, limiterOf())
      return method.apply(target, given)
    }
    Object.defineProperty(target, name, { value, configurable: true, writable: true })
  }
}

async function count(limit: DeclaredLimit, given: readonly unknown[], limiter: RateLimiter): Promise<void> {
  if (limit.shadow) await limiter.attempt(limit, () => countUse(limit, given, limiter))
  else await countUse(limit, given, limiter)
}

async function countUse(limit: DeclaredLimit, given: readonly unknown[], limiter: RateLimiter): Promise<void> {
  const cost = costOf(limit, given)
  if (cost > 0) await limiter.require(limit, callerOf(limit, given), cost)
}

/** How much a use counts. */
export function costOf({ cost = 1 }: DeclaredLimit, subject: readonly unknown[]): number {
  return typeof cost === 'function' ? (cost as (...subject: readonly unknown[]) => number)(...subject) : cost
}

/** Callers of methods are who acts; all of whom nobody is known share what is allowed. */
function callerOf({ per = 'user' }: DeclaredLimit, given: readonly unknown[]): string {
  if (per === 'all') return 'all'
  const text =
    typeof per === 'function' ? (per as (...given: readonly unknown[]) => string | undefined)(...given) : undefined
  if (text !== undefined) return `f:${text}`
  const actor = currentActor()
  return actor ? `u:${actor.id}` : 'nobody'
}
