import { type AnyClass, FactKind, type FactLevel } from '../metadata/fact-kind.js'
import type { Place } from '../metadata/place.js'
import type { RateLimit, WhenStoreDown } from './rate-limit.js'

/** Who shares what a limit allows: each user, each client's address, everybody, or all for whom a function gives the same text. */
export type LimitedPer = 'user' | 'client' | 'all' | ((...subject: never[]) => string | undefined)

/** What is said of a limit, whatever it limits. */
export interface RateLimitDeclaration {
  /** Its name, which callers are told. Where it stands again with the same numbers, what is used counts together. */
  readonly key: string
  /** The most in any span of `period` seconds; `'none'` takes an inherited limit of this name away. */
  readonly limit: number | 'none'
  /** Whole seconds. */
  readonly period?: number
  readonly per?: LimitedPer
  /** How much one use counts, 1 unless told; 0 is not limited. */
  readonly cost?: number | ((...subject: never[]) => number)
  /** What is done while the store does not answer; what the limiter says unless told. */
  readonly whenDown?: WhenStoreDown
  /** Whether it is only tried: the log says what it would have refused. */
  readonly shadow?: boolean
}

/** What one decorator said about a limit. Written once, never changed. */
export interface RateLimitFact extends RateLimitDeclaration {
  /** The name of the method; without one it is about the class. */
  readonly name?: string
  /** The methods of the class it is about; all unless told. */
  readonly actions?: readonly string[]
  readonly place: Place
}

/** A limit that counts. */
export type DeclaredLimit = RateLimitFact & RateLimit

/** What was said about limits. */
export const rateLimitFacts = new FactKind<RateLimitFact>('rate limits')

/** The methods that have limits of their own, class by class: services that live for one request are made often. */
let limited = new WeakMap<AnyClass, readonly string[]>()

/** Declares a limit, as `@RateLimit` does. */
export function declareRateLimit(target: AnyClass, fact: RateLimitFact): void {
  rateLimitFacts.write(target, fact)
  limited = new WeakMap()
}

const unlimited: readonly DeclaredLimit[] = Object.freeze([])

/**
 * The limits of a method, those with the shortest period first, so that what they refuse does not count for the others.
 * Of several with one name the nearest counts: on the class before its ancestors, above the method before above its class.
 */
export function rateLimitsOf(target: AnyClass, name: string): readonly DeclaredLimit[] {
  return rateLimitsIn(rateLimitFacts.chain(target), name)
}

/** The limits of a method of a class of which this was said. */
export function rateLimitsIn(levels: readonly FactLevel<RateLimitFact>[], name: string): readonly DeclaredLimit[] {
  if (levels.length === 0) return unlimited
  return nearestIn(levels, name)
    .filter(counts)
    .toSorted((one, other) => one.period - other.period)
}

/** Of what was said of a method, what counts: of several facts with one name the nearest. */
export function nearestIn<F extends Pick<RateLimitFact, 'key' | 'name' | 'actions'>>(
  levels: readonly FactLevel<F>[],
  name: string,
): readonly F[] {
  const nearest = new Map<string, F>()
  for (const { facts } of levels) {
    const shared = facts.filter((fact) => fact.name === undefined && (fact.actions?.includes(name) ?? true))
    const own = facts.filter((fact) => fact.name === name)
    for (const fact of [...shared, ...own]) nearest.set(fact.key, fact)
  }
  return [...nearest.values()]
}

/** The methods of a class that have limits of their own. */
export function limitedMethods(target: AnyClass): readonly string[] {
  const known = limited.get(target)
  if (known) return known
  const names = rateLimitFacts.chain(target).flatMap(({ facts }) => facts.flatMap(({ name }) => name ?? []))
  const own = [...new Set(names)]
  limited.set(target, own)
  return own
}

/** Where it is not sound, that is a mistake which is told elsewhere. */
function counts(fact: RateLimitFact): fact is DeclaredLimit {
  return typeof fact.limit === 'number' && typeof fact.period === 'number'
}
