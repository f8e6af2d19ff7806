import type { ObjectLiteral } from 'typeorm'
import { AppException } from '../../../errors/app-exception.js'
import type { RowData } from '../../../model/matches.js'
import type { WriteContext } from '../../../model/rule-context.js'
import type { ModelDataSource } from '../../data-source.js'
import type { EngineType } from '../../dialects/engines.js'
import type { EntityRow } from '../../entity-row.js'
import type { ScopedRepository } from '../../model-repository.js'
import { spellKeys } from '../../uuid-columns.js'
import { insertPlanOf } from '../insert-plan.js'
import { applyInsertRules } from '../insert-rules.js'
import { refuseComputed } from '../known-values.js'
import { requireKeys } from '../required-keys.js'
import type { Target } from '../write.js'
import { mayClash } from './clashes.js'
import type { RowReader } from './entity-reader.js'
import { insertAllUnless } from './insert-all-unless.js'
import { refersAtAll, refersToGuarded } from './new-row.js'
import { canPropose, type ProposedValues, proposing } from './proposed-values.js'
import { requireAll } from './require-all.js'
import { rowSourcesOf } from './row-sources.js'
import { sendWrite } from './send.js'
import { tellCommitted } from './tell-committed.js'
import { isInsertedAlone, loneContext } from './why-rows.js'

/** New rows that are ready to be written, and what was proposed for each. */
interface Drafts {
  readonly rows: readonly ObjectLiteral[]
  readonly proposed: readonly ProposedValues[]
  readonly context: WriteContext
}

/**
 * Makes rows by one statement, all of them or none, outside of a unit of work, where nothing has to look at other rows before: as
 * `newRow` makes one. Undefined where nothing was written, because something must look, rows are in each other's way, or the
 * database refuses one.
 * @returns what the reader makes of the rows as they are stored, in their order.
 */
export async function newRows<E extends EntityRow, T>(
  repository: ScopedRepository<E>,
  values: readonly object[],
  reader: RowReader<T>,
): Promise<readonly T[] | undefined> {
  const { metadata, model, manager } = repository
  const { dataSource } = manager
  const target = { metadata, model }
  const sources = rowSourcesOf(dataSource.options.type as EngineType)
  if (!sources || !canPropose(model) || !isInsertedAlone(dataSource, target)) return undefined
  const plan = insertPlanOf(dataSource, metadata)
  if (!plan) return undefined
  const rows = values.map((one) => repository.create(one as never))
  const drafts = await drafted(dataSource, target, rows)
  if (!drafts || !(sources.isOrdered || haveKeys(target, drafts.rows))) return undefined
  const statement = insertAllUnless(dataSource, plan, drafts.rows, drafts.proposed)
  const raw = statement && (await sendWrite(dataSource, statement.add(` RETURNING ${reader.names}`), false))
  if (!raw || !requireAll(raw.rows.length, rows.length)) return undefined
  const stored = sources.isOrdered ? reader.all(raw) : inOrder(target, drafts.rows, reader, reader.all(raw))
  await tellCommitted(dataSource, target, { ...drafts, kind: 'insert', ids: stored.map((row) => reader.keyOf(row)) })
  return stored
}

/** Applies the rules of inserts to rows; undefined where a rule has to look at other rows, or refuses one. */
async function drafted(
  dataSource: ModelDataSource,
  target: Target,
  rows: readonly ObjectLiteral[],
): Promise<Drafts | undefined> {
  const { context, isHooked } = loneContext(dataSource)
  try {
    spellKeys(target.metadata, rows)
    const ruled = await applyInsertRules(rows, target, context)
    requireKeys(target.metadata, rows)
    if (isHooked()) return undefined
    const propose = proposing(dataSource, target, context.now)
    const refers = refersAtAll(dataSource, target)
    const proposed: ProposedValues[] = []
    const known: RowData[] = []
    for (const [index, row] of rows.entries()) {
      const one = ruled[index]!
      refuseComputed(target.model, one.given)
      const proposal = refers && refersToGuarded(dataSource, target, row) ? undefined : propose(one)
      if (!proposal) return undefined
      Object.assign(row, proposal.values)
      proposed.push(proposal)
      known.push({ ...one.row, ...proposal.values })
    }
    const absent = proposed.map((one) => one.absent)
    return isHooked() || mayClash(target.metadata, known, absent) ? undefined : { rows, proposed, context }
  } catch (error) {
    // Whoever looks says what is refused, and in which order.
    if (error instanceof AppException) return undefined
    throw error
  }
}

const haveKeys = ({ metadata }: Target, rows: readonly ObjectLiteral[]): boolean => {
  const [key] = metadata.primaryColumns
  return rows.every((row) => {
    const value: unknown = key!.getEntityValue(row)
    return value !== undefined && value !== null
  })
}

/** Returned rows in the order in which they were given; as they come where a key is stored in another spelling. */
function inOrder<T>(
  { metadata }: Target,
  rows: readonly ObjectLiteral[],
  reader: RowReader<T>,
  stored: readonly T[],
): readonly T[] {
  const [key] = metadata.primaryColumns
  const byKey = new Map(stored.map((row) => [String(reader.keyOf(row)), row]))
  const ordered = rows.flatMap((row) => byKey.get(String(key!.getEntityValue(row))) ?? [])
  return ordered.length === rows.length ? ordered : stored
}
