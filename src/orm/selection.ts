import type { ObjectLiteral } from 'typeorm'
import { promised } from '../helpers/awaitable.js'
import type { AnyClass } from '../metadata/fact-kind.js'
import { any, eq, isPredicate, matching, type Operand, type Predicate } from '../model/predicate.js'
import type { RelationLook } from '../model/relation-look.js'
import type { LookAt, RelationPath } from '../model/relation-types.js'
import type { Ordering } from '../model/scope.js'
import type { PropertyName, ViewArguments, ViewsOf } from '../model/trait-types.js'
import type { Id } from '../model/verb.js'
import type { ScopedRepository } from './model-repository.js'
import { entitiesOf, firstEntityOf } from './reads/read-entities.js'
import { unknownColumn } from './schema/column-terms.js'
import { withTieBreak } from './schema/ordering.js'
import type { ScopedSelectQueryBuilder } from './scopes/scoped-select-query-builder.js'
import { asking, combined, plainSight, type Sight, viewed, without } from './scopes/sight.js'
import { soleKey } from './sole-key.js'

/** Values for some properties of an entity; null asks for rows where the property is null. */
export type Values<E> = { readonly [K in PropertyName<E>]?: Extract<E[K], Operand | null> | null }

/** What a selection is made of. */
export interface SelectionParts {
  readonly sight: Sight
  readonly ordering: readonly Ordering[] | undefined
  readonly offset: number
  readonly limit: number | undefined
  /** The relations that come with the rows, by path, and how they are looked at. */
  readonly relations: ReadonlyMap<string, RelationLook | undefined>
}

const everything: SelectionParts = {
  sight: plainSight,
  ordering: undefined,
  offset: 0,
  limit: undefined,
  relations: new Map(),
}

/** A query for rows of one entity that has not run yet. It never changes: each method gives a new one. */
export class Selection<E extends ObjectLiteral> {
  readonly #repository: ScopedRepository<E>
  readonly #parts: SelectionParts

  constructor(repository: ScopedRepository<E>, parts: SelectionParts = everything) {
    this.#repository = repository
    this.#parts = parts
  }

  get entity(): AnyClass<E> {
    return this.#repository.metadata.target as unknown as AnyClass<E>
  }

  /** The order that was asked for; undefined where it is the default one. */
  get ordering(): readonly Ordering[] | undefined {
    return this.#parts.ordering
  }

  /** What it is made of, for what writes its statement in a way of its own. */
  get parts(): SelectionParts {
    return this.#parts
  }

  /** The repository whose rows it selects. */
  get repository(): ScopedRepository<E> {
    return this.#repository
  }

  /** The same selection of rows that are looked at in another way. */
  seeing(sight: Sight): Selection<E> {
    return this.#with({ sight })
  }

  /** The same selection, of the rows that another repository of the entity shows. */
  through(repository: ScopedRepository<E>): Selection<E> {
    return new Selection(repository, this.#parts)
  }

  /** Rows of which also this is true: a predicate, or values that properties have. */
  where(condition: Predicate | Values<E>): Selection<E> {
    const predicate = isPredicate(condition)
      ? condition
      : matching(condition as Readonly<Record<string, Operand | null>>)
    return this.#seeing(asking(predicate))
  }

  /**
   * The row with this primary key; no row when the id cannot be one.
   * @throws {UsageError} `E_SEVERAL_KEYS` where rows are known by several columns.
   */
  byId(id: Id): Selection<E> {
    const { metadata } = this.#repository
    const value = soleKey(metadata, id)
    const [column] = metadata.primaryColumns
    const predicate = column && value !== undefined ? eq(column.propertyPath, value) : any()
    return this.#seeing(asking(predicate))
  }

  /**
   * As a view of the entity looks at its rows, with what the view must be given. Views add up.
   * @throws {DefinitionError} `E_UNKNOWN_SCOPE` when it has no such view.
   */
  view<V extends ViewsOf<E>>(name: V, ...given: ViewArguments<E, V>): Selection<E> {
    return this.#seeing(viewed(this.#repository.model, name, given))
  }

  /**
   * With the rows that default scopes hide; without names, of all of them but locked ones.
   * @throws {DefinitionError} `E_UNKNOWN_SCOPE` for a name the entity does not have, or that is locked.
   */
  unscoped(...names: readonly string[]): Selection<E> {
    return this.#seeing(without(this.#repository.model, names))
  }

  /**
   * With what a relation leads to: `relation('author', { view: 'withDeleted' })`, `relation('author.country')`. Rows that
   * are hidden are left out of lists; a relation to one is null, and `isHidden` tells it from none. With `whenHidden`
   * they are shown, or the rows that refer to them dropped.
   * @throws {DefinitionError} `E_UNKNOWN_PROPERTY`, `E_UNKNOWN_SCOPE` and `E_RELATION_LOOK`, when it runs.
   */
  relation<P extends RelationPath<E>>(path: P, look?: LookAt<E, P>): Selection<E> {
    return this.#with({ relations: new Map([...this.#parts.relations, [path, look as RelationLook | undefined]]) })
  }

  /** In this order instead of the default one. */
  orderBy(ordering: readonly Ordering[]): Selection<E> {
    return this.#with({ ordering })
  }

  /** At most `limit` rows, after leaving out `offset`. */
  slice(offset: number, limit: number): Selection<E> {
    for (const [name, value] of Object.entries({ offset, limit })) {
      if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${name} must be a whole number from 0 on.`)
    }
    return this.#with({ offset, limit })
  }

  /** The rows, as entities. */
  rows(): Promise<E[]> {
    return promised(() => entitiesOf(this))
  }

  /** The first row, or null. */
  first(): Promise<E | null> {
    return promised(() => firstEntityOf(this))
  }

  /** How many rows there are, whatever slice is taken of them. */
  count(): Promise<number> {
    return this.#looking().getCount()
  }

  /** The query as a builder, to add what a selection cannot say: joins, columns, locks. */
  queryBuilder(alias?: string): ScopedSelectQueryBuilder<E> {
    const { offset, limit, relations } = this.#parts
    const builder = this.#looking(alias)
    joinRelations(builder, [...relations.keys()])
    for (const { property, direction } of this.#ordering()) {
      builder.addOrderBy(`${builder.alias}.${property}`, direction)
    }
    if (offset > 0) builder.skip(offset)
    if (limit !== undefined) builder.take(limit)
    return builder
  }

  /** A builder that sees the rows as they were asked for. */
  #looking(alias?: string): ScopedSelectQueryBuilder<E> {
    const { sight, relations } = this.#parts
    const builder = this.#repository.createQueryBuilder(alias).seeing(sight)
    for (const [path, look] of relations) builder.seeingRelation(path, look ?? {})
    return builder
  }

  #ordering(): readonly Ordering[] {
    const { metadata, model } = this.#repository
    const ordering = withTieBreak(this.#parts.ordering ?? model.ordering, metadata)
    for (const { property } of ordering) {
      if (metadata.findColumnWithPropertyPath(property)) continue
      throw unknownColumn(metadata, property)
    }
    return ordering
  }

  #seeing(sight: Sight): Selection<E> {
    return new Selection(this.#repository, { ...this.#parts, sight: combined(this.#parts.sight, sight) })
  }

  #with(parts: Partial<SelectionParts>): Selection<E> {
    return new Selection(this.#repository, { ...this.#parts, ...parts })
  }
}

/** Joins what paths of relations lead to, each once, with everything on the way. */
function joinRelations<E extends ObjectLiteral>(builder: ScopedSelectQueryBuilder<E>, paths: readonly string[]): void {
  const joined = new Map([['', builder.alias]])
  for (const path of paths) {
    const names = path.split('.')
    for (const index of names.keys()) {
      const [above, here] = [names.slice(0, index).join('.'), names.slice(0, index + 1).join('.')]
      if (joined.has(here)) continue
      const alias = `${builder.alias}__${here.replaceAll('.', '_')}`
      builder.leftJoinAndSelect(`${joined.get(above)}.${names[index]}`, alias)
      joined.set(here, alias)
    }
  }
}
