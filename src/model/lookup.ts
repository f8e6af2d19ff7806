import type { RowData } from './matches.js'
import type { Model } from './model.js'
import type { Predicate } from './predicate.js'

/** What a trait is given where a text is looked up. */
export interface LookupScene {
  readonly model: Model
  readonly now: Date
  /** The values of `within`. */
  readonly group: RowData
  /** The condition that the row meets whose primary key a text stands for; undefined where no row can have it. */
  withId(text: string): Predicate | undefined
  /** A table of the trait's own, for reading. */
  companion(name: string): { findOneBy(values: object): Promise<RowData | null> }
}

/** How rows are found by the text of a property, beyond that the property has it now. */
export interface Lookup {
  /** The properties whose values make the group in which a text names one row; without any, it names one of all rows. */
  readonly within?: readonly string[]
  /** Whether no row is ever called so. */
  isReserved?(text: string): boolean
  /** Whom a text named before: the condition that its row meets; undefined where it named none. */
  retired?(text: string, scene: LookupScene): Promise<Predicate | undefined>
}

/** What the traits of an entity say of finding its rows by a property; undefined where none says anything. */
export function lookupOf({ traits }: Model, property: string): Lookup | undefined {
  for (const { definition, options } of traits) {
    const found = definition.lookups?.(options)[property]
    if (found) return found
  }
  return undefined
}
