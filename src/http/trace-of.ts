import type { IncomingMessage } from 'node:http'
import { type TraceContext, traceContextOf } from '../helpers/trace-context.js'

const traces = new WeakMap<IncomingMessage, TraceContext>()

/** The part of a trace that a request has; made when somebody asks for it. */
export function traceOf(request: IncomingMessage): TraceContext {
  const trace = traces.get(request) ?? traceContextOf(request.headers)
  traces.set(request, trace)
  return trace
}
