import type { EntityTarget, ObjectLiteral, QueryBuilder, QueryRunner } from 'typeorm'
import type { ModelDataSource } from '../data-source.js'
import { lensOf } from '../lens.js'
import { ScopedDeleteQueryBuilder } from './scoped-delete-query-builder.js'
import { ScopedInsertQueryBuilder } from './scoped-insert-query-builder.js'
import { ScopedRelationQueryBuilder } from './scoped-relation-query-builder.js'
import { ScopedSelectQueryBuilder } from './scoped-select-query-builder.js'
import { ScopedSoftDeleteQueryBuilder } from './scoped-soft-delete-query-builder.js'
import { ScopedUpdateQueryBuilder } from './scoped-update-query-builder.js'

type Builder = QueryBuilder<ObjectLiteral>
type Kind = new (source: Builder) => Builder

const kinds: Readonly<Record<string, Kind>> = {
  select: ScopedSelectQueryBuilder,
  insert: ScopedInsertQueryBuilder,
  update: ScopedUpdateQueryBuilder,
  delete: ScopedDeleteQueryBuilder,
  softDelete: ScopedSoftDeleteQueryBuilder,
  restore: ScopedSoftDeleteQueryBuilder,
  relation: ScopedRelationQueryBuilder,
}

type Switch = (this: Builder, ...given: unknown[]) => Builder

/**
 * Keeps a statement guarded when its builder becomes one of another kind (`createQueryBuilder().update(…)`). TypeORM
 * takes the class of the new builder from a table that is global to the process, so each of our classes says for
 * itself what it becomes. A builder that already is of the kind continues as it is.
 */
for (const kind of new Set(Object.values(kinds))) {
  for (const [name, Next] of Object.entries(kinds)) {
    const original = kind.prototype[name as keyof Builder] as Switch
    Object.defineProperty(kind.prototype, name, {
      configurable: true,
      writable: true,
      value(this: Builder, ...given: unknown[]): Builder {
        const next = original.apply(this, given)
        return next === this ? this : new Next(this)
      },
    })
  }
}

/** A builder that looks as its runner does, of the rows of a table where it is told one. */
export function builderOf(
  dataSource: ModelDataSource,
  runner: QueryRunner | undefined,
  from?: { readonly target: EntityTarget<ObjectLiteral>; readonly name: string },
): ScopedSelectQueryBuilder<ObjectLiteral> {
  const builder = new ScopedSelectQueryBuilder<ObjectLiteral>(dataSource, runner)
  const { withDeleted, held } = lensOf(runner)
  if (withDeleted) builder.withDeleted()
  if (held) builder.guard = builder.guard.holding('all')
  if (from) builder.select(from.name).from(from.target, from.name)
  return builder
}

export { ScopedSelectQueryBuilder }
