import { type ObjectLiteral, type QueryBuilder, type QueryRunner, UpdateQueryBuilder, type UpdateResult } from 'typeorm'
import type { ModelDataSource } from '../data-source.js'
import { refusingEmpty } from '../writes/empty-criteria.js'
import { tellingLinks } from '../writes/linked-rows.js'
import { executeUpdate } from '../writes/update.js'
import { guardedWhere, mainTable } from './conditions.js'
import type { Guard, Guarded } from './guard.js'
import { guardOf } from './guard-of.js'
import { keepingHiddenLinks } from './hidden-links.js'

/** An UPDATE that writes only rows the default scopes of its entity show. */
export class ScopedUpdateQueryBuilder<Entity extends ObjectLiteral>
  extends UpdateQueryBuilder<Entity>
  implements Guarded
{
  declare readonly dataSource: ModelDataSource
  guard: Guard
  criteria?: unknown

  constructor(source: ModelDataSource | QueryBuilder<ObjectLiteral>, runner?: QueryRunner) {
    super(source, runner)
    this.guard = guardOf(source)
  }

  override where(...given: Parameters<UpdateQueryBuilder<Entity>['where']>): this {
    this.criteria = given[0]
    return super.where(...given)
  }

  override execute(): Promise<UpdateResult> {
    return tellingLinks(this, () => executeUpdate(this, () => super.execute()))
  }

  protected override createWhereExpression(): string {
    return guardedWhere(this, mainTable(this), () => refusingEmpty(() => super.createWhereExpression()))
  }

  protected override getValueSet(): ObjectLiteral {
    const values = super.getValueSet()
    return this.guard.persistence ? keepingHiddenLinks(values, this) : values
  }
}
