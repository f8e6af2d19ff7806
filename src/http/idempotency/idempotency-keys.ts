import { column } from '../../model/column.js'
import type { OwnTable } from '../../orm/own-table.js'

/**
 * The table in which requests with an `Idempotency-Key` and their answers are kept: `tables: [idempotencyKeys]` of the data
 * source whose rows they write. The answers are kept as they were sent, for as long as keys live.
 */
export const idempotencyKeys: OwnTable = Object.freeze({
  name: 'plinth_idempotency_keys',
  columns: {
    /** A digest of the key, and of whose it is and for what. */
    key: column.string({ length: 64, primary: true }),
    /** Of the attempt that made the row. */
    attempt: column.string({ length: 36 }),
    fingerprint: column.string({ length: 64 }),
    /** The answer as JSON; null while it is being made. */
    answer: column.text({ nullable: true }),
    /** ISO 8601 in UTC, which sorts as text. */
    expires: column.string({ length: 24, index: true }),
  },
})
