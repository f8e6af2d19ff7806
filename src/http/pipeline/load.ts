import { NotFoundError } from '../../errors/exceptions.js'
import type { AnyClass } from '../../metadata/fact-kind.js'
import type { Id } from '../../model/verb.js'
import type { EntityRow } from '../../orm/entity-row.js'
import { lockByKeys } from '../../orm/writes/lock-by-keys.js'
import type { ActionModel } from '../action-model.js'
import type { Exchange } from '../exchange.js'
import type { PipelineHost } from '../host.js'
import { rowFinder } from '../lookup/find-row.js'
import { noteMoved } from '../lookup/redirect.js'
import type { ViewSetClass } from '../mixins/viewset-class.js'
import { runningRepository } from '../running.js'
import type { Run } from '../step.js'
import { lookingOf } from '../verbs/seen-rows.js'
import type { CompiledModel } from './compiled-model.js'

/** Loads the row of the route under the caller's scope. */
export function load(action: ActionModel, host: PipelineHost, model: CompiledModel | undefined): Run | undefined {
  const { viewSet, entity, verb } = action
  if (!entity) return undefined
  const looking = lookingOf(action, model)
  const finder = rowFinder(action, host, model)
  const find = (exchange: Exchange) => {
    const target = host.instances.get(viewSet, exchange.request) as InstanceType<ViewSetClass>
    return finder(looking(target.select(exchange)), exchange.params['id'] ?? '', exchange)
  }
  // What is removed cannot be looked at afterwards: that it is still in the view must be true until then.
  const isLocked = verb !== undefined && model?.entity.verbs[verb]?.hard === true
  return async (exchange) => {
    let found = await find(exchange)
    if (found && isLocked) {
      await lockRow(entity, found.row)
      found = await find(exchange)
    }
    if (!found) throw new NotFoundError('There is no such row.')
    exchange.row = found.row
    if (found.movedTo !== undefined) noteMoved(exchange, found.movedTo)
  }
}

async function lockRow(entity: AnyClass, row: EntityRow): Promise<void> {
  const repository = runningRepository(entity as AnyClass<EntityRow>)
  const [key] = repository.metadata.primaryColumns
  await lockByKeys(repository, [key!.getEntityValue(row) as Id])
}
