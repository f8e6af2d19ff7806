import { type ClientIpOptions, getClientIp } from '../../helpers/client-ip.js'
import { excerptOf } from '../../logging/excerpt.js'
import type { LogFields, Logger } from '../../logging/logger.js'
import type { Exchange } from '../exchange.js'
import { whenOver } from '../when-over.js'
import type { LogFact } from './log-fact.js'

/** What logging a request needs of its application. */
export interface LogParts {
  readonly logger: Logger
  readonly clientIp?: ClientIpOptions
}

/**
 * Writes one record when the answer of a request has been sent, or its caller has left. The route stands in it rather than the
 * address, which may hold secrets.
 */
export function logRequest(exchange: Exchange, fact: LogFact, { logger, clientIp }: LogParts): void {
  const { request, response } = exchange
  const begun = performance.now()
  // Once its connection is closed nobody knows it any more.
  const client = getClientIp(request, clientIp)
  whenOver(request, response, () => {
    const complete = response.writableFinished
    const { action, method } = exchange
    const record: LogFields = {
      ...exchange.logFields(),
      method,
      route: action.route,
      action: `${action.viewSet.name}.${action.name}`,
      ...(response.headersSent && { status: response.statusCode }),
      ...(!complete && { aborted: true }),
      durationMs: Math.round((performance.now() - begun) * 10) / 10,
      ...(client !== undefined && { client }),
      ...shown(exchange, fact),
    }
    logger[response.headersSent && response.statusCode >= 500 ? 'error' : 'info']('request', record)
  })
}

function shown({ request, body }: Exchange, { includeHeaders, includeBody, bounds }: LogFact): LogFields {
  return {
    ...(includeHeaders === true && { headers: excerptOf(request.headers, bounds) }),
    ...(includeBody === true && body !== undefined && { body: excerptOf(body, bounds) }),
  }
}
