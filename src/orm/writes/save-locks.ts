import { contextValues } from '../counters.js'
import { withDefaults } from './insert-rules.js'
import { Passages } from './passages.js'
import { currentSave, type SavedRow } from './save.js'
import { Scene } from './scene.js'
import { rowOf } from './stored-rows.js'
import type { WriteBuilder } from './write.js'

/**
 * Takes the locks of everything the running save is going to write, before its first statement: a save writes its rows
 * one by one, and would take them in the order of its rows.
 */
export async function lockSave(builder: WriteBuilder, scene: Scene): Promise<void> {
  const save = builder.guard.persistence ? currentSave() : undefined
  await scene.lock(save?.takeAnnounced().flatMap((row) => keysOf(builder, scene, row)) ?? [])
}

function keysOf(builder: WriteBuilder, { context }: Scene, { metadata, before, after }: SavedRow): readonly string[] {
  const model = builder.guard.model(metadata)
  if (!model || model.rules.enter.length + model.rules.leave.length === 0) return []
  const stored = before && rowOf(metadata, before)
  const target = { model, metadata }
  const own = rowOf(metadata, after)
  const row = stored ? { ...stored, ...own } : withDefaults(target, { ...contextValues(model), ...own })
  return new Passages(model, new Scene(builder, target, context)).keysOf({ before: stored, after: row, given: {} })
}
