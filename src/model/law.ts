import type { RowData } from './matches.js'
import type { Contributed, Model } from './model.js'

/** The rows of an entity as one context sees them. */
export interface RowsInSight {
  /** Those that default scopes show. */
  readonly visible: readonly RowData[]
  /** All but those that locked scopes hide. */
  readonly stored: readonly RowData[]
}

/**
 * What a trait promises of all rows of an entity together, whatever was done to them: too much for a condition on each
 * row. Tests look for what breaks it.
 */
export interface Law {
  /** What is wrong where it does not hold, e.g. `lists have gaps`. */
  readonly problem: string
  /**
   * Whether it holds of the rows there are.
   * @param earlier the rows as they were before the last write, where it is known which that was.
   */
  holds(rows: RowsInSight, earlier?: RowsInSight): boolean
}

/** The laws of every trait of an entity. */
export function lawsOf({ traits }: Pick<Model, 'traits'>): readonly Contributed<Law>[] {
  return traits.flatMap(({ definition, options, trait, key, place }) =>
    (definition.laws?.(options) ?? []).map((law) => ({ ...law, contributor: { trait, key, place } })),
  )
}
