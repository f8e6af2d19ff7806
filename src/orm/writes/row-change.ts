import { evaluated } from '../../model/expression.js'
import type { RowData } from '../../model/matches.js'
import type { Change, Rule, WriteContext } from '../../model/rule.js'

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
  return Object.assign({}, ...rules.map((rule) => rule.set?.(context)))
}

/** Whether rules can only be applied knowing the rows. */
export function readsRows(rules: readonly Rule[]): boolean {
  return rules.some((rule) => rule.each !== undefined || rule.guard !== undefined)
}

/**
 * Applies rules to one row: on top of what the caller gave, what is the same for all rows, then what depends on the
 * row. Each rule sees the row as the rules before it leave it.
 */
export async function changeOf(
  rules: readonly Rule[],
  { before, given }: Pick<Change, 'before' | 'given'>,
  shared: RowData,
  context: WriteContext,
): Promise<RowChange> {
  const values: Record<string, unknown> = { ...shared }
  const change = (): Change => ({ before, after: { ...before, ...evaluated({ ...given, ...values }, before) }, given })
  for (const rule of rules) Object.assign(values, await rule.each?.(change(), context))
  return { before, values, guard: Object.assign({}, ...rules.map((rule) => rule.guard?.(change()))) }
}
