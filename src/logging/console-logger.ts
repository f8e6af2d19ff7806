import { type Clock, systemClock } from '../helpers/clock.js'
import { type OptionNames, requireKnownBy } from '../helpers/known-options.js'
import type { LogFields, Logger, LogLevel } from './logger.js'
import { plainFields } from './plain-fields.js'
import { scrub } from './secrets.js'

/** What `consoleLogger` writes, and where. */
export interface ConsoleLoggerOptions {
  /** Records below this level are not written; `info` unless told. */
  readonly level?: LogLevel
  /** Receives each line with its line feed; standard output unless told. */
  readonly write?: (line: string) => void
  readonly clock?: Clock
}

const loggerOptions: OptionNames<ConsoleLoggerOptions> = { level: true, write: true, clock: true }

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

/**
 * A logger that writes one line of JSON for each record: `time` (ISO 8601), `level`, `message` and the fields, which
 * cannot replace those three. Errors have their name, message, stack and cause; what JSON cannot hold is named instead, and
 * secrets are left out.
 */
export function consoleLogger(options: ConsoleLoggerOptions = {}): Logger {
  requireKnownBy(consoleLogger, options, loggerOptions)
  const { level: least = 'info', clock = systemClock, write = (line) => void process.stdout.write(line) } = options
  const record: WriteRecord = (level, message, fields) => {
    if (levels.indexOf(level) < levels.indexOf(least)) return
    try {
      const head = { time: clock.now().toISOString(), level, message: scrub(message) }
      write(`${lineOf({ ...head, ...plainFields(fields), ...head })}\n`)
    } catch {
      // Whoever logs must not fail because nobody can read the log.
    }
  }
  return loggerOf(record, [])
}

/** JSON leaves these as they are; terminals obey some of them, and others begin a line or turn its direction. */
const obeyed = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

function lineOf(record: LogFields): string {
  return JSON.stringify(record).replaceAll(obeyed, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

type WriteRecord = (level: LogLevel, message: string, fields: readonly LogFields[]) => void

function loggerOf(record: WriteRecord, inherited: readonly LogFields[]): Logger {
  const at =
    (level: LogLevel) =>
    (message: string, fields?: LogFields): void =>
      record(level, message, fields ? [...inherited, fields] : inherited)
  return Object.freeze({
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields: LogFields) => loggerOf(record, [...inherited, fields]),
  })
}
