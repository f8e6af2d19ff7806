import { tracedTask } from '../helpers/trace-context.js'
import type { LogFields, Logger, LogLevel } from './logger.js'

const made = new WeakSet<Logger>()

/**
 * A logger whose records have what is known of the running request or task: `requestId`, `traceId`, `spanId`, `userId`. What a record
 * says itself wins.
 */
export function contextLogger(logger: Logger): Logger {
  if (made.has(logger)) return logger
  const at =
    (level: LogLevel) =>
    (message: string, fields?: LogFields): void => {
      const running = tracedTask.peek()
      if (running) logger[level](message, { ...running.logFields(), ...fields })
      else logger[level](message, fields)
    }
  const contextual: Logger = Object.freeze({
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields: LogFields) => contextLogger(logger.child(fields)),
  })
  made.add(contextual)
  return contextual
}
