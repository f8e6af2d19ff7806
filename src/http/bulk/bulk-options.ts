/** How much a bulk action takes at once, and in which ways. */
export interface BulkLimits {
  /** The most items; 100 unless told, and never more than 1000. */
  readonly max: number
  /** The most rows that a filter may find; without it, rows cannot be named by a filter. */
  readonly maxByFilter?: number
  /** Whether a caller may ask for items that are written each by itself. */
  readonly perItem: boolean
  /** The property that every write changes: an item that gives another value than is stored is refused (412). */
  readonly version?: string
}
