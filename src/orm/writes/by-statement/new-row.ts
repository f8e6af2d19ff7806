import type { ObjectLiteral } from 'typeorm'
import { RecentMap } from '../../../helpers/recent-map.js'
import type { ModelDataSource } from '../../data-source.js'
import type { EntityRow } from '../../entity-row.js'
import type { ScopedRepository } from '../../model-repository.js'
import { type InsertPlan, insertPlanOf } from '../insert-plan.js'
import { draftedRows } from './drafted-rows.js'
import type { RowReader } from './entity-reader.js'
import { insertUnless } from './insert-unless.js'
import { nextNumberIfTaken } from './next-number.js'
import { inUnit } from './one-row.js'
import { canPropose, type NumberedValues, type ProposedValues } from './proposed-values.js'
import { returnsInserted } from './returning.js'
import { sendWrite } from './send.js'
import { tellCommitted } from './tell-committed.js'
import { isInsertedAlone } from './why-rows.js'

/**
 * Makes a row by one statement, where nothing has to look at other rows before: what rules `enter` propose is made sure of by
 * the statement itself. It needs no unit of work, but where the engine cannot take locks by the same statement. Undefined
 * where nothing was written, because something must look, or the database refuses it.
 * @returns what the reader makes of the row as it is stored.
 */
export async function newRow<E extends EntityRow, T>(
  repository: ScopedRepository<E>,
  values: object,
  reader: RowReader<T>,
): Promise<T | undefined> {
  const { metadata, model, manager } = repository
  const { dataSource } = manager
  const target = { metadata, model }
  if (!returnsInserted(dataSource) || !canPropose(model) || !isInsertedAlone(dataSource, target)) return undefined
  const plan = insertPlanOf(dataSource, metadata)
  if (!plan) return undefined
  const drafts = await draftedRows(dataSource, target, [repository.create(values as never)])
  if (!drafts) return undefined
  const { context, rows, proposed } = drafts
  const row = await inserted(dataSource, { plan, row: rows[0]!, proposed: proposed[0]!, reader })
  if (row === undefined) return undefined
  await tellCommitted(dataSource, target, { context, kind: 'insert', ids: [reader.keyOf(row)] })
  return row
}

/** An INSERT of one row that returns it, and what was proposed for it first. */
interface Insertion<T> {
  readonly plan: InsertPlan
  readonly row: ObjectLiteral
  readonly proposed: ProposedValues
  readonly reader: RowReader<T>
}

const takenOf = new WeakMap<ModelDataSource, RecentMap<true>>()

/** Inserts a row with what was proposed first, or with a number where that is taken, as it was not long ago. */
async function inserted<T>(dataSource: ModelDataSource, insertion: Insertion<T>): Promise<T | undefined> {
  const { proposed } = insertion
  const { numbered } = proposed
  const first = () => attempt(dataSource, insertion, proposed.locks, async () => proposed)
  const taken = takenOf.get(dataSource) ?? new RecentMap<true>(mostTaken)
  takenOf.set(dataSource, taken)
  const wasTaken = numbered !== undefined && taken.get(numbered.counter) === true
  if (!wasTaken) {
    const row = await first()
    // What the database has refused it refuses with any number.
    if (row !== 'nobody' || !numbered) return written(row)
  }
  const row = written(await withNumber(dataSource, insertion, numbered))
  if (row !== undefined) taken.set(numbered.counter, true)
  else taken.delete(numbered.counter)
  return row === undefined && wasTaken ? written(await first()) : row
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
async function attempt<T>(
  dataSource: ModelDataSource,
  insertion: Insertion<T>,
  locks: readonly string[],
  propose: () => Promise<ProposedValues | undefined>,
): Promise<T | 'nobody' | undefined> {
  const { plan, row, reader } = insertion
  let isSent = false
  const insert = async () => {
    const proposed = await propose()
    const statement = proposed && insertUnless(dataSource, plan, Object.assign(row, proposed.values), proposed)
    const raw = statement && (await sendWrite(dataSource, statement.add(` RETURNING ${reader.names}`)))
    isSent = raw !== undefined
    return raw && reader.first(raw)
  }
  const done = await (needsUnit(insertion) ? inUnit(dataSource, insert, { locks }) : insert())
  return done === undefined && isSent ? 'nobody' : done
}

const needsUnit = ({ plan, proposed }: Insertion<unknown>): boolean =>
  proposed.locks.length > 0 && plan.inserts.underLocks?.taken === 'before'
