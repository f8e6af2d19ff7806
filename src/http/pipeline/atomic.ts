import { type Failure, isFailure } from '../../errors/failure.js'
import type { PipelineHost } from '../host.js'
import type { Run } from '../step.js'
import { runSteps } from './run-steps.js'

const refused: Failure = Object.freeze({ success: false, error: 'The exchange was refused.', errorCode: 'REFUSED' })

/** Runs steps in one unit of work. A failure that is returned rolls it back as one that is thrown does. */
export function atomic(runs: readonly Run[], { dataSource }: PipelineHost): Run {
  if (!dataSource) return (exchange) => runSteps(runs, exchange)
  return async (exchange) => {
    await dataSource.atomic(async () => {
      await runSteps(runs, exchange)
      if (isFailure(exchange.outcome)) return exchange.outcome
      return (exchange.reply?.status ?? 0) >= 400 ? refused : undefined
    })
  }
}
