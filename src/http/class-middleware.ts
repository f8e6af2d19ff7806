import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Constructor } from './action-model.js'
import type { ErrorMiddleware, Middleware, Next } from './driver.js'
import type { InterceptorEntry, UseEntry } from './emission/native-facts.js'
import type { Instances } from './instances.js'

/** The middlewares of an action, class and function alike, in the order in which they run. */
export interface ActionMiddlewares {
  readonly before: readonly Middleware[]
  readonly after: readonly Middleware[]
  readonly onError: readonly ErrorMiddleware[]
}

type MiddlewareClass = Constructor<{ use: Middleware; error: ErrorMiddleware }>
type InterceptorClass = Constructor<{ intercept: (action: { readonly request: object }, content: unknown) => unknown }>

const noMiddlewares: ActionMiddlewares = Object.freeze({ before: [], after: [], onError: [] })

/** The middlewares that `@UseBefore` and `@UseAfter` name, instances of classes being the application's own. */
export function middlewaresOf(uses: readonly UseEntry[], instances: Instances): ActionMiddlewares {
  if (uses.length === 0) return noMiddlewares
  const plain = uses.filter((use) => !isForErrors(use))
  return {
    before: plain.filter(({ afterAction }) => !afterAction).map((use) => middlewareOf(use, instances)),
    after: plain.filter(({ afterAction }) => afterAction).map((use) => middlewareOf(use, instances)),
    onError: uses.filter(isForErrors).map((use) => errorMiddlewareOf(use, instances)),
  }
}

function isForErrors({ middleware }: UseEntry): boolean {
  return has(middleware, 'error') || middleware.length === 4
}

/** The function that runs an interceptor, an instance of a class being the application's own. */
export function interceptorOf(
  { interceptor }: InterceptorEntry,
  instances: Instances,
): InterceptorEntry['interceptor'] {
  if (!has(interceptor, 'intercept')) return interceptor
  const target = interceptor as unknown as InterceptorClass
  const run = (action: { readonly request: object }, content: unknown): unknown =>
    instances.get(target, action.request).intercept(action, content)
  return Object.defineProperty(run, 'name', { value: interceptor.name })
}

/** The classes among middlewares and interceptors: what the container has to be able to make. */
export function classesAmong(members: readonly unknown[]): readonly Constructor[] {
  return members.filter((one): one is Constructor => has(one, 'use') || has(one, 'error') || has(one, 'intercept'))
}

function middlewareOf({ middleware }: UseEntry, instances: Instances): Middleware {
  if (!has(middleware, 'use')) return middleware as unknown as Middleware
  const target = middleware as unknown as MiddlewareClass
  return (request, response, next) => instances.get(target, request).use(request, response, next)
}

function errorMiddlewareOf({ middleware }: UseEntry, instances: Instances): ErrorMiddleware {
  if (!has(middleware, 'error')) return middleware as unknown as ErrorMiddleware
  const target = middleware as unknown as MiddlewareClass
  return (error: unknown, request: IncomingMessage, response: ServerResponse, next: Next) =>
    instances.get(target, request).error(error, request, response, next)
}

function has(member: unknown, method: 'use' | 'error' | 'intercept'): boolean {
  return typeof (member as { prototype?: Record<string, unknown> } | undefined)?.prototype?.[method] === 'function'
}
