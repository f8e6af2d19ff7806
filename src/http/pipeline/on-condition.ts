import { ConflictError } from '../../errors/exceptions.js'
import { isFailure } from '../../errors/failure.js'
import type { EntityRow } from '../../orm/entity-row.js'
import { asAppException } from '../../orm/errors/as-app-exception.js'
import { RowExpectation } from '../../orm/writes/row-expectation.js'
import type { ActionModel } from '../action-model.js'
import { decisiveHeader, dependsOnState, failed } from '../conditional/evaluate.js'
import type { Preconditions } from '../conditional/preconditions.js'
import type { Exchange } from '../exchange.js'
import { dataSourceOf, type PipelineHost } from '../host.js'
import type { Run } from '../step.js'
import type { CompiledModel } from './compiled-model.js'

/** What an action that writes may be told before it runs. */
interface Conditional {
  readonly run: Run
  readonly model: CompiledModel | undefined
  readonly host: PipelineHost
}

/**
 * Runs an action that writes on the conditions of the request. What the row must be like is not only compared with the
 * row that was read: it is part of the statement that writes it, so of several who race one wins.
 */
export function onCondition(
  run: Run,
  { writes, input }: ActionModel,
  model: CompiledModel | undefined,
  host: PipelineHost,
): Run {
  if (!writes) return run
  const conditional = { run, model, host }
  return (exchange) => {
    const { preconditions } = exchange
    if (!preconditions) return run(exchange)
    const depends = dependsOnState(preconditions, exchange.row as object | undefined, model?.validators)
    if (depends && model) return runExpecting(exchange, preconditions, conditional)
    if (input === 'create' && preconditions.ifNoneMatch === '*' && model) return runUnlessThere(exchange, conditional)
    return run(exchange)
  }
}

/** Runs an action on a row that must be as it was read when it is written. */
async function runExpecting(exchange: Exchange, conditions: Preconditions, conditional: Conditional): Promise<void> {
  const { run, host } = conditional
  const { description, validators } = conditional.model!
  const row = exchange.row as EntityRow
  const expectation = new RowExpectation(dataSourceOf(host), description.entity, row, validators.expectedOf(row))
  const isLost = (error: unknown) => codeOf(error) === 'STALE' && expectation.isLost
  try {
    await expectation.run(async () => {
      await run(exchange)
      return exchange.outcome
    })
  } catch (error) {
    throw isLost(error) ? failed(decisiveHeader(conditions), error) : error
  }
  if (isLost(exchange.outcome)) throw failed(decisiveHeader(conditions))
}

/** Runs an action that makes a row whose key the caller has chosen; that there is none yet is the database's word. */
async function runUnlessThere(exchange: Exchange, { run, host }: Conditional): Promise<void> {
  try {
    await run(exchange)
  } catch (error) {
    throw isTaken(asAppException(error, dataSourceOf(host))) ? failed('If-None-Match', error) : error
  }
  if (isTaken(exchange.outcome)) throw failed('If-None-Match')
}

/** Whether a row has the primary key that another was to be given. */
function isTaken(result: unknown): boolean {
  return codeOf(result) === 'DUPLICATE_ID'
}

function codeOf(result: unknown): string | undefined {
  return result instanceof ConflictError || isFailure(result) ? result.errorCode : undefined
}
