import { randomBytes } from 'node:crypto'
import { contextVariable } from './context-variable.js'
import { parseTraceparent } from './trace-parent.js'
import { parseTracestate } from './trace-state.js'

/** The part that a request or task has in a trace through several systems (W3C Trace Context). */
export interface TraceContext {
  /** The whole trace: 32 hexadecimal digits. */
  readonly traceId: string
  /** This part of it: 16 hexadecimal digits. */
  readonly spanId: string
  /** The part that caused this one, where another system did. */
  readonly parentId?: string
  /** Whether the caller may have recorded its part. */
  readonly sampled: boolean
  /** What systems on the way pass on to one another. */
  readonly state?: string
}

/** Something that runs and belongs to a trace. */
export interface Traced {
  readonly trace: TraceContext
  /** What every line of the log says of it. */
  logFields(): Readonly<Record<string, unknown>>
}

/** Headers by their names in lower case. */
export type TraceSource = Readonly<Record<string, string | readonly string[] | undefined>>

/** What runs: set for every request, before anything of it is looked at. */
export const tracedTask = contextVariable<Traced>('trace')

/**
 * The part of a trace that whatever was sent with these headers has: a new part of the trace that `traceparent` names, and a new
 * trace where it names none or is malformed.
 */
export function traceContextOf(headers: TraceSource = {}): TraceContext {
  const spanId = randomId(8)
  const parent = parseTraceparent(joined(headers['traceparent']))
  if (!parent) return { traceId: randomId(16), spanId, sampled: false }
  const state = parseTracestate(joined(headers['tracestate']))
  return { ...parent, spanId, ...(state !== undefined && { state }) }
}

/** The trace of the running request or task; undefined outside of any. */
export function currentTrace(): TraceContext | undefined {
  return tracedTask.peek()?.trace
}

/** What to send with requests to others, so that they belong to the same trace; nothing outside of any request or task. */
export function traceHeaders(trace: TraceContext | undefined = currentTrace()): Readonly<Record<string, string>> {
  if (!trace) return {}
  return {
    traceparent: `00-${trace.traceId}-${trace.spanId}-${trace.sampled ? '01' : '00'}`,
    ...(trace.state !== undefined && { tracestate: trace.state }),
  }
}

/** Runs `work` as a task of its own: its lines in the log have its trace, which is new unless headers name one. */
export function runTraced<T>(work: () => T, headers?: TraceSource): T {
  const trace = traceContextOf(headers)
  return tracedTask.run({ trace, logFields: () => traceFields(trace) }, work)
}

/** What lines of the log say of a trace. */
export function traceFields({ traceId, spanId }: TraceContext): Readonly<Record<string, string>> {
  return { traceId, spanId }
}

function joined(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'object' ? value.join(',') : value
}

/** Hexadecimal digits that are not all 0, which would be no id. */
function randomId(bytes: number): string {
  const id = randomBytes(bytes).toString('hex')
  return /^0+$/.test(id) ? randomId(bytes) : id
}
