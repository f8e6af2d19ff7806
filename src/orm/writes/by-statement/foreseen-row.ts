import { AppException } from '../../../errors/app-exception.js'
import type { Failure } from '../../../errors/failure.js'
import { type Foresight, rowToBe, watchedRow } from '../../../model/foresight.js'
import type { RowData } from '../../../model/matches.js'
import type { CompiledVerb, Contributed } from '../../../model/model.js'
import type { RuleContext, WriteContext } from '../../../model/rule-context.js'
import type { Id } from '../../../model/verb.js'
import { confirmUnread } from '../../events/announcement.js'
import type { ModelEntityManager } from '../../model-entity-manager.js'
import { readsRows, sharedValues } from '../row-change.js'
import { isExpected } from '../row-expectation.js'
import { Scene } from '../scene.js'
import { inCall } from '../transactions.js'
import type { Target, WriteBuilder } from '../write.js'
import { type Beside, ForeseenStatements } from './foreseen-statements.js'
import { nothing } from './one-row.js'
import { isKnown, isWrittenUnheard } from './why-rows.js'

/** What a call of a verb has done, and tells. */
export interface Outcome {
  readonly affected: number
  readonly answer: unknown
}

/** A call of a verb with foresight that names one row. */
export interface ForeseenCall extends Target {
  readonly manager: ModelEntityManager
  readonly name: string
  readonly verb: Contributed<CompiledVerb>
  readonly foresight: Foresight<never, RowData>
  readonly context: WriteContext<RowData>
  /** A statement that names the row. */
  readonly builder: WriteBuilder
  readonly id: Id
}

/**
 * Writes a row by what is beside it: read without a lock, and written under the lock on the condition that all is still so.
 * Where others have changed what was looked at before the lock was there, it is looked at once more, under the lock.
 * @returns undefined where nothing was written, for whatever reason.
 */
export async function foreseenRow(call: ForeseenCall): Promise<Outcome | undefined> {
  if (!isForeseeable(call)) return undefined
  const statements = ForeseenStatements.of(call)
  if (!statements) return undefined
  const { builder, context } = call
  const notes = [...context.notes]
  const work = async () => (await attempt(call, statements)) ?? nothing
  const done = await inCall<Outcome | Failure>(builder, context, work)
  if ('affected' in done) return done
  // Who looks closer finds the notes of the call as they were.
  context.notes.clear()
  for (const [key, note] of notes) context.notes.set(key, note)
  return undefined
}

function isForeseeable({ model, metadata, verb, name, manager: { dataSource } }: ForeseenCall): boolean {
  const more = ['set', 'guard', 'hard', 'without', 'requires'] as const
  if (more.some((part) => verb[part] !== undefined) || readsRows(model.rules.update) || isExpected({ model, metadata }))
    return false
  return isWrittenUnheard(dataSource, { model, metadata }, name)
}

async function attempt(call: ForeseenCall, statements: ForeseenStatements): Promise<Outcome | undefined> {
  const scene = new Scene(call.builder, call, call.context, false)
  try {
    const seen = await look(call, statements, scene)
    const counted = seen && (await count(call, statements, scene, seen))
    if (!counted) return undefined
    const written = await statements.write(seen)
    if (written !== false) return written && outcome(call, scene, seen)
    const again = await look(call, statements, scene)
    const isSame = again?.lock === seen.lock
    return isSame && (await statements.write(again)) ? outcome(call, scene, again) : undefined
  } catch (error) {
    // What is refused is refused by who looks closer.
    if (error instanceof AppException) return undefined
    throw error
  }
}

/** What was seen of a row and beside it, and what is to be written therefore. */
interface Seen extends Beside {
  readonly values: RowData
  /** The lock under which it is written. */
  readonly lock: string
}

async function look(call: ForeseenCall, statements: ForeseenStatements, scene: Scene): Promise<Seen | undefined> {
  const { foresight, verb } = call
  const unknown = rowToBe()
  const contextOf = (row: RowData) => scene.contextFor(verb, row) as RuleContext<never>
  const asked = foresight.asks(unknown.row, contextOf(unknown.row))
  const found = asked && (await statements.read(asked))
  // What is compared with null is not found, whatever is there.
  if (!found || [...unknown.properties].some((property) => (found.row[property] ?? null) === null)) return undefined
  const { row, properties } = watchedRow(found.row)
  const context = contextOf(row)
  const own = foresight.values(row, found.answers, context)
  const [lock] = scene.keysOf(verb, row)
  const questions = foresight.asks(row, context)
  if (!own || lock === undefined || !questions) return undefined
  const values = { ...sharedValues(call.model.rules.update, call.context), ...own }
  if (!isKnown(call.manager.dataSource, call, values)) return undefined
  return { row: found.row, answers: found.answers, questions, properties, values, lock }
}

/** Takes the lock by counting it. */
async function count({ foresight, verb }: ForeseenCall, statements: ForeseenStatements, scene: Scene, seen: Seen) {
  const number = await scene.lockBy(seen.lock, () => statements.count(seen.lock))
  if (number === undefined) return false
  const context = scene.contextFor(verb, seen.row) as RuleContext<never>
  return foresight.counted?.(number, seen.row, context) ?? true
}

async function outcome(call: ForeseenCall, scene: Scene, { row, values }: Seen): Promise<Outcome> {
  const { verb, name, id } = call
  confirmUnread({ ...call, event: { kind: name, ids: [id] } }, 1)
  const written = { ...row, ...values }
  const answer = await verb.answer?.([written], scene.contextFor(verb, written) as never)
  return { affected: 1, answer }
}
