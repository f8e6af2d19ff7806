import type { IncomingMessage } from 'node:http'
import { quickUuid } from '../helpers/random-uuid.js'

const wellFormed = /^[\w.-]{1,64}$/

/** The id of a request: what the client sent as `X-Request-Id` where that is well-formed, else a new UUID. */
export function requestIdOf({ headers }: IncomingMessage): string {
  const sent = headers['x-request-id']
  return typeof sent === 'string' && wellFormed.test(sent) ? sent : quickUuid()
}
