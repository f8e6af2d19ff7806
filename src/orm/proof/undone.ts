import { isInTransaction, levelOf } from '../unit-of-work/runner-state.js'
import type { Ask, Looking } from './proof-engine.js'

/** Ends a transaction without keeping what it did, and carries what it found out. */
export class Undo<T> extends Error {
  readonly found: T

  constructor(found: T) {
    super('This transaction only looks.')
    this.found = found
  }
}

/**
 * Runs work in a transaction that ends with an `Undo`, and gives what it found; `otherwise` where the database refuses the work.
 * The transaction is the runner's, unless that is in one already: MariaDB commits when a temporary table is altered.
 */
export async function undone<T>(
  { dataSource, runner }: Looking,
  work: (ask: Ask) => Promise<never>,
  otherwise: T,
): Promise<T> {
  const ask: Ask = (sql, parameters) => dataSource.query(sql, parameters && [...parameters])
  const look = () => work(ask)
  try {
    if (isInTransaction(runner)) return await dataSource.atomic(look, { retries: 0, propagation: 'new' })
    return await dataSource.atomicIn(levelOf(runner), look, { retries: 0 })
  } catch (error) {
    return error instanceof Undo ? (error.found as T) : otherwise
  }
}
