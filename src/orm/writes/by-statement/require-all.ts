import { UsageError } from '../../../errors/usage-error.js'

/**
 * Whether a statement that writes all rows that it names, or none, has written them.
 * @throws {UsageError} `E_ROWS_LEFT_OUT` where it has written some, which are committed: a trigger must have left out the others, and
 * to write anything again would do so twice.
 */
export function requireAll(written: number, named: number): boolean {
  if (written > 0 && written < named) {
    const told = `${written} of ${named} rows are written; a trigger has left out the others.`
    throw new UsageError('E_ROWS_LEFT_OUT', `${told} Let it raise an error instead, so that none is.`)
  }
  return written >= named
}
