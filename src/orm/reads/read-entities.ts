import type { ObjectLiteral, QueryRunner } from 'typeorm'
import { type Awaitable, andThen } from '../../helpers/awaitable.js'
import type { ModelDataSource } from '../data-source.js'
import type { EngineType } from '../dialects/engines.js'
import { combined } from '../scopes/sight.js'
import type { Selection } from '../selection.js'
import { transactionEngineOf } from '../unit-of-work/engines/engines.js'
import { noteLockedRows } from '../unit-of-work/locked-rows.js'
import { addCapabilities } from './capabilities.js'
import type { ReadStatement } from './engines/read-engine.js'
import { type EntityForm, entityFormOf } from './entity-form.js'
import { readSight, slottedSight } from './joined-sights.js'
import { addCut } from './list-shape.js'
import { hearsOfLoaded } from './needs-entities.js'
import { keptStatement, type ToWrite } from './read-template.js'
import { runRead } from './run-read.js'
import { Shape, type Slots } from './slot.js'

/** The most values of a statement that is kept: of longer lists there would be a text for each length. */
const mostValues = 32

/** How a selection is read. */
interface EntityRead {
  readonly form: EntityForm
  readonly selection: Selection<ObjectLiteral>
  /** What stands behind the statement where rows are locked. */
  readonly lock?: string
}

/** The rows of a selection as entities: by a statement that was written once, where TypeORM need not make them. */
export function entitiesOf<E extends ObjectLiteral>(selection: Selection<E>): Awaitable<E[]> {
  if (selection.parts.limit === 0) return []
  const form = formOf(selection)
  if (!form) return selection.queryBuilder().getMany()
  return read({ form, selection }) as Awaitable<E[]>
}

/** The first row of a selection as an entity. */
export function firstEntityOf<E extends ObjectLiteral>(selection: Selection<E>): Awaitable<E | null> {
  const { offset, limit = 1 } = selection.parts
  return andThen(entitiesOf(selection.slice(offset, Math.min(1, limit))), ([row]) => row ?? null)
}

/**
 * The first row of a selection as an entity, locked as it is read until the unit of work ends: what was asked of it is true of it
 * as whoever had locked it has left it. Undefined where TypeORM must make the entity.
 */
export function firstLockedOf(selection: Selection<ObjectLiteral>): Awaitable<ObjectLiteral | null> | undefined {
  const form = formOf(selection)
  if (!form) return undefined
  const { manager } = selection.repository
  const { type } = manager.dataSource.options
  noteLockedRows(manager.dataSource, manager.queryRunner)
  const lock = transactionEngineOf(type as EngineType).rowLock
  return andThen(read({ form, selection: selection.slice(0, 1), lock }), ([row]) => row ?? null)
}

function formOf({ repository, parts: { relations, offset, limit } }: Selection<ObjectLiteral>): EntityForm | undefined {
  const { metadata, manager } = repository
  const { dataSource } = manager
  if (relations.size > 0 || (offset > 0 && limit === undefined)) return undefined
  if (!dataSource.isInitialized || isAlwaysCached(dataSource)) return undefined
  return entityFormOf(dataSource, metadata)
}

/** TypeORM can be told to keep the rows of every query for some time. */
function isAlwaysCached({ options: { cache } }: ModelDataSource): boolean {
  return typeof cache === 'object' && cache.alwaysEnabled === true
}

function read(reading: EntityRead): Awaitable<ObjectLiteral[]> {
  const { form, selection } = reading
  const { manager, queryRunner } = selection.repository
  const runner = queryRunner ?? manager.queryRunner
  const { dataSource } = manager
  const statement = statementOf(reading)
  if (form.hasLoadListeners || hearsOfLoaded(dataSource)) return readTelling(form, selection, statement, runner)
  return andThen(runRead(dataSource, statement, runner), (raw) => form.entities(raw, runner))
}

/** Reads rows while somebody hears of those that were loaded, who is given the runner that has loaded them. */
async function readTelling(
  form: EntityForm,
  { repository: { manager, metadata } }: Selection<ObjectLiteral>,
  statement: ReadStatement,
  own: QueryRunner | undefined,
): Promise<ObjectLiteral[]> {
  const { dataSource } = manager
  const runner = own ?? dataSource.createQueryRunner(dataSource.defaultReplicationModeForReads())
  try {
    const entities = form.entities(await runRead(dataSource, statement, runner), own)
    if (entities.length > 0) await runner.broadcaster.broadcast('Load', metadata, entities)
    return entities
  } finally {
    if (runner !== own) await runner.release()
  }
}

function statementOf({ form, selection, lock = '' }: EntityRead): ReadStatement {
  const { dataSource } = selection.repository.manager
  const plain = seenPlainly(selection)
  const asked = plain ?? selection
  const shape = new Shape()
  shape.add(form.key)
  shape.add(lock)
  addCapabilities(dataSource, shape)
  const isKept = plain !== undefined && readParts(plain, shape) && shape.values.length <= mostValues
  return keptStatement(dataSource, shape, isKept, (slots) => written({ form, selection: asked, lock }, slots))
}

/** The same rows, looked at by the manager of the data source; undefined where a manager looks at more than these. */
function seenPlainly(selection: Selection<ObjectLiteral>): Selection<ObjectLiteral> | undefined {
  const { repository, entity, parts } = selection
  const { manager } = repository
  const { dataSource } = manager
  if (manager === dataSource.manager) return selection
  const seen = manager.sightOf(repository.metadata.target)
  const plain = dataSource.getRepository(entity) as unknown as typeof repository
  return seen && selection.through(plain).seeing(combined(seen, parts.sight))
}

/** Reads what the text of a statement is made of; false where no text is worth keeping. */
function readParts({ parts: { sight, ordering, limit, offset } }: Selection<ObjectLiteral>, shape: Shape): boolean {
  if (!readSight(sight, shape)) return false
  shape.add(ordering?.length ?? 'default')
  for (const { property, direction } of ordering ?? []) {
    shape.add(property)
    shape.add(direction)
  }
  addCut(limit, offset, shape)
  return true
}

function written({ form, selection, lock = '' }: EntityRead, slots: Slots | undefined): ToWrite {
  const { sight, limit, offset } = selection.parts
  const seen = slots ? selection.seeing(slottedSight(sight, slots)) : selection
  const builder = seen.queryBuilder()
  if (slots) builder.bindings = new Map()
  form.layout.select(builder)
  const single = limit === 1
  if (offset === 0) return { builder, wrap: (sql) => sql + lock, single }
  builder.skip(undefined).take(undefined).limit(limit)
  const slot = slots?.take()
  builder.setParameter('read_offset', offset)
  if (slot) builder.bindings?.set('read_offset', { operand: slot })
  return { builder, wrap: (sql) => `${sql} OFFSET :read_offset${lock}`, single }
}
