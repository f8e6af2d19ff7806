import { randomUUID } from 'node:crypto'
import type { Step } from '../step.js'

const wellFormed = /^[\w.-]{1,64}$/

/** Gives the request its id: the client's, where it sent a well-formed one. */
export const identify: Step = {
  name: 'identify',
  for: () => (exchange) => {
    const given = exchange.header('x-request-id')
    exchange.id = given !== undefined && wellFormed.test(given) ? given : randomUUID()
  },
}
