import type { Mistakes } from '../errors/definition-error.js'
import type { AnyClass, FactKind } from '../metadata/fact-kind.js'
import type { Place } from '../metadata/place.js'

const largestLimit = 1_000_000_000
const policies: readonly unknown[] = [undefined, 'open', 'closed', 'insurance']

/** What is wrong, and what to do. */
export type Finding = readonly [problem: string, remedy: string]

/** What facts about limits of every kind have in common. */
interface LimitFact {
  readonly key: string
  readonly limit: number | 'none'
  readonly whenDown?: unknown
  readonly shadow?: boolean
  readonly name?: string
  readonly actions?: readonly string[]
  readonly place: Place
}

/** Limits of one kind. */
export interface LimitKind<F extends LimitFact> {
  readonly facts: FactKind<F>
  /** What they are declared by. */
  readonly decorator: string
  /** What may be wrong with those of this kind alone. */
  readonly own: (fact: F) => readonly Finding[]
}

/** Adds what is wrong with the limits of one kind that stand on a class and its ancestors. */
export function verifyLimitFacts<F extends LimitFact>(
  target: AnyClass,
  methods: readonly string[],
  kind: LimitKind<F>,
  mistakes: Mistakes,
): void {
  const above = new Set<string>()
  for (const { facts } of kind.facts.chain(target)) {
    for (const fact of facts) {
      const findings = [
        ...ofKey(fact),
        ...ofLimit(fact),
        ...kind.own(fact),
        ...ofPolicy(fact),
        ...ofNames(fact, methods),
        ...ofTwins(fact, facts),
        ...ofNone(fact, above),
      ]
      const { name, place } = fact
      for (const [problem, remedy] of findings) {
        mistakes.add({
          code: 'E_RATE_LIMIT',
          subject: name === undefined ? target.name : `${target.name}.${name}`,
          problem,
          places: [`${kind.decorator} at ${place}`],
          remedy,
        })
      }
    }
    for (const { key } of facts) above.add(key)
  }
}

export function isWhole(value: unknown, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most
}

function ofKey({ key }: LimitFact): readonly Finding[] {
  // A name stands in headers, as a string of structured fields.
  if (typeof key === 'string' && /^[\x20-\x7e]{1,64}$/.test(key)) return []
  return [['its limit has no name that callers can be told.', 'Give it a `key` of 1 to 64 characters of ASCII.']]
}

function ofLimit({ limit }: LimitFact): readonly Finding[] {
  if (limit === 'none' || isWhole(limit, largestLimit)) return []
  return [[`its limit is ${String(limit)}.`, `Give it a whole number from 1 to ${largestLimit}, or 'none'.`]]
}

function ofPolicy({ whenDown, shadow }: LimitFact): readonly Finding[] {
  const findings: Finding[] = []
  if (!policies.includes(whenDown)) {
    const remedy = "Write whenDown: 'open', 'closed' or 'insurance'."
    findings.push([`nothing is known of whenDown: ${String(whenDown)}.`, remedy])
  }
  if (shadow !== undefined && typeof shadow !== 'boolean') {
    findings.push([`nothing is known of shadow: ${String(shadow)}.`, 'Write shadow: true to try it, or leave it out.'])
  }
  if (shadow === true && whenDown !== undefined) {
    findings.push([
      'it is only tried, and says what to do while the store is away, where it does nothing.',
      'Take `whenDown` away until it is more than tried.',
    ])
  }
  return findings
}

function ofNames({ name, actions = [] }: LimitFact, methods: readonly string[]): readonly Finding[] {
  const unknown = [...(name === undefined ? [] : [name]), ...actions].filter((one) => !methods.includes(one))
  if (unknown.length === 0 && name !== undefined && actions.length > 0) {
    return [['it stands above a method and names actions besides, which it would not limit.', 'Take `actions` away.']]
  }
  return unknown.map((one) => [
    `"${one}" is to be limited, and there is no such thing to limit.`,
    `Name one of: ${methods.join(', ')}.`,
  ])
}

function ofTwins(fact: LimitFact, facts: readonly LimitFact[]): readonly Finding[] {
  const first = facts.find(({ key, name, actions }) => {
    const apart = actions && fact.actions && !actions.some((one) => fact.actions?.includes(one))
    return key === fact.key && name === fact.name && !apart
  })
  if (first === fact) return []
  return [
    [`it has two limits with the name "${fact.key}", of which one would not count.`, 'Give each a name of its own.'],
  ]
}

function ofNone({ key, limit, name }: LimitFact, above: ReadonlySet<string>): readonly Finding[] {
  if (limit !== 'none' || above.has(key) || name !== undefined) return []
  return [[`it takes away the limit "${key}", which nothing gives it.`, 'Leave it out, or correct its name.']]
}
