import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ActionMetadata, BaseDriver } from 'routing-controllers'

export type Next = (error?: unknown) => void

/** A connect-style middleware, as helmet, cors and compression are. */
export type Middleware = (request: IncomingMessage, response: ServerResponse, next: Next) => unknown

/** How one recorded action is served. */
export type RecordedAction =
  | {
      /** The whole pipeline: never rejects, always answers. */
      readonly handle: (
        request: IncomingMessage,
        response: ServerResponse,
        params: Readonly<Record<string, string | undefined>>,
      ) => Promise<void>
    }
  | {
      /** What runs before an action that routing-controllers executes itself; false when it answered already. */
      readonly front: (
        request: IncomingMessage,
        response: ServerResponse,
        params: Readonly<Record<string, string | undefined>>,
      ) => Promise<boolean>
    }

/** What a driver is told of the application it serves. */
export interface DriverHost {
  record(action: ActionMetadata): RecordedAction
  /** Answers a request that no route takes: 404, 405 with Allow, or OPTIONS. */
  missing(request: IncomingMessage, response: ServerResponse): void
  /** Answers with a problem document. */
  fail(error: unknown, request: IncomingMessage, response: ServerResponse): void
}

/** A driver of routing-controllers that also serves plinth's actions. */
export interface HttpDriver extends BaseDriver {
  attach(host: DriverHost): void
  /** Serves one request; itself a connect middleware when `next` is given. */
  handler(request: IncomingMessage, response: ServerResponse, next?: Next): void
}
