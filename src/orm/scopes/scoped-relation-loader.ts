import type { ObjectLiteral, QueryRunner } from 'typeorm'
import { RelationLoader } from 'typeorm/query-builder/RelationLoader.js'
import type { ModelDataSource } from '../data-source.js'
import { rememberHidden } from '../hidden-relations.js'
import { guardOf } from './guard-of.js'
import { heldKey } from './held-key.js'
import { mayBeHidden } from './hidden-links.js'
import { ScopedSelectQueryBuilder } from './scoped-select-query-builder.js'

type Load = RelationLoader['load']
type Relation = Parameters<Load>[0]
type Builder = NonNullable<Parameters<Load>[3]>

/** Loads relations of rows the caller holds: the scopes of what is loaded count, not those of the rows it belongs to. */
export class ScopedRelationLoader extends RelationLoader {
  readonly #dataSource: ModelDataSource

  constructor(dataSource: ModelDataSource) {
    super(dataSource)
    this.#dataSource = dataSource
  }

  override load(
    relation: Relation,
    owners: ObjectLiteral | ObjectLiteral[],
    runner?: QueryRunner,
    builder?: Builder,
    eagerly?: boolean,
  ): ReturnType<Load> {
    // TypeORM replaces a released runner too, but only after it would have been given to our builder.
    const usable = runner?.isReleased ? undefined : runner
    const query = builder ?? this.#queryFor(relation, usable)
    if (query instanceof ScopedSelectQueryBuilder) query.loading(relation)
    const found = super.load(relation, owners, usable, query, eagerly)
    const isLazy = relation.isLazy && builder === undefined && isRow(owners, relation)
    return isLazy ? this.#markingHidden(found, relation, owners, usable) : found
  }

  /** A lazy relation that loads nothing may refer to a hidden row: the key that its owner holds tells. */
  async #markingHidden(
    found: ReturnType<Load>,
    relation: Relation,
    owner: ObjectLiteral,
    runner: QueryRunner | undefined,
  ): ReturnType<Load> {
    const rows = await found
    const mayHide = relation.isWithJoinColumn && mayBeHidden(relation.inverseEntityMetadata, guardOf(this.#dataSource))
    if (rows.length > 0 || !mayHide) return rows
    const key = await heldKey(this.#dataSource, relation, owner, runner)
    if (key !== undefined) rememberHidden(owner, relation.propertyName, key)
    return rows
  }

  #queryFor({ propertyName, inverseEntityMetadata }: Relation, runner: QueryRunner | undefined): Builder {
    return this.#dataSource
      .createQueryBuilder(runner)
      .select(propertyName)
      .from(inverseEntityMetadata.target, propertyName)
  }
}

/** Whether what a relation is loaded of is one loaded row, and not only its key. */
function isRow(owner: ObjectLiteral, { entityMetadata: { target } }: Relation): boolean {
  return typeof target === 'function' && owner instanceof target
}
