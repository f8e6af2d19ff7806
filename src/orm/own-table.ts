import type { Columns } from '../model/column.js'

/**
 * A table that belongs to the application rather than to an entity, e.g. `idempotencyKeys`. Given to a data source as
 * `tables`, it is part of its schema, of migrations and of the proof at a start.
 */
export interface OwnTable {
  readonly name: string
  /** At least one of them is primary. */
  readonly columns: Columns
}
