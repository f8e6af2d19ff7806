import { isOutdatedPlan } from './outdated-plan.js'

/** What a database meant by an error, whichever engine it was. */
export type ErrorKind =
  | 'duplicate'
  | 'reference-missing'
  | 'still-referenced'
  | 'reference'
  | 'required'
  | 'check'
  | 'too-long'
  | 'out-of-range'
  | 'malformed'
  | 'contention'
  | 'lock-timeout'
  | 'statement-timeout'
  | 'unavailable'

/** The parts of drivers' errors that say what happened. Texts are read only where a driver gives nothing else. */
export interface DriverError {
  readonly message: string
  /** PostgreSQL: the SQLSTATE. SQLite: `SQLITE_…`. mysql2: a name, which MariaDB's numbers make unreliable. */
  readonly code?: string
  /** MySQL and MariaDB: the number of the error. */
  readonly errno?: number
  /** MySQL and MariaDB: present when the server sent the error. */
  readonly sqlState?: string
  /** PostgreSQL: present when the server sent the error. */
  readonly severity?: string
  readonly constraint?: string
  readonly column?: string
  readonly table?: string
}

/** By SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const postgresKinds: Readonly<Record<string, ErrorKind>> = {
  '23505': 'duplicate',
  '23503': 'reference',
  '23502': 'required',
  '23514': 'check',
  '22001': 'too-long',
  '22003': 'out-of-range',
  '22008': 'out-of-range',
  '22P02': 'malformed',
  '22P05': 'malformed',
  '22007': 'malformed',
  '22021': 'malformed',
  '40001': 'contention',
  '40P01': 'contention',
  '55P03': 'lock-timeout',
  '57014': 'statement-timeout',
  '25P03': 'unavailable',
  '53300': 'unavailable',
  '57P01': 'unavailable',
  '57P02': 'unavailable',
  '57P03': 'unavailable',
}

/** By number: https://mariadb.com/kb/en/mariadb-error-code-reference/ */
const mysqlKinds: Readonly<Record<number, ErrorKind>> = {
  1062: 'duplicate',
  1586: 'duplicate',
  1216: 'reference-missing',
  1452: 'reference-missing',
  1217: 'still-referenced',
  1451: 'still-referenced',
  1048: 'required',
  1364: 'required',
  3819: 'check',
  4025: 'check',
  1406: 'too-long',
  1264: 'out-of-range',
  1292: 'malformed',
  1366: 'malformed',
  1020: 'contention',
  1213: 'contention',
  1205: 'lock-timeout',
  3572: 'lock-timeout',
  1317: 'statement-timeout',
  1969: 'statement-timeout',
  3024: 'statement-timeout',
  1040: 'unavailable',
  1053: 'unavailable',
  1927: 'unavailable',
  2006: 'unavailable',
  2013: 'unavailable',
}

/** By extended result code: https://www.sqlite.org/rescode.html */
const sqliteKinds: readonly (readonly [prefix: string, kind: ErrorKind])[] = [
  ['SQLITE_CONSTRAINT_UNIQUE', 'duplicate'],
  ['SQLITE_CONSTRAINT_PRIMARYKEY', 'duplicate'],
  ['SQLITE_CONSTRAINT_ROWID', 'duplicate'],
  ['SQLITE_CONSTRAINT_FOREIGNKEY', 'reference'],
  ['SQLITE_CONSTRAINT_NOTNULL', 'required'],
  ['SQLITE_CONSTRAINT_CHECK', 'check'],
  ['SQLITE_CONSTRAINT_DATATYPE', 'malformed'],
  ['SQLITE_MISMATCH', 'malformed'],
  ['SQLITE_TOOBIG', 'too-long'],
  ['SQLITE_BUSY', 'contention'],
  ['SQLITE_LOCKED', 'contention'],
  ['SQLITE_CANTOPEN', 'unavailable'],
  ['SQLITE_IOERR', 'unavailable'],
  ['SQLITE_FULL', 'unavailable'],
]

const networkCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'PROTOCOL_CONNECTION_LOST',
  // The driver waits no longer, while the connection does.
  'PROTOCOL_SEQUENCE_TIMEOUT',
])

/** Errors that drivers throw without any code, known by class or text. */
const lostConnection =
  /^(Connection terminated|Connection ended|Query read timeout|timeout exceeded when trying to connect|Client has encountered a connection error|Can't add new command when connection is in closed state|Client was closed)/

/** The error of the driver inside whatever TypeORM made of it. */
export function driverErrorOf(error: unknown): DriverError | undefined {
  if (!(error instanceof Error)) return undefined
  const { driverError } = error as { readonly driverError?: unknown }
  return driverError instanceof Error ? driverError : error
}

/** What a database meant by an error; undefined for every other error. */
export function errorKindOf(error: unknown): ErrorKind | undefined {
  const driverError = driverErrorOf(error)
  if (!driverError) return undefined
  const { code, errno, sqlState, severity } = driverError
  if (code?.startsWith('SQLITE_')) return sqliteKinds.find(([prefix]) => code.startsWith(prefix))?.[1]
  if (severity !== undefined && code !== undefined) {
    return postgresKinds[code] ?? (code.startsWith('08') ? 'unavailable' : undefined)
  }
  if (sqlState !== undefined && errno !== undefined) return mysqlKinds[errno]
  return isNetworkError(error as Error, driverError) ? 'unavailable' : undefined
}

/**
 * Whether the whole unit of work may succeed when it is run again: a deadlock, a lost race, a busy database, a table that was
 * altered.
 */
export function isContention(error: unknown): boolean {
  return causesOf(error).some((cause) => {
    const driverError = driverErrorOf(cause)
    return driverError !== undefined && (errorKindOf(cause) === 'contention' || isOutdatedPlan(driverError))
  })
}

/** What drivers say of a statement that they do not send, because the connection was lost before. */
const unsent =
  /^(Can't add new command when connection is in closed state|Client has encountered a connection error|Client was closed)/

/** Whether a statement was not even sent. */
export function wasUnsent(error: unknown): boolean {
  return unsent.test(driverErrorOf(error)?.message ?? '')
}

/** Whether the server gave up a statement that took too long, so that it is of no use to send it in another way. */
export function isTimeout(error: unknown): boolean {
  const kind = errorKindOf(error)
  return kind === 'lock-timeout' || kind === 'statement-timeout'
}

/** Whether the server itself reported the error, so that it is known what became of the statement. */
export function isServerError(error: unknown): boolean {
  const driverError = driverErrorOf(error)
  if (!driverError || errorKindOf(error) === 'unavailable') return false
  const { code, severity, sqlState } = driverError
  return severity !== undefined || sqlState !== undefined || code?.startsWith('SQLITE_') === true
}

/** An error and what caused it, outermost first. */
function causesOf(error: unknown): readonly unknown[] {
  const found: unknown[] = []
  for (let current = error; current !== undefined && !found.includes(current); ) {
    found.push(current)
    current = current instanceof Error ? current.cause : undefined
  }
  return found
}

function isNetworkError(error: Error, { code, message }: DriverError): boolean {
  return (
    (code !== undefined && networkCodes.has(code)) ||
    error.name.startsWith('QueryRunnerAlreadyReleased') ||
    lostConnection.test(message)
  )
}
