import type { WriteContext } from '../../model/rule-context.js'
import { lockKeysOf, type RowsAsked, takesLocks } from './planned-rows.js'
import { rowsOf } from './read-rows.js'
import { Scene } from './scene.js'
import type { WriteBuilder } from './write.js'

/** Rows of one entity that a call is going to write: a statement that names them, and what becomes of them. */
export type Upcoming = Omit<RowsAsked, 'scene' | 'call'>

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
  for (const part of parts) {
    const asked = { ...part, scene: new Scene(root, part, context) }
    if (takesLocks(asked)) keys.push(...lockKeysOf(asked, await rowsOf(part.builder, part, false)))
  }
  const [first] = parts
  if (first) await new Scene(root, first, context).lock(keys)
}
