import { InsertQueryBuilder, type InsertResult, type ObjectLiteral, type QueryBuilder, type QueryRunner } from 'typeorm'
import type { ModelDataSource } from '../data-source.js'
import { executeInsert } from '../writes/insert.js'
import { tellingLinks } from '../writes/linked-rows.js'
import { linkingShown } from '../writes/links.js'
import type { Guard, Guarded } from './guard.js'
import { guardOf } from './guard-of.js'
import { hidesEitherSide } from './hidden-links.js'
import { refuseUpsert } from './refuse-upsert.js'

/** An INSERT. What it may overwrite on a conflict must be guarded too, or it is refused. */
export class ScopedInsertQueryBuilder<Entity extends ObjectLiteral>
  extends InsertQueryBuilder<Entity>
  implements Guarded
{
  declare readonly dataSource: ModelDataSource
  guard: Guard

  constructor(source: ModelDataSource | QueryBuilder<ObjectLiteral>, runner?: QueryRunner) {
    super(source as ModelDataSource, runner)
    this.guard = guardOf(source)
  }

  override execute(): Promise<InsertResult> {
    return tellingLinks(this, () => linkingShown(this, () => executeInsert(this, () => super.execute())))
  }

  override getQuery(): string {
    refuseUpsert(this)
    this.#ignoreHiddenLinks()
    return super.getQuery()
  }

  /**
   * `save` compares the links of an owner with those the scopes show, so it may add one that exists but was hidden.
   */
  #ignoreHiddenLinks(): void {
    const { mainAlias } = this.expressionMap
    if (!this.guard.persistence || !mainAlias?.hasMetadata || !mainAlias.metadata.isJunction) return
    const { metadata } = mainAlias
    if (!hidesEitherSide(metadata, this.guard)) return
    if (metadata.dataSource.driver.supportedUpsertTypes.includes('on-conflict-do-update')) {
      this.orIgnore()
    } else {
      // Here ignoring would swallow every other error as well.
      this.orUpdate(
        metadata.primaryColumns.slice(0, 1).map(({ databaseName }) => databaseName),
        [],
      )
    }
  }
}
