import { DeleteQueryBuilder, type DeleteResult, type ObjectLiteral, type QueryBuilder, type QueryRunner } from 'typeorm'
import type { ModelDataSource } from '../data-source.js'
import { executeDelete } from '../writes/delete.js'
import { refusingEmpty } from '../writes/empty-criteria.js'
import { tellingLinks } from '../writes/linked-rows.js'
import { guardedWhere, mainTable } from './conditions.js'
import type { Guard, Guarded } from './guard.js'
import { guardOf } from './guard-of.js'

/** A DELETE that removes only rows the default scopes of its entity show. */
export class ScopedDeleteQueryBuilder<Entity extends ObjectLiteral>
  extends DeleteQueryBuilder<Entity>
  implements Guarded
{
  declare readonly dataSource: ModelDataSource
  guard: Guard
  criteria?: unknown

  constructor(source: ModelDataSource | QueryBuilder<ObjectLiteral>, runner?: QueryRunner) {
    super(source, runner)
    this.guard = guardOf(source)
  }

  override where(...given: Parameters<DeleteQueryBuilder<Entity>['where']>): this {
    this.criteria = given[0]
    return super.where(...given)
  }

  override execute(): Promise<DeleteResult> {
    return tellingLinks(this, () => executeDelete(this, () => super.execute()))
  }

  protected override createWhereExpression(): string {
    return guardedWhere(this, mainTable(this), () => refusingEmpty(() => super.createWhereExpression()))
  }
}
