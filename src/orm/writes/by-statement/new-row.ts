import type { ObjectLiteral } from 'typeorm'
import { type Awaitable, andThen } from '../../../helpers/awaitable.js'
import { RecentMap } from '../../../helpers/recent-map.js'
import { nextNumbers } from '../../counters.js'
import type { ModelDataSource } from '../../data-source.js'
import type { EngineType } from '../../dialects/engines.js'
import type { EntityRow } from '../../entity-row.js'
import type { ScopedRepository } from '../../model-repository.js'
import { type InsertPlan, insertPlanOf } from '../insert-plan.js'
import type { Target } from '../write.js'
import { askedValues, type ReadyValues } from './asked-values.js'
import { draftedRows } from './drafted-rows.js'
import type { RowReader } from './entity-reader.js'
import { insertUnless } from './insert-unless.js'
import { readyInsert, rowsReturned, rowsWritten } from './known-rows.js'
import { nextNumberIfTaken } from './next-number.js'
import { inUnit, type OneRowOptions } from './one-row.js'
import { canPropose, type NumberedValues, type ProposedValues } from './proposed-values.js'
import { returnsInserted } from './returning.js'
import { rowSourcesOf } from './row-sources.js'
import { sendWrite } from './send.js'
import { tellCommitted } from './tell-committed.js'
import { isInsertedAlone } from './why-rows.js'

/**
 * Makes a row by one statement, where nothing has to look at other rows before: what rules `enter` propose is made sure of by
 * the statement itself. It needs no unit of work, but where the engine cannot take locks by the same statement. Undefined
 * where nothing was written, because something must look, or the database refuses it.
 * @param draft makes the row; rules set in it what they set, so that it is of no use where nothing was written.
 * @returns what the reader makes of the row as it is stored.
 */
export function newRow<E extends EntityRow, T>(
  repository: ScopedRepository<E>,
  draft: () => E,
  reader: RowReader<T>,
  { joins }: Pick<OneRowOptions, 'joins'> = {},
): Awaitable<T | undefined> {
  const { metadata, model, manager } = repository
  const { dataSource } = manager
  const target = { metadata, model }
  if (!returnsInserted(dataSource) || !canPropose(model) || !isInsertedAlone(dataSource, target, joins))
    return undefined
  const plan = insertPlanOf(dataSource, metadata)
  if (!plan) return undefined
  return andThen(draftedRows(dataSource, target, [draft()]), (drafts) => {
    if (!drafts) return undefined
    const { context, rows, proposed } = drafts
    const written = inserted(dataSource, { target, plan, row: rows[0]!, proposed: proposed[0]!, reader })
    return andThen(written, (row) => {
      if (row === undefined) return row
      const committed = () => ({ context, kind: 'insert', ids: [reader.keyOf(row)] })
      return andThen(tellCommitted(dataSource, target, committed), () => row)
    })
  })
}

/** An INSERT of one row that returns it, and what was proposed for it first. */
interface Insertion<T> {
  readonly target: Target
  readonly plan: InsertPlan
  readonly row: ObjectLiteral
  readonly proposed: ProposedValues
  readonly reader: RowReader<T>
}

const takenOf = new WeakMap<ModelDataSource, RecentMap<true>>()

/** Inserts a row with what was proposed first, or with a number where that is taken, as it was not long ago. */
function inserted<T>(dataSource: ModelDataSource, insertion: Insertion<T>): Awaitable<T | undefined> {
  const { proposed } = insertion
  const { numbered } = proposed
  // Of locks that are all counted, the statement that counts takes them.
  const locks = proposed.locks.length > proposed.counts.length ? proposed.locks : []
  const first = () => attempt(dataSource, insertion, locks, () => proposed)
  if (!numbered) return andThen(first(), written)
  const numbering = () => insertedWithNumber(dataSource, insertion, numbered)
  const taken = takenIn(dataSource)
  if (taken.get(numbered.counter) !== true) {
    // What the database has refused it refuses with any number.
    return andThen(first(), (row) => (row === 'nobody' ? numbering() : row))
  }
  return andThen(numbering(), (row) => row ?? andThen(first(), written))
}

/** Inserts a row with the next number, and remembers whether numbers of its counter are used. */
async function insertedWithNumber<T>(
  dataSource: ModelDataSource,
  insertion: Insertion<T>,
  numbered: NumberedValues,
): Promise<T | undefined> {
  const row = written(await withNumber(dataSource, insertion, numbered))
  if (row !== undefined) takenIn(dataSource).set(numbered.counter, true)
  else takenIn(dataSource).delete(numbered.counter)
  return row
}

/** The counters that are known to be used. */
function takenIn(dataSource: ModelDataSource): RecentMap<true> {
  const taken = takenOf.get(dataSource) ?? new RecentMap<true>(mostTaken)
  takenOf.set(dataSource, taken)
  return taken
}

const written = <T>(row: T | 'nobody' | undefined): T | undefined => (row === 'nobody' ? undefined : row)

/** Inserts a row with the next number. Where locks are taken before, the statement that counts takes them. */
function withNumber<T>(dataSource: ModelDataSource, insertion: Insertion<T>, numbered: NumberedValues) {
  const locks = needsUnit(insertion) ? insertion.proposed.locks : []
  return attempt(dataSource, insertion, [], async () => {
    const number = await nextNumberIfTaken(dataSource, numbered, locks)
    return number === undefined ? undefined : numbered.with(number)
  })
}

/** How many counters are known to be used. */
const mostTaken = 1000

/**
 * Inserts a row with what is proposed.
 * @returns `nobody` where rows are in the way; undefined where the row cannot be written so, or the database refuses it.
 */
function attempt<T>(
  dataSource: ModelDataSource,
  insertion: Insertion<T>,
  locks: readonly string[],
  propose: () => Awaitable<ProposedValues | undefined>,
): Awaitable<T | 'nobody' | undefined> {
  const { target, plan, row, reader } = insertion
  const opensUnit = needsUnit(insertion)
  let isSent = false
  const send = (proposed: ReadyValues | undefined) => {
    const bound = proposed && insertUnless(dataSource, plan, Object.assign(row, proposed.values), proposed)
    if (!bound) return undefined
    const insert = readyInsert(bound, rowSourcesOf(dataSource.options.type as EngineType), reader)
    return andThen(sendWrite(dataSource, insert.statement), (raw) => {
      isSent = raw !== undefined
      return raw && rowsWritten(insert, raw) > 0 ? reader.first(rowsReturned(insert, raw)) : undefined
    })
  }
  const insert = () =>
    andThen(propose(), (proposed) => {
      if (!proposed) return undefined
      const counted = opensUnit ? count(dataSource, proposed) : undefined
      return andThen(counted, () => andThen(askedValues(dataSource, target, proposed, opensUnit), send))
    })
  const done = opensUnit ? inUnit(dataSource, insert, { locks }) : insert()
  return andThen(done, (stored) => (stored === undefined && isSent ? 'nobody' : stored))
}

/** Counts what is counted with the row, in the unit of work, and locks it. */
async function count(dataSource: ModelDataSource, { counts }: ProposedValues): Promise<void> {
  if (counts.length === 0) return
  const runner = dataSource.createQueryRunner()
  try {
    const steps = counts.map((stored) => ({ stored, count: 1 }))
    await nextNumbers(dataSource, runner, steps)
  } finally {
    await runner.release()
  }
}

/** Whether locks are taken, and counted, by other statements than the one that inserts. */
function needsUnit({ plan: { inserts }, proposed: { locks, counts } }: Insertion<unknown>): boolean {
  const taken = inserts.underLocks?.taken
  return (locks.length > 0 && taken === 'before') || (counts.length > 0 && typeof taken !== 'object')
}
