import type { Mistakes } from '../../errors/definition-error.js'
import type { AnyClass, FactKind } from '../../metadata/fact-kind.js'
import type { Place } from '../../metadata/place.js'
import { concurrencyFacts } from '../../rate-limit/concurrency-fact.js'
import { rateLimitFacts } from '../../rate-limit/rate-limit-fact.js'

/** What facts about limits of every kind say of them. */
interface NamedFact {
  readonly key: string
  readonly limit: number | 'none'
  readonly period?: number
  readonly place: Place
}

/** A limit, and the class that first gave it its name. */
interface NamedLimit {
  readonly fact: NamedFact
  readonly origin: AnyClass
}

/**
 * Adds limits of classes that have nothing in common, and the same name, but other numbers: they would not count
 * together, as whoever gave them one name must expect.
 */
export function verifySharedNames(viewSets: readonly AnyClass[], mistakes: Mistakes): void {
  verifyNamesOf(grouped(viewSets, rateLimitFacts), '@RateLimit', mistakes)
  verifyNamesOf(grouped(viewSets, concurrencyFacts), '@ConcurrencyLimit', mistakes)
}

function verifyNamesOf(
  byName: ReadonlyMap<string, readonly NamedLimit[]>,
  decorator: string,
  mistakes: Mistakes,
): void {
  for (const [key, [first, ...others]] of byName) {
    const other = others.find(({ fact, origin }) => origin !== first!.origin && differ(fact, first!.fact))
    if (!other) continue
    mistakes.add({
      code: 'E_RATE_LIMIT',
      subject: other.origin.name,
      problem: `its limit "${key}" and that of ${first!.origin.name} have one name and other numbers, so that they would not count together.`,
      places: [first!, other].map(({ fact: { place } }) => `${decorator} at ${place}`),
      remedy: 'Give each a name of its own, or both the same numbers.',
    })
  }
}

function grouped<F extends NamedFact>(
  viewSets: readonly AnyClass[],
  kind: FactKind<F>,
): ReadonlyMap<string, readonly NamedLimit[]> {
  const byName = new Map<string, NamedLimit[]>()
  for (const viewSet of viewSets) {
    const origins = new Map<string, AnyClass>()
    for (const { target, facts } of kind.chain(viewSet)) {
      for (const fact of facts.filter(({ limit }) => limit !== 'none')) {
        const origin = origins.get(fact.key) ?? target
        origins.set(fact.key, origin)
        byName.set(fact.key, [...(byName.get(fact.key) ?? []), { fact, origin }])
      }
    }
  }
  return byName
}

const differ = (one: NamedFact, other: NamedFact): boolean => one.limit !== other.limit || one.period !== other.period
