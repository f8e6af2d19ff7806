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

/** The methods by which a class is a middleware or an interceptor. */
interface Methods {
  use: Middleware
  error: ErrorMiddleware
  intercept: (action: { readonly request: object }, content: unknown) => unknown
}

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
  return isClassWith('error', middleware) || middleware.length === 4
}

/** The function that runs an interceptor, an instance of a class being the application's own. */
export function interceptorOf(
  { interceptor }: InterceptorEntry,
  instances: Instances,
): InterceptorEntry['interceptor'] {
  if (!isClassWith('intercept', interceptor)) return interceptor
  const run: Methods['intercept'] = (action, content) =>
    instances.get(interceptor, action.request).intercept(action, content)
  return Object.defineProperty(run, 'name', { value: interceptor.name })
}

/** The classes among middlewares and interceptors: what the container has to be able to make. */
export function classesAmong(members: readonly unknown[]): readonly Constructor[] {
  return members.filter(
    (one): one is Constructor => isClassWith('use', one) || isClassWith('error', one) || isClassWith('intercept', one),
  )
}

function middlewareOf({ middleware }: UseEntry, instances: Instances): Middleware {
  if (!isClassWith('use', middleware)) return middleware as Middleware
  return (request, response, next) => instances.get(middleware, request).use(request, response, next)
}

function errorMiddlewareOf({ middleware }: UseEntry, instances: Instances): ErrorMiddleware {
  if (!isClassWith('error', middleware)) return middleware as ErrorMiddleware
  return (error: unknown, request: IncomingMessage, response: ServerResponse, next: Next) =>
    instances.get(middleware, request).error(error, request, response, next)
}

function isClassWith<M extends keyof Methods>(method: M, member: unknown): member is Constructor<Pick<Methods, M>> {
  return typeof (member as { prototype?: Record<string, unknown> } | undefined)?.prototype?.[method] === 'function'
}
