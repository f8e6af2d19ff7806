import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import type { PathOperand } from '../../model/predicate.js'

/** Where the value of a parameter comes from: what is compared, and with which column. */
export interface Binding {
  readonly operand: PathOperand
  readonly column?: ColumnMetadata
  /** Whether a list is one value. */
  readonly isList?: boolean
}

/** The bindings of the parameters of a statement that is being written, by their names. */
export type Bindings = Map<string, Binding>
