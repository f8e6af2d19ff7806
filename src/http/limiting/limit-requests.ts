import { type Awaitable, andThen } from '../../helpers/awaitable.js'
import type { DeclaredConcurrency } from '../../rate-limit/concurrency-fact.js'
import { costOf } from '../../rate-limit/limit-calls.js'
import { refusalOf } from '../../rate-limit/limit-refusals.js'
import type { DeclaredLimit } from '../../rate-limit/rate-limit-fact.js'
import type { ActionModel } from '../action-model.js'
import type { Exchange } from '../exchange.js'
import type { PipelineHost } from '../host.js'
import type { Run } from '../step.js'
import { compileCaller, isKnownAtOnce } from './caller-of.js'
import { compileEntry } from './hold-places.js'
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
export function limitRequests(
  { rateLimits: limits = [], concurrencyLimits: places = [] }: ActionModel,
  host: PipelineHost,
): LimitRuns {
  if (limits.length === 0 && places.length === 0) return unlimited
  // Callers are told nothing of what is only tried.
  const policy = policyHeader(limits.filter(isKept), places.filter(isKept))
  const runOf = (atOnce: boolean): Run | undefined => {
    const isNow = (limit: Pick<DeclaredLimit, 'per'>): boolean => isKnownAtOnce(limit, host) === atOnce
    // What is refused for being too often must not have kept others out.
    const counts = [
      ...limits.filter(isNow).map((limit) => compileCount(limit, policy, host)),
      ...places.filter(isNow).map((limit) => trying(limit, compileEntry(limit, policy, host), host)),
    ]
    return counts.length === 0 ? undefined : (exchange) => countEach(counts, exchange, 0)
  }
  return { early: runOf(true), late: runOf(false) }
}

const isKept = ({ shadow = false }: { readonly shadow?: boolean }): boolean => !shadow

type Count = (exchange: Exchange) => Awaitable<void>

/** Nothing of a limit that is only tried may refuse anything, not even a mistake in its functions. */
function trying(limit: DeclaredLimit | DeclaredConcurrency, count: Count, { rateLimiter }: PipelineHost): Count {
  return limit.shadow ? (exchange) => rateLimiter.attempt(limit, () => count(exchange)) : count
}

function compileCount(limit: DeclaredLimit, policy: string, host: PipelineHost): Count {
  const callerOf = compileCaller(limit, host)
  const count: Count = (exchange) => {
    const cost = costOf(limit, [exchange])
    if (cost === 0) return undefined
    return andThen(host.rateLimiter.consume(limit, callerOf(exchange), cost), (consumption) => {
      if (!consumption) return
      tellRest(exchange.response, policy, limit, consumption)
      if (!consumption.allowed) throw refusalOf(limit, consumption)
    })
  }
  return trying(limit, count, host)
}

/** Counts one after another, until one refuses. */
function countEach(counts: readonly Count[], exchange: Exchange, from: number): void | Promise<void> {
  for (let index = from; index < counts.length; index++) {
    const counting = counts[index]!(exchange)
    if (counting instanceof Promise) return counting.then(() => countEach(counts, exchange, index + 1))
  }
}
