import {
  type Model,
  type Operand,
  type parseId,
  type RowData,
  type Selection,
  type Trait,
  tableNameAs,
  UsageError,
} from 'plinth'
import { Sluggable } from '../sluggable.js'
import { historyTable } from './slug-history.js'
import { SlugNames } from './slug-names.js'
import type { SluggableOptions } from './slug-options.js'

/** `Sluggable`, or what `Sluggable.as` gives for a property `P`. */
export interface SlugsIn<P extends string> {
  readonly trait: Trait
  readonly types: { readonly columns: Readonly<Record<P, unknown>> }
}

/** The repository of an entity with slugs. */
export interface SluggedRepository<E extends object> {
  readonly model: Model
  readonly metadata: Parameters<typeof parseId>[0]
  readonly manager: { readonly dataSource: { now(): Date } }
  select(): Selection<E>
  companion(name: string): { findOneBy(values: object): Promise<RowData | null> }
  update(ids: string[], values: object): Promise<{ readonly affected?: number | undefined }>
}

/** The slugs of an entity in one property. */
export interface SlugSource {
  readonly property: string
  readonly options: SluggableOptions
  readonly names: SlugNames
  /** The name of the table of slugs that were given up. */
  readonly table: string
}

/** @throws {UsageError} where the entity has no such slugs. */
export function slugSource(model: Model, { trait }: Pick<SlugsIn<string>, 'trait'> = Sluggable): SlugSource {
  const { as = '' } = trait
  const property = as || 'slug'
  const applied = model.traits.find((one) => one.trait === Sluggable.trait.name && one.key === as)
  if (!applied) {
    const missing = as ? `Sluggable.as('${as}')` : '@Sluggable'
    throw new UsageError('E_MISSING_PART', `${model.name} has no slugs in "${property}": it lacks ${missing}.`)
  }
  const options = applied.options as SluggableOptions
  return { property, options, names: new SlugNames(options, property), table: tableNameAs(as, historyTable) }
}

/** The values of `within`, each of which must be given. */
export function groupOf({ options, property }: SlugSource, values: Readonly<Record<string, Operand | null>>) {
  const missing = options.within.filter((name) => values[name] === undefined)
  if (missing.length > 0) {
    throw new UsageError(
      'E_UNDEFINED_VALUE',
      `"${property}" is unique within ${options.within.join(', ')}: give a value for ${missing.join(', ')}.`,
    )
  }
  return Object.fromEntries(options.within.map((name) => [name, values[name] ?? null]))
}
