import type { ModelDataSource } from '../data-source.js'

/** Ends a transaction without keeping what it did, and carries what it found out. */
export class Undo<T> extends Error {
  readonly found: T

  constructor(found: T) {
    super('This transaction only looks.')
    this.found = found
  }
}

/**
 * Runs work that ends with an `Undo`, and gives what it found; `otherwise` where the database refuses the work. It is a
 * unit of its own: MariaDB commits when a temporary table is altered.
 */
export async function undone<T>(dataSource: ModelDataSource, work: () => Promise<never>, otherwise: T): Promise<T> {
  try {
    return await dataSource.atomic(work, { retries: 0, propagation: 'new' })
  } catch (error) {
    return error instanceof Undo ? (error.found as T) : otherwise
  }
}
