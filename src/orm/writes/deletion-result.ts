import type { DeleteResult } from 'typeorm'

/** What a delete did. */
export interface DeletionResult extends DeleteResult {
  /** The call, as hidden rows record it; what `restoreDeletion` undoes. */
  readonly operation: string
  /** How many rows of each entity were deleted, by its name: those that came along too. */
  readonly byEntity: Readonly<Record<string, number>>
}
