import { all, eq, matching, type Operand, parseId, partitionOf } from 'plinth'
import { rowWith } from '../row-key.js'
import { forgottenBefore } from './slug-history.js'
import { groupOf, type SluggedRepository, type SlugsIn, slugSource } from './slug-source.js'

/** A row found by a slug. */
export interface FoundBySlug<E> {
  readonly row: E
  /** Whether the slug is the one the row has now; false where the row has given it up. */
  readonly canonical: boolean
}

/** A row found by an id or a slug. By an id it is not canonical: the slug of the row is. */
export interface FoundByIdOrSlug<E> extends FoundBySlug<E> {
  readonly by: 'id' | 'slug'
}

/** The values that make a group, one for each property that `within` names. */
export type SlugGroup = Readonly<Record<string, Operand | null>>

/**
 * The visible row that has a slug, or has had it; null where there is none. An id is never taken for a slug; behind one,
 * `hello--17`, it names the row where `idSuffix` is told, which is not canonical.
 * @param within the values that make the group, one for each property that `within` of `@Sluggable` names.
 * @param slugs which slugs of a class that has several: what `Sluggable.as` gave; `Sluggable` unless told.
 * @throws {UsageError} where the entity has no such slugs, or a value of `within` is missing.
 */
export async function findBySlug<E extends Readonly<Record<P, string>>, P extends string = 'slug'>(
  repository: SluggedRepository<E>,
  slug: string,
  within: SlugGroup = {},
  slugs?: SlugsIn<P>,
): Promise<FoundBySlug<E> | null> {
  const source = slugSource(repository.model, slugs)
  const { property, options, names, table } = source
  const group = groupOf(source, within)
  if (!mayBeSlug(slug)) return null
  const id = names.idIn(slug)
  if (id !== undefined) {
    const named = await repository.select().byId(id).first()
    return named && { row: named, canonical: false }
  }
  const row = await repository
    .select()
    .where(all(matching(group), eq(property, slug)))
    .first()
  if (row) return { row, canonical: true }
  if (!options.history) return null
  const scope = names.scope(group, partitionOf(repository.model))
  const retired = await repository.companion(table).findOneBy({ scope, slug })
  const limit = forgottenBefore(options, repository.manager.dataSource.now())
  if (!retired || (limit && (retired['retiredAt'] as Date) < limit)) return null
  const owner = await repository
    .select()
    .where(rowWith(String(retired['row'])))
    .first()
  return owner ? { row: owner, canonical: false } : null
}

/**
 * The visible row with a primary key or a slug, which is asked for in this order: by id only where the text is
 * well-formed for the column (a UUID, a whole number that fits). Where ids and slugs can look alike, as with numbers,
 * the id wins.
 * @throws {UsageError} where the entity has no such slugs, or a value of `within` is missing.
 */
export async function findByIdOrSlug<E extends Readonly<Record<P, string>>, P extends string = 'slug'>(
  repository: SluggedRepository<E>,
  text: string,
  within: SlugGroup = {},
  slugs?: SlugsIn<P>,
): Promise<FoundByIdOrSlug<E> | null> {
  const source = slugSource(repository.model, slugs)
  const group = groupOf(source, within)
  const isId = parseId(repository.metadata, text) !== undefined
  const row = isId ? await repository.select().where(matching(group)).byId(text).first() : null
  if (row) return { row, canonical: false, by: 'id' }
  const found = await findBySlug(repository, text, within, slugs)
  return found && { ...found, by: 'slug' }
}

/** Whether a database can be asked for the text, and any slug is as long. */
function mayBeSlug(text: string): boolean {
  return text !== '' && text.length <= 510 && !/[\p{Cc}\p{Surrogate}]/u.test(text)
}
