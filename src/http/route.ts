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

/** Orders paths so that literal segments come before parameters: `/articles/trash` is tried before `/articles/:id`. */
export function literalFirst(a: Pick<Route, 'path'>, b: Pick<Route, 'path'>): number {
  const left = a.path.split('/')
  const right = b.path.split('/')
  for (const [index, segment] of left.entries()) {
    const difference = Number(segment.startsWith(':')) - Number(right[index]?.startsWith(':') ?? false)
    if (difference !== 0) return difference
  }
  return 0
}

/** A route behind the prefix of an application; the route `/` is the prefix itself. */
export function joinPrefix(prefix: string, route: string): string {
  return prefix !== '' && route === '/' ? prefix : prefix + route
}

/** A path without the names of its parameters: two routes of one shape take the same addresses. */
export function shapeOfPath(path: string): string {
  return path.replace(/:[^/]+/g, ':')
}
