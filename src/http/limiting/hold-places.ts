import { type Awaitable, andThen } from '../../helpers/awaitable.js'
import type { DeclaredConcurrency } from '../../rate-limit/concurrency-fact.js'
import { concurrencyRefusalOf } from '../../rate-limit/limit-refusals.js'
import type { Exchange } from '../exchange.js'
import type { PipelineHost } from '../host.js'
import { whenOver } from '../when-over.js'
import { compileCaller } from './caller-of.js'
import { tellPlaces } from './limit-headers.js'

/** Compiles what lets a request in where fewer than the limit are being answered. */
export function compileEntry(
  limit: DeclaredConcurrency,
  policy: string,
  host: PipelineHost,
): (exchange: Exchange) => Awaitable<void> {
  const callerOf = compileCaller(limit, host)
  return (exchange) =>
    andThen(host.rateLimiter.enter(limit, callerOf(exchange)), (place) => {
      if (place.entered) exchange.places = [...(exchange.places ?? []), place]
      if (place.remaining !== undefined) tellPlaces(exchange.response, policy, limit, place.remaining)
      if (!place.entered) throw concurrencyRefusalOf(limit)
    })
}

/**
 * Gives the places of a request away, once its answer is sent or nobody waits for it any more. To be called when its work is done:
 * work goes on that nobody waits for, and whoever leaves early must not begin more of it.
 */
export function leavePlaces({ places, request, response }: Exchange): void {
  if (!places) return
  const leave = (): void => {
    for (const place of places) place.leave()
  }
  if (response.closed || request.socket.destroyed) leave()
  else whenOver(request, response, leave)
}
