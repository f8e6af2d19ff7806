import type { Mistakes } from '../errors/definition-error.js'
import type { AnyClass } from '../metadata/fact-kind.js'
import { type RateLimitFact, rateLimitFacts } from './rate-limit-fact.js'

const longestPeriod = 31_536_000
const largestLimit = 1_000_000_000
const policies: readonly unknown[] = [undefined, 'open', 'closed', 'insurance']

type Finding = readonly [problem: string, remedy: string]

/**
 * Adds what is wrong with the limits that stand on a class and its ancestors.
 * @param methods those of its methods that can have limits.
 */
export function verifyRateLimits(target: AnyClass, methods: readonly string[], mistakes: Mistakes): void {
  const levels = rateLimitFacts.chain(target)
  const above = new Set<string>()
  for (const { facts } of levels) {
    for (const fact of facts) {
      const findings = [...ofNumbers(fact), ...ofNames(fact, methods), ...ofTwins(fact, facts), ...ofNone(fact, above)]
      for (const finding of findings) report(target.name, fact, finding, mistakes)
    }
    for (const { key } of facts) above.add(key)
  }
}

function report(subject: string, { name, place }: RateLimitFact, [problem, remedy]: Finding, mistakes: Mistakes): void {
  mistakes.add({
    code: 'E_RATE_LIMIT',
    subject: name === undefined ? subject : `${subject}.${name}`,
    problem,
    places: [`@RateLimit at ${place}`],
    remedy,
  })
}

function ofNumbers({ key, limit, period, cost, whenDown }: RateLimitFact): readonly Finding[] {
  const findings: Finding[] = []
  // A name stands in headers, as a string of structured fields.
  if (typeof key !== 'string' || !/^[\x20-\x7e]{1,64}$/.test(key)) {
    findings.push([
      'its limit has no name that callers can be told.',
      'Give it a `key` of 1 to 64 characters of ASCII.',
    ])
  }
  if (limit !== 'none' && !isWhole(limit, largestLimit)) {
    findings.push([`its limit is ${String(limit)}.`, `Give it a whole number from 1 to ${largestLimit}, or 'none'.`])
  }
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
  if (!policies.includes(whenDown)) {
    const remedy = "Write whenDown: 'open', 'closed' or 'insurance'."
    findings.push([`nothing is known of whenDown: ${String(whenDown)}.`, remedy])
  }
  return findings
}

function isWhole(value: unknown, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most
}

function ofNames({ name, actions = [] }: RateLimitFact, methods: readonly string[]): readonly Finding[] {
  const unknown = [...(name === undefined ? [] : [name]), ...actions].filter((one) => !methods.includes(one))
  if (unknown.length === 0 && name !== undefined && actions.length > 0) {
    return [['it stands above a method and names actions besides, which it would not limit.', 'Take `actions` away.']]
  }
  return unknown.map((one) => [
    `"${one}" is to be limited, and there is no such thing to limit.`,
    `Name one of: ${methods.join(', ')}.`,
  ])
}

function ofTwins(fact: RateLimitFact, facts: readonly RateLimitFact[]): readonly Finding[] {
  const first = facts.find(({ key, name, actions }) => {
    const apart = actions && fact.actions && !actions.some((one) => fact.actions?.includes(one))
    return key === fact.key && name === fact.name && !apart
  })
  if (first === fact) return []
  return [
    [`it has two limits with the name "${fact.key}", of which one would not count.`, 'Give each a name of its own.'],
  ]
}

function ofNone({ key, limit, name }: RateLimitFact, above: ReadonlySet<string>): readonly Finding[] {
  if (limit !== 'none' || above.has(key) || name !== undefined) return []
  return [[`it takes away the limit "${key}", which nothing gives it.`, 'Leave it out, or correct its name.']]
}
