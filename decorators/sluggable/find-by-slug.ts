import { all, eq, type Model, matching, type Operand, partitionOf, type RowData, type Selection } from 'plinth'
import { rowWith } from './row-key.js'
import { historyTable } from './slug-history.js'
import { SlugNames } from './slug-names.js'
import type { SluggableOptions } from './slug-options.js'

/** The repository of an entity with slugs. */
export interface SluggedRepository<E extends object> {
  readonly model: Model
  select(): Selection<E>
  companion(name: string): { findOneBy(values: object): Promise<RowData | null> }
}

/** A row found by a slug. */
export interface FoundBySlug<E> {
  readonly row: E
  /** Whether the slug is the one the row has now; false where the row has given it up. */
  readonly canonical: boolean
}

/**
 * The visible row that has a slug, or has had it; null where there is none. An id is never taken for a slug.
 * @param within the values that make the group, one for each property that `within` of `@Sluggable` names.
 * @throws {TypeError} where the entity has no slugs, or a value of `within` is missing.
 */
export async function findBySlug<E extends { readonly slug: string }>(
  repository: SluggedRepository<E>,
  slug: string,
  within: Readonly<Record<string, Operand | null>> = {},
): Promise<FoundBySlug<E> | null> {
  const options = optionsOf(repository.model)
  const group = groupOf(options, within)
  if (!mayBeSlug(slug)) return null
  const row = await repository
    .select()
    .where(all(matching(group), eq('slug', slug)))
    .first()
  if (row) return { row, canonical: true }
  if (!options.history) return null
  const scope = new SlugNames(options).scope(group, partitionOf(repository.model))
  const retired = await repository.companion(historyTable).findOneBy({ scope, slug })
  const owner =
    retired &&
    (await repository
      .select()
      .where(rowWith(String(retired['row'])))
      .first())
  return owner ? { row: owner, canonical: false } : null
}

function optionsOf(model: Model): SluggableOptions {
  const applied = model.traits.find(({ trait }) => trait === 'Sluggable')
  if (!applied) throw new TypeError(`${model.name} has no slugs: it lacks @Sluggable.`)
  return applied.options as SluggableOptions
}

function groupOf({ within }: SluggableOptions, values: Readonly<Record<string, Operand | null>>) {
  const missing = within.filter((property) => values[property] === undefined)
  if (missing.length > 0) {
    throw new TypeError(
      `Slugs are unique within ${within.join(', ')}: give findBySlug a value for ${missing.join(', ')}.`,
    )
  }
  return Object.fromEntries(within.map((property) => [property, values[property] ?? null]))
}

/** Whether a database can be asked for the text, and any slug is as long. */
function mayBeSlug(text: string): boolean {
  return text !== '' && text.length <= 510 && !/[\p{Cc}\p{Surrogate}]/u.test(text)
}
