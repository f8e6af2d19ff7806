import { type AnyClass, declareLog, type LogRequestOptions, placeOfCall, type ViewSet } from 'plinth'

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
  return (target: object, key?: string): void => {
    const owner = (key === undefined ? target : target.constructor) as AnyClass
    declareLog(owner, { ...options, place, ...(key !== undefined && { name: key }) })
  }
}

/** The same as `@LogRequest`. */
const logRequest = LogRequest

export { LogRequest, logRequest }
