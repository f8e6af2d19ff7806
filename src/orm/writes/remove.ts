import { DeleteResult } from 'typeorm'
import type { RowData } from '../../model/matches.js'
import type { Contributed, Model } from '../../model/model.js'
import type { Rule } from '../../model/rule.js'
import type { WriteContext } from '../../model/rule-context.js'
import { announce, confirmUnread, type Happening, isHeard } from '../events/announcement.js'
import { groupsOf } from './groups.js'
import { addGuard } from './guard-condition.js'
import { lostLinks, tellLostLinks } from './lost-links.js'
import { type PlannedRows, plannedRows } from './planned-rows.js'
import { rowsOf } from './read-rows.js'
import { notFound, stale } from './refusals.js'
import { act, changeOf, type RowChange, readsRows } from './row-change.js'
import { notifyMissed, notifyWritten, withExpectation } from './row-expectation.js'
import { Scene } from './scene.js'
import { assertCurrent } from './staleness.js'
import { keysOfRows } from './stored-rows.js'
import { tellUpcoming, tellWritten } from './tell-written.js'
import { inCall, inSavepoint, inTransaction, sendStatement } from './transactions.js'
import { deleteLike, type Run, type Target, type WriteBuilder } from './write.js'

/** Whether a delete of the entity keeps its rows and writes values into them. */
export function keepsRows({ rules }: Model): boolean {
  return rules.delete.some((rule) => rule.set !== undefined)
}

/** A removal of rows from their table. */
export interface Removal extends Target {
  readonly builder: WriteBuilder
  readonly rules: readonly Contributed<Rule>[]
  readonly context: WriteContext
  /** What those who hear of it are told it is. */
  readonly event: Happening
  /** How many rows the caller named, where all of them must be there. */
  readonly expected?: number
}

/** Removes rows from their table, in one statement where the rules allow it. */
export async function remove(asked: Removal, run: Run<DeleteResult>): Promise<DeleteResult> {
  const removal = withExpectation(asked)
  const { builder, rules, model, expected = 0 } = removal
  const takesLinks = lostLinks(builder.dataSource, removal.metadata).length > 0
  const acts = model.rules.leave.length > 0 || act(rules) || isHeard(removal) || takesLinks
  if (!readsRows(rules) && !acts) {
    const result = await sendStatement(builder, run)
    if ((result.affected ?? 0) < expected) throw notFound(model)
    confirmUnread(removal, result.affected)
    return result
  }
  return (acts ? inCall : inTransaction)(builder, removal.context, async () => {
    const scene = new Scene(builder, removal, removal.context)
    // Who links rows locks those that hear of it first, so they come first here too.
    if (takesLinks) await tellLostLinks(removal, await rowsOf(builder, removal, false), false)
    const planned = await plannedRows({ ...removal, scene, after: () => null, given: {} })
    if (planned.rows.length < expected) throw notFound(model)
    if (takesLinks) await tellLostLinks(removal, planned.rows, true)
    const removeAll = () => removeRows(removal, planned, scene)
    const affected = await (planned.rows.length > 1 ? inSavepoint(builder, removeAll) : removeAll())
    return Object.assign(new DeleteResult(), { raw: [], affected })
  })
}

async function removeRows(removal: Removal, { rows, passages }: PlannedRows, scene: Scene): Promise<number> {
  const { builder, model, rules } = removal
  const given: RowData = {}
  const count = rows.length
  const changes: RowChange[] = []
  for (const [index, before] of rows.entries()) {
    const place = { before, given, index, count }
    assertCurrent(removal, rules, place, {})
    const change = await changeOf(rules, place, {}, scene)
    if (change) changes.push({ ...change, values: {} })
  }
  await passages.valuesFor(changes.map(({ before }) => ({ before, after: null, given })))
  const written = () => changes.map(({ before }) => ({ before, after: null }))
  await announce(removal, written)
  await tellUpcoming(removal, written)
  for (const group of groupsOf(model, changes)) {
    const statement = deleteLike(builder, removal).whereInIds(keysOfRows(removal.metadata, group.rows))
    addGuard(statement, removal, group.guard)
    const { affected } = await statement.execute()
    if ((affected ?? 0) < group.rows.length) {
      notifyMissed(removal, group.rows)
      throw stale(model)
    }
    notifyWritten(builder, removal, group.rows)
  }
  const removed = changes.map(({ before }, index) => ({ before, after: before, given, index, count: changes.length }))
  for (const rule of rules) if (removed[0]) await rule.after?.(removed, scene.contextFor(rule, removed[0].before))
  await passages.written()
  await tellWritten(removal, written)
  return changes.length
}
