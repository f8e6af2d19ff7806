import { EntityManager, type EntityTarget, type ObjectLiteral, type QueryRunner } from 'typeorm'
import type { ModelDataSource } from './data-source.js'
import { through } from './lens.js'
import type { ScopedSelectQueryBuilder } from './scopes/scoped-select-query-builder.js'
import { currentRead } from './unit-of-work/current-read.js'
import { lockedForChange } from './writes/locked-for-change.js'

/**
 * The manager TypeORM's persistence works with while it carries out `save` or `remove`. Its statements are known as
 * TypeORM's own; subscribers and listeners get the ordinary manager.
 */
class PersistenceManager extends EntityManager {
  /** Whether what it reads is locked. */
  locks = false

  override createQueryBuilder<E extends ObjectLiteral>(
    entity: EntityTarget<E>,
    alias: string,
    runner?: QueryRunner,
  ): ScopedSelectQueryBuilder<E>
  override createQueryBuilder(runner?: QueryRunner): ScopedSelectQueryBuilder<ObjectLiteral>
  override createQueryBuilder(...given: never[]): ScopedSelectQueryBuilder<ObjectLiteral> {
    const builder = super.createQueryBuilder(...(given as [])) as ScopedSelectQueryBuilder<ObjectLiteral>
    builder.guard = builder.guard.forPersistence()
    return this.locks ? lockedForChange(builder) : builder
  }
}

/**
 * A runner for TypeORM's persistence.
 * @param decides whether what it reads must be what others have committed.
 */
export function persistenceRunner(runner: QueryRunner, dataSource: ModelDataSource, decides: boolean): QueryRunner {
  // Given to the constructor, the runner would take the new manager for its own.
  const manager = new PersistenceManager(dataSource)
  const facade = through(runner, { manager })
  Object.assign(manager, { queryRunner: facade, locks: decides && currentRead(runner) !== '' })
  return facade
}
