import type { IncomingMessage, ServerResponse } from 'node:http'
import { adopted } from '../helpers/awaitable.js'
import type { ErrorMiddleware, Middleware, Next } from './driver.js'

/** Runs middlewares one after the other, and `next` when the last one passed on, or with the error of one that failed. */
export function runMiddlewares(
  middlewares: readonly Middleware[],
  request: IncomingMessage,
  response: ServerResponse,
  next: Next,
  from = 0,
): void {
  const middleware = middlewares[from]
  if (!middleware) {
    next()
    return
  }
  const proceed = once((error) =>
    error === undefined || error === null
      ? runMiddlewares(middlewares, request, response, next, from + 1)
      : next(error),
  )
  try {
    const result = adopted(middleware(request, response, proceed))
    if (result instanceof Promise) result.catch(proceed)
  } catch (error) {
    proceed(error)
  }
}

/** A middleware that passes on and then fails must not answer a request twice. */
function once(next: (error?: unknown) => void): Next {
  let called = false
  return (error) => {
    if (called) return
    called = true
    next(error)
  }
}

/** Offers an error to middlewares for errors one after the other, and `finish` the error that none of them answered. */
export function runErrorMiddlewares(
  middlewares: readonly ErrorMiddleware[],
  error: unknown,
  request: IncomingMessage,
  response: ServerResponse,
  finish: (error: unknown) => void,
  from = 0,
): void {
  const middleware = middlewares[from]
  if (!middleware) {
    finish(error)
    return
  }
  const proceed = once((next) => {
    runErrorMiddlewares(middlewares, next ?? error, request, response, finish, from + 1)
  })
  try {
    const result = adopted(middleware(error, request, response, proceed))
    if (result instanceof Promise) result.catch(proceed)
  } catch (thrown) {
    proceed(thrown)
  }
}
