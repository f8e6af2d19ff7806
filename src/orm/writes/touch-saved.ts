import type { EntityMetadata, ObjectLiteral } from 'typeorm'
import type { RowData } from '../../model/matches.js'
import type { Model } from '../../model/model.js'
import type { WriteContext } from '../../model/rule-context.js'
import { rowsStatement } from '../deletion/rows-statement.js'
import { leadsUpwards, lockAbove } from './lock-above.js'
import { rowsOf } from './read-rows.js'
import { sharedValues } from './row-change.js'
import { RowsBeside } from './rows-beside.js'
import { currentSave } from './save.js'
import { assertCurrent } from './staleness.js'
import { primaryKeyText, rowOf } from './stored-rows.js'
import type { Target, WriteBuilder } from './write.js'

/** The write whose rules touch rows of their own entity. */
interface Touch extends Target {
  readonly builder: WriteBuilder
  readonly context: WriteContext
}

/**
 * Touches rows of an entity. Those whose entities a save was given are written as part of it: refused where the entity is
 * stale, left where the save writes them itself, and the entity learns what was written when the save ends.
 * @returns how many rows were written.
 */
export async function touchRows(touch: Touch, rows: readonly RowData[]): Promise<number> {
  const { builder, context, model, metadata } = touch
  const beside = new RowsBeside({ builder, context }, metadata, model)
  const save = builder.guard.persistence ? currentSave() : undefined
  if (!save || !beside.canBeTouched) return beside.touch(rows)
  for (const row of rows) {
    if (save.changes(metadata, row)) save.unlessChanged(metadata, row, () => touchRows(touch, [row]))
  }
  const entities = save.entities.filter((entity) => isOf(metadata, entity))
  const given = new Map(entities.map((entity) => [primaryKeyText(metadata, entity), entity]))
  const own = beside.untouched(rows).filter((row) => given.has(primaryKeyText(metadata, row)))
  if (own.length === 0) return beside.touch(rows)
  const read = (locked: boolean) =>
    rowsOf(rowsStatement(builder, touch, own, { kind: 'update', seen: 'visible' }), touch, locked)
  if (leadsUpwards(builder.dataSource, model)) await lockAbove(touch, [{ model, metadata, rows: await read(false) }])
  const before = await read(true)
  for (const row of before) assertEntityCurrent(touch, row, given.get(primaryKeyText(metadata, row))!)
  const written = await beside.touch(rows)
  const after = new Map((await read(false)).map((row) => [primaryKeyText(metadata, row), row]))
  save.atEnd(() => {
    for (const row of before) {
      const key = primaryKeyText(metadata, row)
      learn(model, given.get(key)!, { before: row, after: after.get(key) ?? row })
    }
  })
  return written
}

function isOf({ target }: EntityMetadata, entity: ObjectLiteral): boolean {
  return typeof target === 'function' && entity instanceof target
}

/** A save of links alone is a save of the entity, whose version must be the stored one. */
function assertEntityCurrent({ model, metadata, context }: Touch, before: RowData, entity: ObjectLiteral): void {
  const rules = model.rules.update
  const place = { before, given: rowOf(metadata, entity), index: 0, count: 1 }
  assertCurrent({ model, metadata }, rules, place, sharedValues(rules, context))
}

/** Lets an entity know what rules have written, as a save of it would. */
function learn(model: Model, entity: ObjectLiteral, { before, after }: Readonly<Record<'before' | 'after', RowData>>) {
  for (const property of Object.keys(model.columns)) {
    if (before[property] !== after[property]) Object.assign(entity, { [property]: after[property] })
  }
}
