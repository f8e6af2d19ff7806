import { NotFoundError } from '../../errors/exceptions.js'
import { type Awaitable, andThen } from '../../helpers/awaitable.js'
import type { AnyClass } from '../../metadata/fact-kind.js'
import type { Predicate } from '../../model/predicate.js'
import type { Id } from '../../model/verb.js'
import type { EntityRow } from '../../orm/entity-row.js'
import { narrowedBy } from '../../orm/narrowed-rows.js'
import { asksOnlyItself } from '../../orm/own-rows.js'
import { firstEntityOf, firstLockedOf } from '../../orm/reads/read-entities.js'
import { canRead, isWhole, readFirst, readSeen } from '../../orm/reads/read-list.js'
import type { TextForm } from '../../orm/reads/row-form.js'
import type { Selection } from '../../orm/selection.js'
import { takesTurns } from '../../orm/unit-of-work/takes-turns.js'
import { lockByKeys } from '../../orm/writes/lock-by-keys.js'
import type { ActionModel } from '../action-model.js'
import type { Exchange } from '../exchange.js'
import type { PipelineHost } from '../host.js'
import { type FoundRow, rowFinder } from '../lookup/find-row.js'
import { noteMoved } from '../lookup/redirect.js'
import { isPlainHook } from '../mixins/plain-hooks.js'
import type { ViewSetClass } from '../mixins/viewset-class.js'
import type { ActionReading } from '../reading/action-reading.js'
import { conditionOf } from '../row-where.js'
import { runningRepository } from '../running.js'
import type { Run } from '../step.js'
import { lookingOf } from '../verbs/seen-rows.js'
import type { CompiledModel } from './compiled-model.js'
import { lockingAhead } from './lock-ahead.js'
import { mergesJson } from './merge-json.js'
import { judgesFields } from './permit-fields.js'

/** Loads the row of the route under the caller's scope. */
export function load(
  action: ActionModel,
  host: PipelineHost,
  model: CompiledModel | undefined,
  reading?: ActionReading,
): Run | undefined {
  const { viewSet, entity, verb } = action
  if (!entity) return undefined
  const looking = lookingOf(action, model)
  const finder = rowFinder(action, host, model)
  const rowsFor = (exchange: Exchange) => {
    const target = host.instances.get(viewSet, exchange.request) as InstanceType<ViewSetClass>
    return looking(target.select(exchange))
  }
  const namedFor = (exchange: Exchange) => finder.named(rowsFor(exchange), textOf(exchange), exchange)
  const findMoved = async (exchange: Exchange): Promise<FoundRow | undefined> =>
    finder.moved?.(rowsFor(exchange), textOf(exchange), exchange)
  const find = (exchange: Exchange): Awaitable<FoundRow | undefined> => {
    const named = namedFor(exchange)
    return andThen(named && firstEntityOf(named), (row) => (row ? { row } : findMoved(exchange)))
  }
  // What is removed cannot be looked at afterwards: that it is still in the view must be true until then.
  const isRemoved = verb !== undefined && model?.entity.verbs[verb]?.hard === true
  const [merges, judges] = [mergesJson(action, model), judgesFields(action, model)]
  const mustStay = isNotAskedAgain(action)
  // A rule about the row must be true of it until it is written, and what is merged is merged into what is stored then.
  const isLocked = (exchange: Exchange): boolean =>
    isRemoved || (action.writes && (mustStay || exchange.rowTest !== undefined || merges(exchange) || judges(exchange)))
  const takeLocks = lockingAhead(action, entity, model)
  const read = reading?.way.by === 'text' ? textLoader(reading, namedFor) : undefined
  const findLocked = async (exchange: Exchange): Promise<FoundRow | undefined> => {
    const named = finder.byKey ? namedFor(exchange) : undefined
    await takeLocks(exchange)
    // Of another property than the key an engine may lock every row that it looks at.
    const locked = named && asksOnlyItself(named) ? firstLockedOf(named) : undefined
    if (locked) {
      const row = await locked
      return row ? { row } : undefined
    }
    const found = await find(exchange)
    return found && (await lockRow(entity, found.row)) ? find(exchange) : found
  }
  const loadEntity = (exchange: Exchange): Awaitable<void> =>
    andThen((isLocked(exchange) ? findLocked : find)(exchange), (found) => take(exchange, found))
  if (!read) return loadEntity
  return (exchange) =>
    andThen<ReadOutcome, void>(read(exchange), (outcome) => {
      if (outcome === 'entity') return loadEntity(exchange)
      return outcome === 'none' ? findMoved(exchange).then((found) => take(exchange, found)) : undefined
    })
}

/**
 * Whether nothing asks again, when a row is written, if the caller still sees it: statements of the repository name the scope,
 * but neither what a `select` of one's own says, nor does a service know of it.
 */
function isNotAskedAgain({ viewSet, model }: ActionModel): boolean {
  const { select } = viewSet.prototype as { readonly select?: object }
  const isOwn = select !== undefined && !isPlainHook(select)
  return isOwn || (model?.scope !== undefined && model.service !== undefined)
}

/** Whether a row was read as text, there is none, or it must be loaded as an entity. */
type ReadOutcome = 'read' | 'none' | 'entity'

/** What names the row in the route of an exchange. */
const textOf = ({ params }: Exchange): string => params['id'] ?? ''

/** @throws {NotFoundError} where none was found. */
function take(exchange: Exchange, found: FoundRow | undefined): void {
  if (!found) throw new NotFoundError('There is no such row.')
  exchange.row = found.row
  if (found.movedTo !== undefined) noteMoved(exchange, 'id', found.movedTo)
}

type NamedFor = (exchange: Exchange) => Selection<EntityRow> | undefined

/** Loads the row as text, with its entity where the permission must see it before it is sent. */
function textLoader(reading: ActionReading, namedFor: NamedFor) {
  const readBy = <F extends TextForm, R extends object>(
    form: F | undefined,
    exchange: Exchange,
    rowsNamed: NamedFor,
    read: (form: F, rows: Selection<EntityRow>, call: object) => Awaitable<R | undefined>,
  ): Awaitable<ReadOutcome> => {
    if (!form) return 'entity'
    const rows = rowsNamed(exchange)
    if (!rows) return 'none'
    if (!canRead(form, rows) || !isWhole(rows)) return 'entity'
    return andThen<R | undefined, ReadOutcome>(read(form, rows, exchange), (row) => {
      if (row) exchange.row = row
      return row ? 'read' : 'none'
    })
  }
  const plainly = (exchange: Exchange, named: NamedFor = namedFor) =>
    andThen(reading.form(exchange), (form) => readBy(form, exchange, named, readFirst))
  const seeing = (exchange: Exchange) =>
    andThen(reading.seen(exchange), (form) => readBy(form, exchange, namedFor, readSeen))
  /** Finds the row under the condition of a rule; one that is not found may be there, and is looked at then. */
  const underCondition = (exchange: Exchange, condition: Predicate): Awaitable<ReadOutcome> => {
    const named = namedFor(exchange)
    const allowed = named && narrowedBy(named, condition)
    if (!allowed) return seeing(exchange)
    return andThen<ReadOutcome, ReadOutcome>(
      plainly(exchange, () => allowed),
      (outcome) => {
        if (outcome !== 'read') return seeing(exchange)
        exchange.rowAllowed = true
        return outcome
      },
    )
  }
  return (exchange: Exchange): Awaitable<ReadOutcome> => {
    if (!exchange.rowTest) return plainly(exchange)
    const condition = conditionOf(exchange.rowTest)
    return condition ? underCondition(exchange, condition) : seeing(exchange)
  }
}

/** Locks a row until the unit of work ends; false where nobody else can write meanwhile. */
async function lockRow(entity: AnyClass, row: EntityRow): Promise<boolean> {
  const repository = runningRepository(entity as AnyClass<EntityRow>)
  if (takesTurns(repository.manager.dataSource)) return false
  const [key] = repository.metadata.primaryColumns
  await lockByKeys(repository, [key!.getEntityValue(row) as Id])
  return true
}
