import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RequestTarget } from './request-target.js'

/** The decoded parameters of a route. */
export type RouteParameters = Readonly<Record<string, string | undefined>>

/** Answers one request; never throws or rejects. A driver that has read the address tells its parts. */
export type RouteHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  parameters: RouteParameters,
  target?: RequestTarget,
) => void | Promise<void>

/** One method on one path, and what answers it. */
export interface Route {
  /** In upper case, as in `GET`. */
  readonly method: string
  /** The whole path, in which a segment is either text or a `:parameter`. */
  readonly path: string
  readonly handle: RouteHandler
}

/**
 * Orders what has paths so that literal segments come before parameters: `/articles/trash` is tried before
 * `/articles/:id`. What is alike in that keeps its order.
 */
export function literalFirst<R>(all: readonly R[], pathOf: (one: R) => string): readonly R[] {
  const byShape = new Map<string, R[]>()
  for (const one of all) {
    const shape = parametersIn(pathOf(one))
    const alike = byShape.get(shape)
    if (alike) alike.push(one)
    else byShape.set(shape, [one])
  }
  return [...byShape.keys()].sort().flatMap((shape) => byShape.get(shape) ?? [])
}

/** Which segments of a path are parameters, as digits up to the last of them: `01` for `/articles/:id/words`. */
function parametersIn(path: string): string {
  let digits = ''
  let literals = ''
  for (let slash = 0; slash >= 0; slash = path.indexOf('/', slash + 1)) {
    if (path[slash + 1] !== ':') literals += '0'
    else {
      digits += `${literals}1`
      literals = ''
    }
  }
  return digits
}

/** A route behind the prefix of an application; the route `/` is the prefix itself. */
export function joinPrefix(prefix: string, route: string): string {
  return prefix !== '' && route === '/' ? prefix : prefix + route
}

/** A path without the names of its parameters: two routes of one shape take the same addresses. */
export function shapeOfPath(path: string): string {
  return path.replace(/:[^/]+/g, ':')
}
