import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Middleware, Next } from './driver.js'

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
    const result = middleware(request, response, proceed)
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
