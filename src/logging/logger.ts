/** Facts of a log record, by name. */
export type LogFields = Readonly<Record<string, unknown>>

/** Where the framework and an application write their log. No method ever throws. */
export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** A logger that adds these fields to every record. */
  child(fields: LogFields): Logger
}

/** How much a record matters, from the least to the most. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** A logger that writes nothing. */
export const silentLogger: Logger = Object.freeze({
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLogger,
})
