import type { Contributed, Model } from './model.js'
import type { Predicate } from './predicate.js'

/** What a trait promises of every stored row beyond what the schema holds; `doctor` looks for rows that break it. */
export type Check = {
  /** What is wrong with the rows that are found, e.g. `was deleted by no operation`. */
  readonly problem: string
  /** What to do about them. */
  readonly remedy: string
} & (
  | { readonly where: Predicate }
  /** Rows that have the same values of some properties as another, none of them null; among some rows only. */
  | { readonly duplicates: { readonly by: readonly string[]; readonly among?: Predicate } }
  /** A JSON column that must hold an object, or a list. */
  | { readonly json: { readonly property: string; readonly holds: 'object' | 'array' } }
)

/** The checks of every trait of an entity. */
export function checksOf({ traits }: Pick<Model, 'traits'>): readonly Contributed<Check>[] {
  return traits.flatMap(({ definition, options, trait, key, place }) =>
    (definition.checks?.(options) ?? []).map((check) => ({ ...check, contributor: { trait, key, place } })),
  )
}

/** The conditions of a check on rows. */
export function conditionsOf(check: Check): readonly Predicate[] {
  if ('where' in check) return [check.where]
  return 'duplicates' in check && check.duplicates.among ? [check.duplicates.among] : []
}
