import { type AnyClass, FactKind, type FactLevel } from '../metadata/fact-kind.js'
import type { Place } from '../metadata/place.js'
import type { ConcurrencyLimit } from './concurrency-limiter.js'
import type { WhenStoreDown } from './rate-limit.js'
import { type LimitedPer, nearestIn } from './rate-limit-fact.js'

/** What is said of how many requests may be answered at the same time. */
export interface ConcurrencyDeclaration {
  /** Its name, which callers are told. Where it stands again with the same number, requests count together. */
  readonly key: string
  /** The most at the same time; `'none'` takes an inherited limit of this name away. */
  readonly limit: number | 'none'
  readonly per?: LimitedPer
  /** What is done while the store does not answer; what the limiter says unless told. */
  readonly whenDown?: WhenStoreDown
  /** Whether it is only tried: the log says what it would have refused. */
  readonly shadow?: boolean
}

/** What one decorator said about a limit of concurrency. Written once, never changed. */
export interface ConcurrencyFact extends ConcurrencyDeclaration {
  /** The name of the method; without one it is about the class. */
  readonly name?: string
  /** The methods of the class it is about; all unless told. */
  readonly actions?: readonly string[]
  readonly place: Place
}

/** A limit of concurrency that counts. */
export type DeclaredConcurrency = ConcurrencyFact & ConcurrencyLimit

/** What was said about limits of concurrency. */
export const concurrencyFacts = new FactKind<ConcurrencyFact>('limits of concurrency')

/** Declares a limit of concurrency, as `@ConcurrencyLimit` does. */
export function declareConcurrencyLimit(target: AnyClass, fact: ConcurrencyFact): void {
  concurrencyFacts.write(target, fact)
}

/** The limits of concurrency of a method of a class of which this was said. */
export function concurrencyIn(
  levels: readonly FactLevel<ConcurrencyFact>[],
  name: string,
): readonly DeclaredConcurrency[] {
  return nearestIn(levels, name).filter((fact): fact is DeclaredConcurrency => typeof fact.limit === 'number')
}
