import type { RowData } from '../../model/matches.js'
import type { Rule } from '../../model/rule.js'
import type { WriteContext } from '../../model/rule-context.js'
import { decisiveValues } from './known-values.js'
import type { RowsBelow } from './lock-above.js'
import { mayPass } from './passages.js'
import { lockKeysOf, type RowsAsked, statesOf, takesLocks } from './planned-rows.js'
import { rowsOf } from './read-rows.js'
import { Scene } from './scene.js'
import type { Target, WriteBuilder } from './write.js'

/** Rows of one entity that a call is going to write: a statement that names them, and what becomes of them. */
export type Upcoming = Omit<RowsAsked, 'scene' | 'call'>

/** Whether a write of some values may ask for locks at all, so that its rows have to be looked at for them. */
export function asksLocks(target: Target, rules: readonly Rule[], values: RowData): boolean {
  return rules.some((rule) => rule.locks !== undefined) || mayPass(target.model, decisiveValues(target, values))
}

/**
 * Takes the locks that rules want for all rows of a call, sorted, before any row is locked: who locks rows first and then
 * waits for a list meets somebody who holds the list and waits for the rows.
 */
export async function lockUpcoming(
  root: WriteBuilder,
  context: WriteContext,
  parts: readonly Upcoming[],
): Promise<void> {
  const keys: string[] = []
  const below: RowsBelow[] = []
  for (const part of parts) {
    const asked = { ...part, scene: new Scene(root, part, context) }
    if (!takesLocks(asked) && !asked.scene.leads) continue
    const rows = await rowsOf(part.builder, part, false)
    if (takesLocks(asked)) keys.push(...lockKeysOf(asked, rows))
    if (asked.scene.leads) below.push({ model: part.model, metadata: part.metadata, rows: statesOf(part, rows) })
  }
  const [first] = parts
  if (!first) return
  const scene = new Scene(root, first, context)
  await scene.lock(keys)
  if (below.length > 0) await scene.lockAbove([], below)
}
