import { ValidationError } from '../../errors/exceptions.js'
import { isInstant } from '../../helpers/clock.js'
import { type OptionNames, requireKnownBy } from '../../helpers/known-options.js'
import type { AnyClass } from '../../metadata/fact-kind.js'
import type { RowData } from '../../model/matches.js'
import type { CompiledVerb, Model } from '../../model/model.js'
import { all, gt, type Operand, oneOf, type Predicate } from '../../model/predicate.js'
import { isInForce, isLocked } from '../../model/scope.js'
import type { Id } from '../../model/verb.js'
import type { ModelDataSource } from '../data-source.js'
import { keysOf } from '../events/announcement.js'
import { TableStatement } from '../writes/table-statement.js'
import type { Target } from '../writes/write.js'
import type { NamedVerb } from './follow.js'
import { parentsFirst } from './parents-first.js'
import { rowsWhere, type Search, scopesOf } from './related-rows.js'

/** What is pruned, and how. */
export interface PruneOptions {
  /** Rows that have been due since before this instant. */
  readonly olderThan: Date
  /** How many rows one transaction takes; 500 unless told, and at most. */
  readonly batch?: number
  /** Counts what is due, and writes nothing. */
  readonly dryRun?: boolean
  /** Only rows of these entities; every entity with a verb that knows what is due unless told. */
  readonly entities?: readonly AnyClass[]
  /** Only what these verbs do, such as `['expire']`; every verb that knows what is due unless told. */
  readonly verbs?: readonly string[]
  /** Hears of each row that failed, once, when it has. */
  readonly onFailure?: (failure: PruneFailure) => void | Promise<void>
}

const pruneOptions: OptionNames<PruneOptions> = {
  olderThan: true,
  batch: true,
  dryRun: true,
  entities: true,
  verbs: true,
  onFailure: true,
}

/** A row that could not be pruned. */
export interface PruneFailure {
  readonly entity: string
  readonly id: unknown
  readonly error: unknown
}

/** What a run did, or would do. */
export interface PruneReport {
  /** How many rows that were due are pruned; of a dry run, how many are due. */
  readonly affected: number
  /** The same of each entity, by its name; rows that went along with others are not counted twice. */
  readonly byEntity: Readonly<Record<string, number>>
  /** Each row that failed, once. */
  readonly failures: readonly PruneFailure[]
}

type Due = Target & NamedVerb & { readonly where: Predicate }

/** One statement names at most so many rows. */
const largestBatch = 500

/**
 * Does to rows that have long been due what is due to them, such as `purge` to rows that were deleted a year ago: those
 * that refer to others first, in transactions of one batch. A row that fails does not stop the run. Rows are looked at
 * again under a lock, so one that is restored meanwhile stays.
 * @throws {ValidationError} `INVALID_CRITERIA` without an instant, or with a batch that is no whole number from 1 to 500, or
 * a verb that nothing is due to.
 */
export async function prune(dataSource: ModelDataSource, options: PruneOptions): Promise<PruneReport> {
  requireKnownBy(prune, options, pruneOptions)
  const { olderThan, batch = largestBatch, dryRun = false, onFailure } = options
  assertCriteria(olderThan, batch)
  const byEntity: Record<string, number> = {}
  const failures: PruneFailure[] = []
  const failed = async (failure: PruneFailure) => {
    failures.push(failure)
    await onFailure?.(failure)
  }
  for (const due of dueIn(dataSource, options)) {
    const count = dryRun ? await countOf(dataSource, due) : await pruneAll(dataSource, due, batch, failed)
    if (count > 0) byEntity[due.model.name] = (byEntity[due.model.name] ?? 0) + count
  }
  const affected = Object.values(byEntity).reduce((sum, count) => sum + count, 0)
  const report = Object.freeze({ affected, byEntity: Object.freeze(byEntity), failures: Object.freeze(failures) })
  if (!dryRun) dataSource.afterCommit(() => dataSource.events.tellPruned(report))
  return report
}

function assertCriteria(olderThan: unknown, batch: number): void {
  if (isInstant(olderThan) && Number.isInteger(batch) && batch > 0 && batch <= largestBatch) return
  throw new ValidationError(
    `Say which rows to prune: \`olderThan\` is an instant, \`batch\` from 1 to ${largestBatch}.`,
    {
      errorCode: 'INVALID_CRITERIA',
    },
  )
}

/** What is due to which entities, those that refer to others first. In a shared table the entity above stands for all. */
function dueIn(dataSource: ModelDataSource, { olderThan, entities, verbs }: PruneOptions): readonly Due[] {
  const asked = parentsFirst(dataSource)
    .toReversed()
    .filter(({ model }) => entities === undefined || entities.includes(model.entity))
  assertDue(asked, verbs)
  return asked.flatMap(({ model, metadata }) => {
    const shared = metadata.tableType === 'entity-child' && entities === undefined
    const above = shared ? dataSource.modelOf(metadata.parentEntityMetadata.target) : undefined
    return Object.entries(model.verbs).flatMap(([name, verb]) =>
      verb.due && (verbs?.includes(name) ?? true) && !above?.verbs[name]?.due
        ? [{ model, metadata, name, verb, where: all(verb.due(olderThan), ...sightOf(model, verb)) }]
        : [],
    )
  })
}

/** What a verb sees: of rows that it does not see nothing is due to it, as they are when they come back. */
function sightOf({ scopes }: Model, { without = [] }: CompiledVerb): readonly Predicate[] {
  return Object.entries(scopes)
    .filter(([name, scope]) => isInForce(scope) && !isLocked(scope) && !without.includes(name))
    .map(([, { where }]) => where)
}

/** A misspelt verb would prune nothing, and nobody would notice. */
function assertDue(asked: readonly Target[], verbs: readonly string[] = []): void {
  for (const name of verbs) {
    if (asked.some(({ model }) => model.verbs[name]?.due !== undefined)) continue
    throw new ValidationError(`None of the entities has a verb "${name}" that knows what is due.`, {
      errorCode: 'INVALID_CRITERIA',
    })
  }
}

async function countOf(dataSource: ModelDataSource, { model, metadata, where }: Due): Promise<number> {
  const statement = new TableStatement(dataSource, metadata)
  const condition = statement.where(where, ...scopesOf(model, 'everything'))
  const runner = dataSource.createQueryRunner()
  try {
    const { records } = await statement.run(runner, `SELECT COUNT(*) AS n FROM ${statement.table}${condition}`)
    return Number(records[0]?.['n'])
  } finally {
    await runner.release()
  }
}

type Failed = (failure: PruneFailure) => Promise<void>

async function pruneAll(dataSource: ModelDataSource, due: Due, batch: number, failed: Failed): Promise<number> {
  const [key] = due.metadata.primaryColumns
  let pruned = 0
  let last: Operand | undefined
  for (;;) {
    const after = last === undefined ? [] : [gt(key!.propertyPath, last)]
    const ids = await withRunner(dataSource, (runner) =>
      rowsWhere({ dataSource, runner, locked: false }, due, all(due.where, ...after), batch),
    ).then((rows) => keysOf(due.metadata, rows) as readonly Id[])
    if (ids.length === 0) return pruned
    last = ids.at(-1)!
    pruned += await pruneSome(dataSource, due, ids, failed)
  }
}

/** Prunes rows together; where one fails, each half on its own, until it is known which. */
async function pruneSome(dataSource: ModelDataSource, due: Due, ids: readonly Id[], failed: Failed): Promise<number> {
  try {
    return await dataSource.atomic(() => pruneDue(dataSource, due, ids))
  } catch (error) {
    if (ids.length === 1) {
      await failed({ entity: due.model.name, id: ids[0], error })
      return 0
    }
    const middle = Math.ceil(ids.length / 2)
    const first = await pruneSome(dataSource, due, ids.slice(0, middle), failed)
    return first + (await pruneSome(dataSource, due, ids.slice(middle), failed))
  }
}

async function pruneDue(dataSource: ModelDataSource, due: Due, ids: readonly Id[]): Promise<number> {
  const { model, metadata, name, where } = due
  const own = oneOf(metadata.primaryColumns[0]!.propertyPath, ids)
  const rows = await withRunner(dataSource, (runner) =>
    rowsWhere({ dataSource, runner, locked: true }, due, all(where, own)),
  )
  if (rows.length === 0) return 0
  const request = {
    manager: dataSource.manager,
    model,
    verb: name,
    ids: keysOf(metadata, rows) as readonly Id[],
    input: {},
  }
  const { affected } = await dataSource.verbRunner.run(request)
  return affected
}

async function withRunner(
  dataSource: ModelDataSource,
  read: (runner: Search['runner']) => Promise<readonly RowData[]>,
): Promise<readonly RowData[]> {
  const runner = dataSource.createQueryRunner()
  try {
    return await read(runner)
  } finally {
    await runner.release()
  }
}
