import createRouter, { type HTTPMethod } from 'find-my-way'
import { whenAsked } from '../helpers/when-asked.js'
import type { Route, RouteHandler, RouteParameters } from './route.js'

/** A route that took a path. */
export interface FoundRoute {
  readonly handle: RouteHandler
  readonly parameters: RouteParameters
}

/** What the routes of a branch are parted into by one segment. */
interface Parts {
  readonly literal: ReadonlyMap<string, RouteBranch>
  /** Routes that end here, or go on with a parameter. */
  readonly rest: RouteBranch
}

/** How many routes are left together: what the first request to one of them waits for is a router of so many. */
const few = 16

/**
 * The routes below some segments of a path. Making a router of thousands of routes takes longer than the rest of a start,
 * so routes are parted by their segments, each part when it is first asked for, and the few that are left get a router then.
 */
export class RouteBranch {
  readonly #routes: readonly Route[]
  readonly #parts: () => Parts | undefined
  #router: ReturnType<typeof createRouter> | undefined

  constructor(routes: readonly Route[], depth = 1) {
    this.#routes = routes
    this.#parts = whenAsked(() => (routes.length <= few ? undefined : partsOf(routes, depth)))
  }

  /** @param from where the segment of the path begins that tells the next branch. */
  find(method: HTTPMethod, path: string, from = 1): FoundRoute | undefined {
    const parts = this.#parts()
    if (!parts) return this.#found(method, path)
    const end = endOfSegment(path, from)
    const below = parts.literal.get(decoded(path.slice(from, end)))
    return below?.find(method, path, end + 1) ?? parts.rest.find(method, path, end + 1)
  }

  #found(method: HTTPMethod, path: string): FoundRoute | undefined {
    this.#router ??= routerOf(this.#routes)
    const found = this.#router.find(method, path)
    if (!found) return undefined
    const { store, params } = found
    // A parameter stands for a segment, so that `/articles//` is no article.
    for (const name in params) if (params[name] === '') return undefined
    return { handle: store as RouteHandler, parameters: params }
  }
}

/** Undefined where no route goes on, so that its segments tell them apart no further. */
function partsOf(routes: readonly Route[], depth: number): Parts | undefined {
  const parted = routes.map((route) => ({ route, segments: route.path.split('/') }))
  if (parted.every(({ segments }) => segments.length <= depth)) return undefined
  const literal = new Map<string, Route[]>()
  const rest: Route[] = []
  for (const { route, segments } of parted) {
    const segment = segments[depth] ?? ''
    const alike = segment === '' || segment.startsWith(':') ? rest : (literal.get(segment) ?? [])
    if (alike !== rest) literal.set(segment, alike)
    alike.push(route)
  }
  return {
    literal: new Map([...literal].map(([segment, below]) => [segment, new RouteBranch(below, depth + 1)])),
    rest: new RouteBranch(rest, depth + 1),
  }
}

function routerOf(routes: readonly Route[]): ReturnType<typeof createRouter> {
  // The length of addresses is limited as a whole.
  const router = createRouter({ ignoreTrailingSlash: true, maxParamLength: Number.POSITIVE_INFINITY })
  for (const { method, path, handle } of routes) router.on(method as HTTPMethod, path, () => {}, handle)
  return router
}

/** Routers end a path at a `#`, too. */
function endOfSegment(path: string, from: number): number {
  for (let index = from; index < path.length; index += 1) {
    const character = path[index]
    if (character === '/' || character === '#') return index
  }
  return path.length
}

/** A segment as routes are written; what is no percent-encoding is written nowhere. */
function decoded(segment: string): string {
  if (!segment.includes('%')) return segment
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
