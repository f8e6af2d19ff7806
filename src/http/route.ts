import type { IncomingMessage, ServerResponse } from 'node:http'

/** The decoded parameters of a route. */
export type RouteParameters = Readonly<Record<string, string | undefined>>

/** Answers one request; never throws or rejects. */
export type RouteHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  parameters: RouteParameters,
) => void | Promise<void>

/** One method on one path, and what answers it. */
export interface Route {
  /** In upper case, as in `GET`. */
  readonly method: string
  /** The whole path, in which a segment is either text or a `:parameter`. */
  readonly path: string
  readonly handle: RouteHandler
}
