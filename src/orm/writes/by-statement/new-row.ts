import type { ObjectLiteral } from 'typeorm'
import { AppException } from '../../../errors/app-exception.js'
import type { RowData } from '../../../model/matches.js'
import type { WriteContext } from '../../../model/rule-context.js'
import type { ModelDataSource } from '../../data-source.js'
import { hidingScopes } from '../../deletion/hidden-parents.js'
import { referencesOf } from '../../deletion/references.js'
import type { EntityRow } from '../../entity-row.js'
import type { ScopedRepository } from '../../model-repository.js'
import { spellKeys } from '../../uuid-columns.js'
import { insertPlanOf } from '../insert-plan.js'
import { applyInsertRules } from '../insert-rules.js'
import { refuseComputed } from '../known-values.js'
import { lockedReferencesOf, partsOf } from '../locked-references.js'
import { requireKeys } from '../required-keys.js'
import type { Target } from '../write.js'
import type { RowReader } from './entity-reader.js'
import { insertUnless } from './insert-unless.js'
import { inUnit } from './one-row.js'
import { canPropose, type ProposedValues, proposedValues } from './proposed-values.js'
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
  const statement = draft && insertUnless(dataSource, plan, draft.row, draft.proposed)
  if (!statement) return undefined
  statement.add(` RETURNING ${reader.names}`)
  const insert = async () => {
    const raw = await sendWrite(dataSource, statement)
    return raw && reader.first(raw)
  }
  const { locks } = draft.proposed
  const needsUnit = locks.length > 0 && plan.inserts.underLocks?.taken === 'before'
  const row = await (needsUnit ? inUnit(dataSource, insert, { locks }) : insert())
  if (row === undefined) return undefined
  await tellCommitted(dataSource, target, { ...draft, kind: 'insert', ids: [reader.keyOf(row)] })
  return row
}

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
