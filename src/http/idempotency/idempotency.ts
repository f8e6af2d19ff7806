import { createHash } from 'node:crypto'
import { UnauthenticatedError } from '../../errors/exceptions.js'
import { partitionOf } from '../../orm/counters.js'
import type { ActionModel } from '../action-model.js'
import type { Exchange } from '../exchange.js'
import type { CompiledModel } from '../pipeline/compiled-model.js'
import type { IdempotencyMode } from './idempotency-key.js'

/** How an application keeps the keys of requests. */
export interface IdempotencyOptions {
  /** How long a key is remembered, in seconds; a day unless told. */
  readonly lifetime?: number
  /**
   * Whose keys those of a request are, e.g. by a session of callers who are not signed in; the user's id unless told.
   * Where it gives nothing, a request with a key is refused (401).
   */
  readonly owner?: (exchange: Exchange) => string | undefined
}

/** A day. */
export const defaultLifetime = 86_400

/** Whether callers may, must or cannot give an action a key: what it says itself, or its viewset of actions by POST. */
export function idempotencyOf({ idempotency, method, model }: ActionModel): IdempotencyMode {
  return idempotency ?? (method === 'post' ? model?.idempotency : undefined) ?? 'off'
}

/**
 * The key under which a request is kept: the same text of another tenant, user or action is another key.
 * @throws {UnauthenticatedError} where nobody knows whose it is.
 */
export function keptKey(
  exchange: Exchange,
  key: string,
  model: CompiledModel | undefined,
  { owner = ({ user }) => user?.id }: IdempotencyOptions = {},
): string {
  const whose = owner(exchange)
  if (whose === undefined) throw new UnauthenticatedError('Sign in to send an Idempotency-Key.')
  const { method, route } = exchange.action
  return digestOf(JSON.stringify([model ? partitionOf(model.entity) : '', whose, method, route, key]))
}

/** What a repeated request must have in common with the first. */
export function fingerprintOf({ path, queryString, contentType, bodyBytes }: Fingerprinted): string {
  return digestOf(JSON.stringify([path, queryString, contentType ?? '']), bodyBytes)
}

interface Fingerprinted {
  readonly path: string
  readonly queryString: string

  readonly contentType: string | undefined
  readonly bodyBytes: Uint8Array | undefined
}

function digestOf(text: string, bytes: Uint8Array = new Uint8Array()): string {
  return createHash('sha256').update(text, 'utf8').update(bytes).digest('hex')
}
