import { evaluated } from '../../model/expression.js'
import type { RowData } from '../../model/matches.js'
import type { Contributed } from '../../model/model.js'
import type { Change, Rule } from '../../model/rule.js'
import type { WriteContext } from '../../model/rule-context.js'
import type { Scene } from './scene.js'

/** What rules want of one row. */
export interface RowChange {
  readonly before: RowData
  /** What they set, without what the caller gave. */
  readonly values: RowData
  /** What must still be true of the stored row. */
  readonly guard: RowData
}

/** Values that are the same for every row; of several rules that set one property the last counts. */
export function sharedValues(rules: readonly Rule[], context: WriteContext): RowData {
  const values: Record<string, unknown> = {}
  for (const rule of rules) if (rule.set) Object.assign(values, rule.set(context))
  return values
}

/** Whether rules can only be applied knowing the rows. */
export function readsRows(rules: readonly Rule[]): boolean {
  return rules.some((rule) => rule.each !== undefined || rule.guard !== undefined) || act(rules)
}

/** Whether a rule can be applied to a row that nobody has read. */
const isUnseeing = (rule: Rule): boolean =>
  rule.each === undefined && (rule.guard === undefined || rule.expects !== undefined)

/**
 * What rules expect of rows that nobody has read, by what the caller gave; undefined where they can only be applied knowing
 * the rows.
 */
export function expectedUnseen(rules: readonly Rule[], given: RowData): RowData | undefined {
  if (!rules.every(isUnseeing) || act(rules)) return undefined
  const expected: Record<string, unknown> = {}
  for (const rule of rules) if (rule.expects) Object.assign(expected, rule.expects(given))
  return expected
}

/** Whether rules do more than to set values: take locks first, or write something afterwards. */
export function act(rules: readonly Rule[]): boolean {
  return rules.some((rule) => rule.locks !== undefined || rule.after !== undefined)
}

/**
 * Applies rules to one row: on top of what the caller gave, what is the same for all rows, then what depends on the
 * row. Each rule sees the row as the rules before it leave it.
 * @returns undefined where a rule leaves the row as it is.
 */
export async function changeOf(
  rules: readonly Contributed<Rule>[],
  { before, given, index, count }: Omit<Change, 'after'>,
  shared: RowData,
  scene: Scene,
): Promise<RowChange | undefined> {
  const values: Record<string, unknown> = { ...shared }
  const change = (): Change => ({
    before,
    after: { ...before, ...evaluated({ ...given, ...values }, before) },
    given,
    index,
    count,
  })
  for (const rule of rules) {
    if (!rule.each) continue
    const more = await rule.each(change(), scene.contextFor(rule, change().after))
    if (more === null) return undefined
    Object.assign(values, more)
  }
  return { before, values, guard: Object.assign({}, ...rules.map((rule) => rule.guard?.(change()))) }
}
