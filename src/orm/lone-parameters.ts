type Method = (...parameters: readonly unknown[]) => unknown
type Statement = Record<'run' | 'all' | 'get' | 'iterate', Method>
type Database = new (...parameters: readonly never[]) => { prepare(sql: string): Statement }

const methods = ['run', 'all', 'get', 'iterate'] as const

/**
 * A SQLite driver that binds what it is given. libsql takes a lone `null` or `Buffer` for a list of parameters and
 * fails; in a list of its own it is bound as better-sqlite3 binds it.
 */
export function bindingLoneParameters(driver: unknown): unknown {
  if (typeof driver !== 'function') return driver
  return class extends (driver as Database) {
    override prepare(sql: string): Statement {
      const statement = super.prepare(sql)
      for (const name of methods) {
        const method = statement[name].bind(statement)
        statement[name] = (...parameters) => method(...(isLoneObject(parameters) ? [parameters] : parameters))
      }
      return statement
    }
  }
}

function isLoneObject([parameter, ...others]: readonly unknown[]): boolean {
  return others.length === 0 && typeof parameter === 'object' && !Array.isArray(parameter)
}
