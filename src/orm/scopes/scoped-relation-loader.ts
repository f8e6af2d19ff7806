import type { ObjectLiteral, QueryRunner } from 'typeorm'
import { RelationLoader } from 'typeorm/query-builder/RelationLoader.js'
import type { ModelDataSource } from '../data-source.js'
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
    return super.load(relation, owners, usable, query, eagerly)
  }

  #queryFor({ propertyName, inverseEntityMetadata }: Relation, runner: QueryRunner | undefined): Builder {
    return this.#dataSource
      .createQueryBuilder(runner)
      .select(propertyName)
      .from(inverseEntityMetadata.target, propertyName)
  }
}
