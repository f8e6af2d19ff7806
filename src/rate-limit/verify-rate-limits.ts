import type { Mistakes } from '../errors/definition-error.js'
import type { AnyClass } from '../metadata/fact-kind.js'
import { type ConcurrencyFact, concurrencyFacts } from './concurrency-fact.js'
import { type RateLimitFact, rateLimitFacts } from './rate-limit-fact.js'
import { type Finding, isWhole, type LimitKind, verifyLimitFacts } from './verify-limit-facts.js'

const longestPeriod = 31_536_000

const rates: LimitKind<RateLimitFact> = { facts: rateLimitFacts, decorator: '@RateLimit', own: ofNumbers }

const concurrency: LimitKind<ConcurrencyFact> = {
  facts: concurrencyFacts,
  decorator: '@ConcurrencyLimit',
  own: () => [],
}

/**
 * Adds what is wrong with the limits that stand on a class and its ancestors.
 * @param methods those of its methods that can have limits.
 */
export function verifyRateLimits(target: AnyClass, methods: readonly string[], mistakes: Mistakes): void {
  verifyLimitFacts(target, methods, rates, mistakes)
}

/** The same of limits of concurrency. */
export function verifyConcurrencyLimits(target: AnyClass, methods: readonly string[], mistakes: Mistakes): void {
  verifyLimitFacts(target, methods, concurrency, mistakes)
}

function ofNumbers({ limit, period, cost }: RateLimitFact): readonly Finding[] {
  const findings: Finding[] = []
  if (limit !== 'none' && !isWhole(period, longestPeriod)) {
    const remedy = `Give it whole seconds from 1 to ${longestPeriod} (a year).`
    findings.push([`the period of its limit is ${String(period)}.`, remedy])
  }
  if (typeof cost === 'number' && (!Number.isInteger(cost) || cost < 0 || cost > Number(limit))) {
    findings.push([
      `a use costs ${cost}, of which its limit never has enough.`,
      'Give it a whole number up to the limit.',
    ])
  }
  return findings
}
