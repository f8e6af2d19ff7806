import type { Mistakes } from '../../errors/definition-error.js'
import type { ExcerptBounds } from '../../logging/excerpt.js'
import { type AnyClass, FactKind, type FactLevel } from '../../metadata/fact-kind.js'
import type { Place } from '../../metadata/place.js'

/** What is logged of each request. */
export interface LogRequestOptions {
  /** Whether the body is logged, as it was accepted: without secrets and bounded. Not, unless told. */
  readonly includeBody?: boolean
  /** Whether the headers are logged, in the same way. Not, unless told. */
  readonly includeHeaders?: boolean
  /** How much of a body is logged: 2048 bytes, 4 levels, 256 characters of each text and 50 members unless told. */
  readonly bounds?: ExcerptBounds
}

/** What one decorator said about the log of requests. Written once, never changed. */
export interface LogFact extends LogRequestOptions {
  /** The name of the method; without one it is about the class. */
  readonly name?: string
  readonly place: Place
}

/** What was said about the log of requests. */
export const logFacts = new FactKind<LogFact>('logged requests')

/** Declares that requests are logged, as `@LogRequest` does. */
export function declareLog(target: AnyClass, fact: LogFact): void {
  logFacts.write(target, fact)
}

/** What is said nearest to a class about the requests of a method, above the method before above its class. */
export function logFactIn(levels: readonly FactLevel<LogFact>[], name: string): LogFact | undefined {
  for (const { facts } of levels.toReversed()) {
    const nearest = facts.findLast((fact) => fact.name === name) ?? facts.findLast((fact) => fact.name === undefined)
    if (nearest) return nearest
  }
  return undefined
}

/** Adds what was said of methods that answer no requests. */
export function verifyLogFacts(viewSet: AnyClass, actions: readonly string[], mistakes: Mistakes): void {
  const facts = logFacts.chain(viewSet).flatMap(({ facts }) => facts)
  for (const { name, place } of facts) {
    if (name === undefined || actions.includes(name)) continue
    mistakes.add({
      code: 'E_LOG_REQUEST',
      subject: `${viewSet.name}.${name}`,
      problem: 'its requests are to be logged, and it answers none.',
      places: [`@LogRequest at ${place}`],
      remedy: `Write it above the class, or above one of: ${actions.join(', ')}.`,
    })
  }
}
