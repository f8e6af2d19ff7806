import type { LogFields, Logger, LogLevel } from './logger.js'
import { plainFields } from './plain-fields.js'
import { scrub } from './secrets.js'

type PinoMethod = (fields: object, message: string) => void

/** What of pino is needed; `pino()` and every child of it have it. */
export interface PinoLike {
  readonly debug: PinoMethod
  readonly info: PinoMethod
  readonly warn: PinoMethod
  readonly error: PinoMethod
  isLevelEnabled?(level: string): boolean
}

/** What pino writes itself into every record; a field of the same name would stand there twice. */
const taken: ReadonlySet<string> = new Set(['level', 'time', 'pid', 'hostname', 'msg', 'v'])

/**
 * Writes to a logger of pino: `pinoLogger(pino())`. Fields are without secrets, whatever their depth, before pino sees them, and what
 * cannot be written does not take the rest with it. Fields with names that pino uses have an underscore in front.
 */
export function pinoLogger(pino: PinoLike): Logger {
  return loggerOf(pino, [])
}

function loggerOf(pino: PinoLike, inherited: readonly LogFields[]): Logger {
  const at =
    (level: LogLevel) =>
    (message: string, fields?: LogFields): void => {
      try {
        if (pino.isLevelEnabled?.(level) === false) return
        pino[level](renamed(plainFields(fields ? [...inherited, fields] : inherited)), scrub(message))
      } catch {
        // Whoever logs must not fail because nobody can read the log.
      }
    }
  return Object.freeze({
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields: LogFields) => loggerOf(pino, [...inherited, fields]),
  })
}

function renamed(fields: LogFields): LogFields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [taken.has(name) ? `_${name}` : name, value]))
}
