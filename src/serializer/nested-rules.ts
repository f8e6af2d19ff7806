import type { FieldRule, FieldRuleReader } from './field-rule.js'
import { compileRules } from './field-rule.js'
import type { NestedWrite } from './nested-write.js'

/** What a body can do to related rows: refer to them by their keys, make, change and delete them. */
export type NestedDeed = 'refer' | 'create' | 'change' | 'remove'

/**
 * Who may do what to the rows of a relation; every permission is such a rule. What nothing is said of is allowed to whoever
 * may write the row they belong to.
 */
export type NestedRules<T = never> = { readonly [D in NestedDeed]?: FieldRule<T> }

/** What each way of writing a relation does to its rows. */
const deeds: Readonly<Record<NestedWrite | 'none', readonly NestedDeed[]>> = {
  none: [],
  id: ['refer'],
  create: ['create'],
  merge: ['create', 'change'],
  replace: ['create', 'change', 'remove'],
}

/** Compiles rules about related rows: each is asked once a call. */
export function compileNestedRules(rules: NestedRules = {}): FieldRuleReader {
  const named = Object.entries(rules).map(([deed, rule]) => [deed, rule && { write: rule }] as const)
  return compileRules(Object.fromEntries(named), 'write')
}

/** What is wrong with rules of a relation, and what to do; undefined where nothing is. */
export function nestedRulesProblem(
  name: string,
  write: NestedWrite | 'none',
  rules: NestedRules = {},
): readonly [string, string] | undefined {
  const possible = deeds[write]
  const idle = Object.keys(rules).find((deed) => !possible.includes(deed as NestedDeed))
  if (idle !== undefined) {
    const does = possible.length > 0 ? `Its bodies do this: ${possible.join(', ')}.` : 'It is only read.'
    return [`"${name}" says who may ${idle} its rows, which no body does.`, does]
  }
  const { create } = rules as { readonly create?: FieldRule & { readonly needsRow?: boolean } }
  if (create?.needsRow !== true) return undefined
  return [
    `"${name}" has a rule about new rows, ${create.name}, that decides by row.`,
    'Give `create` a rule that can decide without a row.',
  ]
}
