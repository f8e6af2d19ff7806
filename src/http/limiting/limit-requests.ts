import type { Mistakes } from '../../errors/definition-error.js'
import { type Awaitable, andThen } from '../../helpers/awaitable.js'
import { costOf } from '../../rate-limit/limit-calls.js'
import type { DeclaredLimit } from '../../rate-limit/rate-limit-fact.js'
import { refusalOf } from '../../rate-limit/rate-limiter.js'
import type { ActionModel } from '../action-model.js'
import type { Exchange } from '../exchange.js'
import type { PipelineHost } from '../host.js'
import type { Run } from '../step.js'
import { compileCaller, isKnownAtOnce } from './caller-of.js'
import { policyHeader, tellRest } from './limit-headers.js'

/** Where the limits of an action are counted. */
export interface LimitRuns {
  /** Before it is asked who makes the request, so that guessing who one could be is limited too. */
  readonly early: Run | undefined
  /** As soon as it is known who makes the request. */
  readonly late: Run | undefined
}

const unlimited: LimitRuns = Object.freeze({ early: undefined, late: undefined })

/** Compiles the limits of an action. */
export function limitRequests({ rateLimits: limits = [] }: ActionModel, host: PipelineHost): LimitRuns {
  if (limits.length === 0) return unlimited
  const policy = policyHeader(limits)
  const runOf = (some: readonly DeclaredLimit[]): Run | undefined => {
    const counts = some.map((limit) => compileCount(limit, policy, host))
    return counts.length === 0 ? undefined : (exchange) => countEach(counts, exchange, 0)
  }
  const early = limits.filter((limit) => isKnownAtOnce(limit, host))
  return { early: runOf(early), late: runOf(limits.filter((limit) => !early.includes(limit))) }
}

type Count = (exchange: Exchange) => Awaitable<void>

function compileCount(limit: DeclaredLimit, policy: string, host: PipelineHost): Count {
  const callerOf = compileCaller(limit, host)
  return (exchange) => {
    const cost = costOf(limit, [exchange])
    if (cost === 0) return undefined
    return andThen(host.rateLimiter.consume(limit, callerOf(exchange), cost), (consumption) => {
      if (!consumption) return
      tellRest(exchange.response, policy, limit, consumption)
      if (!consumption.allowed) throw refusalOf(limit, consumption)
    })
  }
}

/** Counts one after another, until one refuses. */
function countEach(counts: readonly Count[], exchange: Exchange, from: number): void | Promise<void> {
  for (let index = from; index < counts.length; index++) {
    const counting = counts[index]!(exchange)
    if (counting instanceof Promise) return counting.then(() => countEach(counts, exchange, index + 1))
  }
}

/** Adds the limits of an action that count users where an application knows none. */
export function verifyLimits(
  { viewSet, name, rateLimits: limits = [] }: ActionModel,
  host: PipelineHost,
  mistakes: Mistakes,
): void {
  if (host.authenticate) return
  for (const { key, place } of limits.filter(({ per }) => per === 'user')) {
    mistakes.add({
      code: 'E_RATE_LIMIT',
      subject: `${viewSet.name}.${name}`,
      problem: `its limit "${key}" is said to be for each user, but the application never knows any.`,
      places: [`@RateLimit at ${place}`],
      remedy: "Give the application `authenticate`, or write per: 'client'.",
    })
  }
}
