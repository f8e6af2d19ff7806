import type { ObjectLiteral } from 'typeorm'
import { AppException } from '../../../errors/app-exception.js'
import { RecentMap } from '../../../helpers/recent-map.js'
import type { RowData } from '../../../model/matches.js'
import type { WriteContext } from '../../../model/rule-context.js'
import type { ModelDataSource } from '../../data-source.js'
import { hidingScopes } from '../../deletion/hidden-parents.js'
import { referencesOf } from '../../deletion/references.js'
import type { EntityRow } from '../../entity-row.js'
import type { ScopedRepository } from '../../model-repository.js'
import { spellKeys } from '../../uuid-columns.js'
import { type InsertPlan, insertPlanOf } from '../insert-plan.js'
import { applyInsertRules } from '../insert-rules.js'
import { refuseComputed } from '../known-values.js'
import { lockedReferencesOf, partsOf } from '../locked-references.js'
import { requireKeys } from '../required-keys.js'
import type { Target } from '../write.js'
import type { RowReader } from './entity-reader.js'
import { insertUnless } from './insert-unless.js'
import { nextNumberIfTaken } from './next-number.js'
import { inUnit } from './one-row.js'
import { canPropose, type NumberedValues, type ProposedValues, proposedValues } from './proposed-values.js'
import { returnsInserted } from './returning.js'
import { sendWrite } from './send.js'
import { tellCommitted } from './tell-committed.js'
import { isInsertedAlone, loneContext } from './why-rows.js'

/** A new row that is ready to be written, and what was proposed for it. */
interface Draft {
  readonly row: ObjectLiteral
  readonly proposed: ProposedValues
  readonly context: WriteContext
}

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
  const draft = await drafted(dataSource, target, repository.create(values as never))
  const row = draft && (await inserted(dataSource, { plan, draft, reader }))
  if (row === undefined) return undefined
  await tellCommitted(dataSource, target, { ...draft!, kind: 'insert', ids: [reader.keyOf(row)] })
  return row
}

/** An INSERT of one row that returns it. */
interface Insertion<T> {
  readonly plan: InsertPlan
  readonly draft: Draft
  readonly reader: RowReader<T>
}

const takenOf = new WeakMap<ModelDataSource, RecentMap<true>>()

/** Inserts a row with what was proposed first, or with a number where that is taken, as it was not long ago. */
async function inserted<T>(dataSource: ModelDataSource, insertion: Insertion<T>): Promise<T | undefined> {
  const { proposed } = insertion.draft
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
  const locks = needsUnit(insertion) ? insertion.draft.proposed.locks : []
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
  const { plan, draft, reader } = insertion
  let isSent = false
  const insert = async () => {
    const proposed = await propose()
    const statement = proposed && insertUnless(dataSource, plan, Object.assign(draft.row, proposed.values), proposed)
    const raw = statement && (await sendWrite(dataSource, statement.add(` RETURNING ${reader.names}`)))
    isSent = raw !== undefined
    return raw && reader.first(raw)
  }
  const row = await (needsUnit(insertion) ? inUnit(dataSource, insert, { locks }) : insert())
  return row === undefined && isSent ? 'nobody' : row
}

const needsUnit = ({ plan, draft }: Insertion<unknown>): boolean =>
  draft.proposed.locks.length > 0 && plan.inserts.underLocks?.taken === 'before'

/** Applies the rules of inserts to a row; undefined where a rule has to look at other rows, or refuses it. */
async function drafted(dataSource: ModelDataSource, target: Target, row: ObjectLiteral): Promise<Draft | undefined> {
  const { context, isHooked } = loneContext(dataSource)
  try {
    spellKeys(target.metadata, [row])
    const [ruled] = await applyInsertRules([row], target, context)
    refuseComputed(target.model, ruled!.given)
    requireKeys(target.metadata, [row])
    if (isHooked() || refersToGuarded(dataSource, target, row)) return undefined
    const proposed = proposedValues(dataSource, target, ruled!, context.now)
    return proposed && !isHooked() ? { row: Object.assign(row, proposed.values), proposed, context } : undefined
  } catch (error) {
    // Whoever looks says what is refused, and in which order.
    if (error instanceof AppException) return undefined
    throw error
  }
}

/** Whether a row refers to rows that have to be looked at, and kept as they are until it is written. */
export function refersToGuarded(dataSource: ModelDataSource, { metadata }: Target, row: RowData): boolean {
  if (lockedReferencesOf(dataSource, metadata).some((one) => partsOf(one, row).some(isGiven))) return true
  return referencesOf(dataSource, metadata).some(
    (one) => isGiven(one.key.getEntityValue(row)) && hidingScopes(dataSource, one) !== undefined,
  )
}

/** Whether rows of an entity may refer to such rows. */
export function refersAtAll(dataSource: ModelDataSource, { metadata }: Target): boolean {
  return lockedReferencesOf(dataSource, metadata).length + referencesOf(dataSource, metadata).length > 0
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null
