import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'

/** The values of one column in several rows, as the driver is given each. */
export interface ValueList {
  readonly column: ColumnMetadata
  readonly values: readonly unknown[]
  /** What stands around each value. */
  readonly around?: readonly [string, string]
  /** Whether all rows have the value of the first, which is bound once. */
  readonly isShared?: boolean
}
