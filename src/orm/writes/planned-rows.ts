import type { RowData } from '../../model/matches.js'
import type { Contributed } from '../../model/model.js'
import type { Rule } from '../../model/rule.js'
import { takesTurns } from '../unit-of-work/takes-turns.js'
import { fixedLocks } from './fixed-locks.js'
import { Passages, type Passing } from './passages.js'
import { rowsOf } from './read-rows.js'
import type { Scene } from './scene.js'
import type { Target, WriteBuilder } from './write.js'
import { callOf } from './write-context.js'

/** A write whose rows are read before anything is done to them. */
export interface RowsAsked extends Target {
  readonly builder: WriteBuilder
  readonly rules: readonly Contributed<Rule>[]
  readonly scene: Scene
  /** A row as it will be; null where it is removed. */
  readonly after: (before: RowData) => RowData | null
  /** The input as rules see it. */
  readonly given: RowData
  /** Where one statement cannot name all rows: the statements that do. */
  readonly builders?: readonly WriteBuilder[]
}

/** Rows that are locked, and what their rules `enter` and `leave` have to do. */
export interface PlannedRows {
  readonly rows: readonly RowData[]
  readonly passages: Passages
}

/**
 * Reads the rows of a write under every lock that its rules ask for. Where the locks depend on the rows, the rows are
 * looked at first, and read again when the locks are taken.
 */
export async function plannedRows(asked: RowsAsked): Promise<PlannedRows> {
  const { scene } = asked
  await lockFirst(asked, () => allRows(asked, false))
  const rows = await allRows(asked)
  // Somebody else has moved a row meanwhile to where other locks are needed.
  await scene.lock(lockKeysOf(asked, rows), true)
  return { rows, passages: new Passages(asked.model, scene) }
}

/** Takes the locks of rows that are written one after another later. */
export async function lockRows(asked: RowsAsked): Promise<void> {
  await lockFirst(asked, () => rowsOf(asked.builder, asked, false))
}

/** Takes what comes before the rows: the locks of rules, then the rows that rules write first. */
async function lockFirst(asked: RowsAsked, look: () => Promise<readonly RowData[]>): Promise<void> {
  const { scene, builder } = asked
  const leads = scene.leads && callOf(builder)?.led !== true
  const known = takesLocks(asked) ? fixed(asked) : []
  if (known && !leads) return scene.lock(known)
  const rows = await look()
  await scene.lock(known ?? lockKeysOf(asked, rows))
  if (leads) await scene.lockAbove(statesOf(asked, rows))
}

/** Rows as they are, and as they will be. */
export function statesOf({ after }: Pick<RowsAsked, 'after'>, rows: readonly RowData[]): readonly RowData[] {
  return [...rows, ...rows.map((before) => after(before))].filter((row) => row !== null)
}

const fixed = ({ scene, rules, model }: RowsAsked): readonly string[] | undefined =>
  fixedLocks({ scene, rules, others: [...model.rules.enter, ...model.rules.leave] })

async function allRows(
  { builder, builders = [builder], ...target }: RowsAsked,
  locked?: boolean,
): Promise<readonly RowData[]> {
  const rows: RowData[] = []
  for (const part of builders) rows.push(...(await rowsOf(part, target, locked)))
  return rows
}

/** Whether rows need locks besides their own. */
export function takesLocks({ builder, rules, model }: RowsAsked): boolean {
  if (takesTurns(builder.dataSource)) return false
  return [...rules, ...model.rules.enter, ...model.rules.leave].some((rule) => rule.locks !== undefined)
}

/** The locks that rules and passages want for rows, in no order. */
export function lockKeysOf(asked: RowsAsked, rows: readonly RowData[]): readonly string[] {
  const { scene, rules, model } = asked
  const passages = new Passages(model, scene)
  return rows.flatMap((before) => {
    const row = passing(asked, before)
    const own = rules.flatMap((rule) => {
      const stored = row.after === null || model.rules.delete.includes(rule)
      return scene.keysOf(rule, stored ? before : row.after)
    })
    return [...own, ...passages.keysOf(row)]
  })
}

function passing({ after, given }: RowsAsked, before: RowData): Passing {
  return { before, after: after(before), given }
}
