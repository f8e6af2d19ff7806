import { contextVariable } from '../helpers/context-variable.js'
import { tracedTask } from '../helpers/trace-context.js'
import type { AnyClass } from '../metadata/fact-kind.js'
import type { EntityRow } from '../orm/entity-row.js'
import type { ScopedRepository } from '../orm/model-repository.js'
import type { Exchange } from './exchange.js'
import { dataSourceOf, type PipelineHost } from './host.js'

/** The exchange that is being answered, and the application that answers it. */
export interface Running {
  readonly exchange: Exchange
  readonly host: PipelineHost
}

/** Follows the asynchronous calls of a pipeline. */
const runningExchange = contextVariable<Running>('request')

/** Says for the rest of the running context which exchange is being answered. */
export function enter(exchange: Exchange, host: PipelineHost): void {
  runningExchange.set({ exchange, host })
  tracedTask.set(exchange)
}

/**
 * The exchange that is being answered.
 * @throws {Error} outside of a request, where there is no application to ask.
 */
export function running(): Running {
  const current = runningExchange.peek()
  if (!current) throw new Error('This member of a viewset can be used only while a request is being answered.')
  return current
}

/** The repository of an entity in the application that answers. What types know only of one entity is left out. */
export function runningRepository<E extends EntityRow>(entity: AnyClass<E>): ScopedRepository<E> {
  return dataSourceOf(running().host).getRepository(entity) as unknown as ScopedRepository<E>
}
