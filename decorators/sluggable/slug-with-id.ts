import type { RowData } from 'plinth'
import { UsageError } from 'plinth'
import { type SluggedRepository, type SlugsIn, slugSource } from './slug-source.js'

/**
 * The slug of a row with its id, `hello--17`: an address that leads to the row whatever becomes of its slug, where
 * `idSuffix` is told. What stands in front of the doubled separator is only to be read.
 * @param slugs which slugs of a class that has several: what `Sluggable.as` gave; `Sluggable` unless told.
 * @throws {UsageError} where the entity has no such slugs, they have no `idSuffix`, or the primary key has several
 * properties.
 */
export function slugWithId<E extends Readonly<Record<P, string>>, P extends string = 'slug'>(
  { model, metadata }: Pick<SluggedRepository<E>, 'model' | 'metadata' | 'select'>,
  row: NoInfer<E>,
  slugs?: SlugsIn<P>,
): string {
  const { names, options, property } = slugSource(model, slugs)
  const [primary, ...others] = metadata.primaryColumns.map(({ propertyPath }) => propertyPath)
  if (!options.idSuffix) {
    throw new UsageError(
      'E_SLUG_OPTIONS',
      `The slugs of ${model.name} in "${property}" are not found by ids: tell them idSuffix: true.`,
    )
  }
  if (primary === undefined || others.length > 0) {
    throw new UsageError(
      'E_SEVERAL_KEYS',
      `${model.name} has a primary key of several properties; slugWithId needs one of one.`,
    )
  }
  return names.withId(names.slugOf(row), String((row as RowData)[primary]))
}
