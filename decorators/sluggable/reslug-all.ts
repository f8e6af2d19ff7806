import {
  gt,
  type Operand,
  type OptionNames,
  orderingOf,
  type Predicate,
  type RowData,
  requireKnownBy,
  UsageError,
} from 'plinth'
import { type SluggedRepository, type SlugsIn, slugSource } from './slug-source.js'

/** Which rows, and which of their slugs, `reslugAll` makes anew. */
export interface ReslugOptions<P extends string> {
  /** Only rows of which this is true. */
  readonly where?: Predicate
  /** Which slugs of a class that has several: what `Sluggable.as` gave; `Sluggable` unless told. */
  readonly slugs?: SlugsIn<P>
  /** How many rows are read, and at most written, by one unit of work; 500 unless told. */
  readonly chunk?: number
}

const reslugOptions: OptionNames<ReslugOptions<string>> = { where: true, slugs: true, chunk: true }

/**
 * Gives the visible rows of an entity new slugs, as far as theirs were not made from their present text: after a change
 * of options, or once texts have changed that slugs did not follow. What rows give up stays theirs, as always. Each
 * chunk is a unit of work of its own, so that others can write meanwhile; what they change is made from what they wrote.
 * @returns how many rows were written.
 * @throws {UsageError} where the entity has no such slugs, or a primary key of several properties.
 */
export async function reslugAll<E extends Readonly<Record<P, string>>, P extends string = 'slug'>(
  repository: SluggedRepository<E>,
  options: ReslugOptions<P> = {},
): Promise<number> {
  requireKnownBy(reslugAll, options, reslugOptions)
  const { where, slugs, chunk = 500 } = options
  const { names, property } = slugSource(repository.model, slugs)
  const [primary, ...others] = repository.metadata.primaryColumns.map(({ propertyPath }) => propertyPath)
  if (primary === undefined || others.length > 0) {
    throw new UsageError(
      'E_SEVERAL_KEYS',
      `${repository.model.name} has a primary key of several properties; reslugAll needs one of one.`,
    )
  }
  const rows = (where ? repository.select().where(where) : repository.select()).orderBy(orderingOf([primary]))
  let written = 0
  for (let page = await rows.slice(0, chunk).rows(); page.length > 0; ) {
    const keys = (page as readonly RowData[]).map((row) => ({ row, key: row[primary] as Operand }))
    const odd = keys.filter(({ row }) => !names.isCurrent(row))
    if (odd.length > 0) {
      const { affected = 0 } = await repository.update(
        odd.map(({ key }) => key as string),
        { [property]: '' },
      )
      written += affected
    }
    page = await rows
      .where(gt(primary, keys.at(-1)!.key))
      .slice(0, chunk)
      .rows()
  }
  return written
}
