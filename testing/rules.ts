import {
  AppException,
  type Change,
  type Contributor,
  isSameApplication,
  type Model,
  type RowData,
  type RuleContext,
} from 'plinth'
import { anything, same, something } from './unknown.js'

/** What rules and verbs have in common. */
export interface Effect {
  set?(context: RuleContext<never>): RowData
  each?(change: Change, context: RuleContext<never>): RowData | null | void | Promise<RowData | null | void>
  guard?(change: Change): RowData | undefined
  /** Looks at all rows of a call, so nothing is known of what it sets. */
  readonly together?: unknown
}

const contexts: readonly [RuleContext, RuleContext] = [
  memory(new Date('2001-02-03T04:05:06.007Z'), '00000000-0000-7000-8000-000000000001'),
  memory(new Date('2002-03-04T05:06:07.008Z'), '00000000-0000-7000-8000-000000000002'),
]

/** A context without a database: a rule that asks for rows or numbers fails, and is known by that. */
function memory(now: Date, operation: string): RuleContext {
  const context: Partial<RuleContext> = { now, operation, input: {}, notes: new Map(), afterCommit: () => undefined }
  return context as RuleContext
}

/**
 * What rules set, found by running them twice in different circumstances: what differs then depends on the instant, on
 * the operation or on chance, and only that there is a value can be predicted.
 */
export async function twins(work: (context: RuleContext) => Promise<RowData>): Promise<RowData> {
  const [first, second] = [await work(contexts[0]), await work(contexts[1])]
  return Object.fromEntries(
    [...new Set([...Object.keys(first), ...Object.keys(second)])].map((name) => {
      if (!(name in first) || !(name in second)) return [name, anything]
      return [name, same(first[name], second[name]) ? first[name] : something]
    }),
  )
}

/** Nothing is known of what a rule sets: it is asked about rows that are stored. */
export const asksDatabase = (): never => {
  throw new TypeError('A rule asks for rows that are stored.')
}

/** A rule leaves its row as it is, so nothing is written. */
export class LeftAlone extends Error {}

/**
 * Adds what one rule sets. A rule that needs the database cannot run in memory; of the columns of its trait nothing is
 * known then.
 */
export async function applied(
  model: Model,
  rule: { readonly contributor: Contributor },
  set: Record<string, unknown>,
  run: () => unknown,
): Promise<void> {
  try {
    const values = await run()
    if (values === null) throw new LeftAlone()
    Object.assign(set, values)
  } catch (error) {
    if (error instanceof AppException || error instanceof LeftAlone) throw error
    for (const [name, { contributor }] of Object.entries(model.columns)) {
      if (isSameApplication(contributor, rule.contributor)) set[name] = anything
    }
  }
}
