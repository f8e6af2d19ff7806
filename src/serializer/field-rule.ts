import { type Awaitable, adopted, andThen } from '../helpers/awaitable.js'
import { decisionOf, verdictOf } from '../helpers/rule-answer.js'

/** Decides about a field of one row. */
export type FieldTest = (row: never) => boolean | Promise<boolean>

/** Yes, no, or "show me the row". */
export type FieldDecision = boolean | FieldTest

/**
 * Who may read or write a field; every permission is such a rule. `E` is what it must see of a row, so that a rule about
 * `ownerId` cannot guard a field of an entity without one.
 */
export interface FieldRule<in E = never> {
  readonly name: string
  /** Decided once a call; what depends on the row is decided for each row. */
  readonly allows: (
    call: never,
  ) => boolean | ((row: E) => boolean | Promise<boolean>) | Promise<boolean | ((row: E) => boolean | Promise<boolean>)>
}

/** Who may read and who may write a field; where nothing is said, whoever may read or write the row. */
export interface FieldRules<in E = never> {
  readonly read?: FieldRule<E>
  readonly write?: FieldRule<E>
}

/** What the rules of some fields say of a call, by the name of the field. A field without a rule is not among them. */
export type FieldDecisions = ReadonlyMap<string, FieldDecision>

/** Asks rules about a call, each at most once a call. */
export type FieldRuleReader = (call: object) => Awaitable<FieldDecisions>

const nothing: FieldDecisions = new Map()

/** Compiles one side of the rules of fields. */
export function compileRules(
  rules: Readonly<Record<string, FieldRules | undefined>>,
  side: 'read' | 'write',
): FieldRuleReader {
  const ruled = Object.entries(rules).flatMap(([name, rule]) => (rule?.[side] ? [[name, rule[side]] as const] : []))
  if (ruled.length === 0) return () => nothing
  const asked = new WeakMap<object, Awaitable<FieldDecisions>>()
  return (call) => {
    const known = asked.get(call)
    if (known) return known
    const decisions = decide(ruled, call)
    asked.set(call, decisions)
    return decisions
  }
}

function decide(
  ruled: readonly (readonly [string, FieldRule])[],
  call: object,
  decisions: Map<string, FieldDecision> = new Map(),
): Awaitable<FieldDecisions> {
  const [first, ...others] = ruled
  if (!first) return decisions
  const [name, rule] = first
  return andThen(adopted(rule.allows(call as never) as Awaitable<FieldDecision>), (decision) => {
    decisions.set(name, sure(rule, decision))
    return decide(others, call, decisions)
  })
}

/** A decision whose answer about a row is yes or no. */
function sure(rule: FieldRule, decision: FieldDecision): FieldDecision {
  const sound = decisionOf(rule, decision)
  if (typeof sound === 'boolean') return sound
  return (row: never) => andThen(adopted(sound(row)), (answer) => verdictOf(rule, answer))
}
