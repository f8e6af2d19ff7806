import type { Action, ActionMetadata } from 'routing-controllers'
import type { Awaitable } from '../helpers/awaitable.js'
import { runInContext } from '../helpers/context-variable.js'
import { tracedTask } from '../helpers/trace-context.js'
import type { Logger } from '../logging/logger.js'
import type { Answers } from './answers.js'
import type { ActionMiddlewares } from './class-middleware.js'
import type { PlannedAction } from './emission/planned-action.js'
import type { Exchange } from './exchange.js'
import type { Pipeline, PipelineHost } from './host.js'
import { leavePlaces } from './limiting/hold-places.js'
import type { RequestLimits } from './limits.js'
import { logRequest } from './logging/log-request.js'
import { runErrorMiddlewares, runMiddlewares } from './middleware.js'
import { NativeCall } from './native/native-call.js'
import type { StreamReply } from './native/native-reply.js'
import { nativeBodyReader } from './native/read-native-body.js'
import { readParameters } from './native/read-parameters.js'
import type { Operations } from './operations.js'
import { withStatus } from './problem/failure-exception.js'
import { renamingOf } from './problem/outside-errors.js'
import type { Reply } from './reply.js'
import { RequestExchange } from './request-exchange.js'
import type { RequestLife } from './request-life.js'
import type { RouteHandler } from './route.js'

/** How an action is answered. */
export interface Answering<Found = unknown> {
  /** Does what is to be done before there is an answer. */
  readonly run: (exchange: Exchange) => Awaitable<Found>
  /** The answer, of what came of that; undefined where the action answers by itself. */
  readonly replyOf: (exchange: Exchange, found: Found) => Reply | StreamReply | undefined
}

/** What handling a request needs of its application. */
export interface HandlerParts extends Pick<PipelineHost, 'clientIp' | 'dataSource' | 'naming' | 'openapi'> {
  readonly answers: Answers
  readonly life: RequestLife
  readonly logger: Logger
  /** What probes and refuses. */
  readonly operations: Operations
}

/** Serves one action: the middlewares named above it, what answers it, and the answer itself. */
export function actionHandler<Found>(
  { model, native }: PlannedAction,
  { before, after, onError }: ActionMiddlewares,
  { run, replyOf }: Answering<Found>,
  parts: HandlerParts,
): RouteHandler {
  const { answers, life, logger, operations } = parts
  const isProbe = operations.viewSets.includes(model.viewSet)
  const overload = isProbe ? undefined : operations.overload
  const renaming = native ? undefined : renamingOf(model, parts)
  const refuse = (exchange: Exchange, error: unknown): void => {
    const { request, response, id: requestId } = exchange
    runErrorMiddlewares(onError, error, request, response, (last) => {
      const refused = { requestId, ...renaming?.(exchange) }
      answers.refuse(withStatus(last, { action: model, host: parts }), request, response, refused)
    })
  }
  const fail = (exchange: Exchange, error: unknown): void => {
    refuse(exchange, error)
    leavePlaces(exchange)
  }
  const runAfter = ({ request, response, id }: Exchange): void =>
    runMiddlewares(after, request, response, (error) => {
      if (error !== undefined) logger.error('A middleware behind an action failed.', { requestId: id, error })
    })
  const finish = (exchange: Exchange, found: Found): void => {
    try {
      const reply = replyOf(exchange, found)
      if (reply) answers.send(exchange.request, exchange.response, reply, exchange.id)
      if (after.length > 0) runAfter(exchange)
    } catch (error) {
      refuse(exchange, error)
    }
    leavePlaces(exchange)
  }
  const reach = before.length === 0 ? run : behind(before, run)
  // What is there at once costs no promise, and all else one.
  const answer = (exchange: Exchange): void | Promise<void> => {
    let running: Awaitable<Found>
    try {
      running = reach(exchange)
    } catch (error) {
      fail(exchange, error)
      return
    }
    if (!(running instanceof Promise)) {
      finish(exchange, running)
      return
    }
    return running.then(
      (found) => finish(exchange, found),
      (error: unknown) => fail(exchange, error),
    )
  }
  // A pipeline opens a context of its own; middlewares and routing-controllers have to be given one.
  const opens = native || before.length > 0
  const handle: RouteHandler = (request, response, parameters, target) => {
    if (overload?.refuses(request, response)) return undefined
    if (!life.begin(request, response, isProbe)) return undefined
    const exchange = new RequestExchange(model, request, response, parameters, target)
    if (model.log) logRequest(exchange, model.log, parts)
    if (!opens) return answer(exchange)
    return runInContext(() => {
      tracedTask.set(exchange)
      return answer(exchange)
    })
  }
  return (request, response, parameters, target) => {
    if (!life.hasToWait(request, response)) return handle(request, response, parameters, target)
    return life.inTurn(response, () => handle(request, response, parameters, target))
  }
}

/** What answers behind middlewares. */
function behind<Found>(
  middlewares: ActionMiddlewares['before'],
  run: Answering<Found>['run'],
): Answering<Found>['run'] {
  return async (exchange) => {
    await passThrough(middlewares, exchange)
    return run(exchange)
  }
}

/** Never settles where a middleware answers instead of passing on. */
function passThrough(middlewares: ActionMiddlewares['before'], { request, response }: Exchange): Promise<void> {
  return new Promise((resolve, reject) => {
    runMiddlewares(middlewares, request, response, (error) => (error === undefined ? resolve() : reject(error)))
  })
}

/** How an action of plinth is answered: by its pipeline, and with the headers that stand above it. */
export function answeringByPipeline({ model, handlers }: PlannedAction, pipeline: Pipeline): Answering<void> {
  const declared = handlers.filter(({ type }) => type === 'header')
  const headers = Object.fromEntries(
    declared.map(({ value, secondaryValue }) => [String(value).toLowerCase(), String(secondaryValue)]),
  )
  const replyOf = ({ reply }: Exchange): Reply => {
    if (!reply) throw new Error(`The pipeline of ${model.viewSet.name}.${model.name} ended without an answer.`)
    return declared.length > 0 && reply.status < 400 ? reply.withHeaders(headers) : reply
  }
  return { run: pipeline, replyOf }
}

/**
 * How an action of routing-controllers is answered. Who calls is known and permitted before anything of the request is
 * read; then parameters and body are read strictly, and routing-controllers converts, checks and calls.
 */
export function answeringNatively(
  metadata: ActionMetadata,
  front: Pipeline,
  execute: (action: Action) => unknown,
  limits: RequestLimits,
): Answering<Reply | StreamReply | undefined> {
  const readBody = nativeBodyReader(metadata, limits)
  const run = async (exchange: Exchange): Promise<Reply | StreamReply | undefined> => {
    const fronting = front(exchange)
    if (fronting) await fronting
    if (exchange.reply) return exchange.reply
    if (readBody) {
      exchange.body = await readBody(exchange)
      // Where middlewares and users of @Req() look for it.
      Object.assign(exchange.request, { body: exchange.body })
    }
    const call = new NativeCall(exchange, readParameters(metadata.params, exchange))
    await execute(call)
    if (call.failure) throw call.failure.error
    return call.reply
  }
  return { run, replyOf: (_exchange, found) => found }
}
