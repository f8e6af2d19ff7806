import { type Clock, systemClock } from '../helpers/clock.js'
import type { LogFields, Logger, LogLevel } from './logger.js'

export interface ConsoleLoggerOptions {
  /** Records below this level are not written; `info` unless told. */
  readonly level?: LogLevel
  /** Receives each line with its line feed; standard output unless told. */
  readonly write?: (line: string) => void
  readonly clock?: Clock
}

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

/**
 * A logger that writes one line of JSON for each record: `time` (ISO 8601), `level`, `message` and the fields, which
 * cannot replace those three. Errors have their name, message, stack and cause; what JSON cannot hold is named instead.
 */
export function consoleLogger(options: ConsoleLoggerOptions = {}): Logger {
  const { level: least = 'info', clock = systemClock, write = (line) => void process.stdout.write(line) } = options
  const record: WriteRecord = (level, message, fields) => {
    if (levels.indexOf(level) < levels.indexOf(least)) return
    try {
      const head = { time: clock.now().toISOString(), level, message }
      write(`${JSON.stringify({ ...head, ...fieldsOf(fields), ...head })}\n`)
    } catch {
      // Whoever logs must not fail because nobody can read the log.
    }
  }
  return loggerOf(record, [])
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

/** The fields as JSON can hold them. One that cannot be read or written does not take the others with it. */
function fieldsOf(parts: readonly LogFields[]): LogFields {
  const fields: Record<string, unknown> = {}
  for (const part of parts) {
    for (const name of Object.keys(part)) fields[name] = plain(() => part[name])
  }
  return fields
}

function plain(read: () => unknown): unknown {
  try {
    const text = JSON.stringify(read(), readable)
    return text === undefined ? undefined : JSON.parse(text)
  } catch (problem) {
    return `[unreadable: ${problem instanceof Error ? problem.name : typeof problem}]`
  }
}

function readable(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint' || typeof value === 'symbol') return value.toString()
  if (!(value instanceof Error)) return value
  const { name, message, stack, cause } = value
  return { name, message, stack, ...(cause !== undefined && { cause }) }
}
