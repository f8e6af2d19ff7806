import {
  declareLog,
  excerptBounds,
  type LogRequestOptions,
  type OptionNames,
  placeOfCall,
  requireKnown,
  type ViewSet,
} from 'plinth'
import { standing } from './standing.js'

const logRequestOptions: OptionNames<LogRequestOptions> = { includeBody: true, includeHeaders: true, bounds: true }

/** Stands above an action of plinth or of routing-controllers, or above a viewset. */
export interface LogRequestDecorator {
  (target: object, key: string, descriptor: PropertyDescriptor): void
  (target: abstract new (...dependencies: never[]) => ViewSet): void
}

/**
 * Logs the requests of an action, or of the actions of a viewset: `@LogRequest({ includeBody: true })`. One record each, when it is
 * answered, without secrets; the nearest declaration counts.
 */
function LogRequest(options: LogRequestOptions = {}): LogRequestDecorator {
  const place = placeOfCall(LogRequest)
  const optioned = { subject: '@LogRequest', places: [place] }
  requireKnown(options, logRequestOptions, optioned)
  requireKnown(options.bounds, excerptBounds, { ...optioned, within: 'bounds' })
  return (target: object, key?: string): void => {
    const { owner, ...named } = standing(target, key)
    declareLog(owner, { ...options, place, ...named })
  }
}

/** The same as `@LogRequest`. */
const logRequest = LogRequest

export { LogRequest, logRequest }
