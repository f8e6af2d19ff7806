type Method = (...parameters: readonly unknown[]) => unknown
type Statement = Record<'run' | 'all' | 'get' | 'iterate', Method>
type Database = new (...parameters: readonly never[]) => { prepare(sql: string): Statement; exec(sql: string): unknown }

const methods = ['run', 'all', 'get', 'iterate'] as const

/** Statements that write rows, or begin to: those of a schema are sent seldom. */
const writing = /^\s*(?:INSERT|UPDATE|DELETE|REPLACE|WITH|BEGIN)\b/i

/**
 * A SQLite driver without what is odd about libsql:
 *
 * - It takes a lone `null` or `Buffer` for a list of parameters and fails; in a list of its own it is bound as better-sqlite3
 *   binds it.
 * - It leaves a statement that writes and did not get its lock (`SQLITE_BUSY`) in progress. While one is in progress, SQLite
 *   refuses to commit transactions, and what is written outside of them seems to be kept and is not.
 * - Where it gives several rows, bytes are an `ArrayBuffer`, which it does not take back; of one row they are a `Buffer`.
 */
export function mendingQuirks(driver: unknown): unknown {
  if (typeof driver !== 'function') return driver
  return class extends (driver as Database) {
    override prepare(sql: string): Statement {
      const statement = super.prepare(sql)
      const isWriting = writing.test(sql)
      for (const name of methods) {
        const method = statement[name].bind(statement)
        const mended: Statement[typeof name] = (...parameters) => {
          const given = isLoneObject(parameters) ? [parameters] : parameters
          try {
            const result = method(...given)
            if (name === 'all') for (const row of result as readonly Row[]) mendBytes(row)
            return result
          } catch (error) {
            if (isWriting && isBusy(error)) this.#stop(() => method(...given))
            throw error
          }
        }
        statement[name] = mended
      }
      return statement
    }

    /** Lets a statement that is in progress fail before it does anything, which ends it. */
    #stop(again: () => unknown): void {
      this.exec('PRAGMA query_only = ON')
      try {
        again()
      } catch {
      } finally {
        this.exec('PRAGMA query_only = OFF')
      }
    }
  }
}

/** A row by the names of its columns, or as a list. */
type Row = Record<string, unknown> | unknown[]

/** Makes buffers of its bytes. */
function mendBytes(row: Row): void {
  if (Array.isArray(row)) {
    for (let place = 0; place < row.length; place += 1) {
      const value: unknown = row[place]
      if (isBytes(value)) row[place] = Buffer.from(value)
    }
    return
  }
  for (const name in row) {
    const value = row[name]
    if (isBytes(value)) row[name] = Buffer.from(value)
  }
}

const isBytes = (value: unknown): value is ArrayBuffer => typeof value === 'object' && value instanceof ArrayBuffer

const isBusy = (error: unknown): boolean =>
  String((error as { readonly code?: unknown }).code).startsWith('SQLITE_BUSY')

function isLoneObject([parameter, ...others]: readonly unknown[]): boolean {
  return others.length === 0 && typeof parameter === 'object' && !Array.isArray(parameter)
}
