import { createRequire } from 'node:module'
import { join } from 'node:path'

const packages = ['better-sqlite3', 'libsql'] as const

/**
 * The SQLite driver that is installed: better-sqlite3, else libsql, which has the same interface and needs no compiler.
 * @throws {Error} when neither is installed.
 */
export function installedSqliteDriver(
  // The application's own packages come first: plinth may be linked from elsewhere.
  requires: readonly NodeJS.Require[] = [
    createRequire(join(process.cwd(), 'package.json')),
    createRequire(import.meta.url),
  ],
): unknown {
  for (const name of packages) {
    for (const require of requires) {
      const driver = loaded(require, name)
      if (driver !== undefined) return driver
    }
  }
  throw new Error('SQLite needs a driver, and none is installed. Run: npm install libsql (or better-sqlite3).')
}

function loaded(require: NodeJS.Require, name: string): unknown {
  try {
    return require(name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined
    throw error
  }
}
