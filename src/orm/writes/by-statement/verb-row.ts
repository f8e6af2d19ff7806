import type { RowData } from '../../../model/matches.js'
import type { CompiledVerb } from '../../../model/model.js'
import type { WriteContext } from '../../../model/rule-context.js'
import type { Id } from '../../../model/verb.js'
import type { EntityRow } from '../../entity-row.js'
import type { Selection } from '../../selection.js'
import { affectedBy, decidedStatement, keyIn, removalStatement, writtenBy } from './decided-statement.js'
import { isRemovedUnseen } from './delete-row.js'
import { entityReaderOf, type RowReader } from './entity-reader.js'
import { asExpected, decideAny, type OneRowOptions, sentUpdate } from './one-row.js'
import { returning } from './returning.js'
import { seenStatement } from './seen-statement.js'
import { tellCommitted } from './tell-committed.js'
import { updateStatement } from './update-statement.js'
import { looksAtRows } from './verb-looks.js'
import { isWrittenAlone, loneContext, sharedWrite } from './why-rows.js'

/** A verb that is done to one row. */
export interface VerbOnRow {
  readonly name: string
  readonly verb: CompiledVerb
  /** What it was given, checked. */
  readonly input: RowData
  /** Whether nobody wants the row that is stored then. */
  readonly unanswered?: boolean
}

/** What a verb has done to a row. */
export interface DoneToRow<T> {
  readonly context: WriteContext
  /** The row as it is stored then; none where the verb removes rows, or nobody wants it. */
  readonly row: T | EntityRow | undefined
}

/**
 * Does a verb to one row of a selection by one statement, which asks for all that the verb requires, where nothing needs to see
 * the row before. Undefined where nothing was written: the row is not there or not as required, the database refuses it, or it
 * has to be looked at first.
 */
export async function verbOnRow<T = EntityRow>(
  rows: Selection<EntityRow>,
  id: Id,
  call: VerbOnRow,
  options: OneRowOptions<T> = {},
): Promise<DoneToRow<T> | undefined> {
  const { dataSource, ...target } = writtenBy(rows)
  const { name, verb } = call
  if (looksAtRows(dataSource, target, verb)) return undefined
  const done = await (verb.hard ? removed : changed)(rows, id, call, options)
  if (done) {
    const { context } = done
    await tellCommitted(dataSource, target, () => ({ context, kind: name, ids: [keyIn(target, id)] }))
  }
  return done
}

/** The row, where it is as the verb requires. */
function required(rows: Selection<EntityRow>, id: Id, { requires }: CompiledVerb): Selection<EntityRow> {
  const row = rows.byId(id)
  return requires ? row.where(requires.where) : row
}

async function changed<T>(
  rows: Selection<EntityRow>,
  id: Id,
  { name, verb, input, unanswered }: VerbOnRow,
  { decide, reader }: OneRowOptions<T>,
): Promise<DoneToRow<T> | undefined> {
  const { dataSource, ...target } = writtenBy(rows)
  const entities = entityReaderOf(dataSource, target.metadata)
  if (!entities || !isWrittenAlone(dataSource, target, name)) return undefined
  const write = sharedWrite(dataSource, target, [verb.unconditional, ...target.model.rules.update], {}, input)
  // It might be another row then, or no longer its caller's; what scopes hide is answered all the same.
  if (!write || decideAny(rows.byId(id).parts.sight.where, write.values)) return undefined
  const { context, values } = write
  const row = asExpected(required(rows, id, verb), write)
  const asked: RowReader<T | EntityRow> = reader ?? entities
  const how = { past: verb.without, returned: unanswered ? '' : returning(dataSource, asked) }
  const update = (text: string) => updateStatement(dataSource, target, { row, values, past: how.past }, text)
  const statement = await (write.computes || write.passes
    ? seenStatement(row, decide, { ...write, given: input }, how)
    : decidedStatement(row, decide, update, how))
  if (!statement) return undefined
  if (unanswered) return (await affectedBy(dataSource, statement)) === 1 ? { context, row: undefined } : undefined
  const again = () => rows.repository.unscoped().findById(id)
  const done = await sentUpdate(dataSource, { statement, again }, asked)
  return done && { context, row: done }
}

async function removed<T>(
  rows: Selection<EntityRow>,
  id: Id,
  { name, verb }: VerbOnRow,
  { decide }: OneRowOptions<T>,
): Promise<DoneToRow<T> | undefined> {
  const { dataSource, ...target } = writtenBy(rows)
  if (!isRemovedUnseen(dataSource, target, name)) return undefined
  const { context } = loneContext(dataSource)
  const row = required(rows, id, verb)
  const removal = () => removalStatement(dataSource, target, row, verb.without)
  const statement = await decidedStatement(row, decide, removal, { past: verb.without })
  if (!statement || (await affectedBy(dataSource, statement)) !== 1) return undefined
  return { context, row: undefined }
}
