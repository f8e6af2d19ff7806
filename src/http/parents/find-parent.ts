import { NotFoundError } from '../../errors/exceptions.js'
import { UsageError } from '../../errors/usage-error.js'
import type { EntityRow } from '../../orm/entity-row.js'
import { firstEntityOf } from '../../orm/reads/read-entities.js'
import type { Exchange } from '../exchange.js'
import type { PipelineHost } from '../host.js'
import { finderOf } from '../lookup/find-row.js'
import { hasMoved, noteMoved } from '../lookup/redirect.js'
import { permitFound } from '../pipeline/permit.js'
import { runningRepository } from '../running.js'
import type { Run } from '../step.js'
import type { LoneWrite } from '../writing/lone-write.js'
import type { CompiledParent } from './compiled-parent.js'

/**
 * Finds the row above, which the route names, and says by it what the rows of the exchange have in common.
 * @throws {NotFoundError} where there is none that is shown.
 * @throws {PermissionDeniedError} where the caller may not see it.
 */
export function findParent(parent: CompiledParent, host: PipelineHost): Run {
  const { entity, parameter, permission, key, referred } = parent
  const finder = finderOf(parent, host, () => ({}))
  return async (exchange) => {
    const rows = runningRepository<EntityRow>(entity.entity).select()
    const text = exchange.params[parameter] ?? ''
    const named = finder.named(rows, text, exchange)
    const row = named && (await firstEntityOf(named))
    const found = row ? { row } : await finder.moved?.(rows, text, exchange)
    if (!found) throw new NotFoundError('The row that these belong to is not there.')
    if (permission) await permitFound(permission, exchange, found.row)
    exchange.parent = { [key]: (found.row as Readonly<Record<string, unknown>>)[referred] }
    if (found.movedTo !== undefined) noteMoved(exchange, parameter, found.movedTo)
  }
}

/**
 * What the rows of an exchange have in common because of the row above.
 * @throws {UsageError} `E_PARENT_NOT_FOUND` outside of an action of their viewset.
 */
export function parentValues(call: object): Readonly<Record<string, unknown>> {
  const { parent } = call as Partial<Exchange>
  if (parent) return parent
  throw new UsageError(
    'E_PARENT_NOT_FOUND',
    'Rows under a row of a route can be asked for only once that is found, by an action of their viewset.',
  )
}

/** Finds the row above before something is written by one statement. */
export function underParent(
  write: LoneWrite | undefined,
  parent: CompiledParent | undefined,
  host: PipelineHost,
): LoneWrite | undefined {
  if (!write || !parent) return write
  const find = findParent(parent, host)
  return async (exchange) => {
    // What was kept for a key is answered whatever has become of the row above.
    if (exchange.idempotencyKey !== undefined) return false
    await find(exchange)
    return !hasMoved(exchange) && write(exchange)
  }
}
