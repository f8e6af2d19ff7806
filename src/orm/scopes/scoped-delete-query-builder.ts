import { DeleteQueryBuilder, type DeleteResult, type ObjectLiteral, type QueryBuilder, type QueryRunner } from 'typeorm'
import type { ModelDataSource } from '../data-source.js'
import { executeDelete } from '../writes/delete.js'
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

  constructor(source: ModelDataSource | QueryBuilder<ObjectLiteral>, runner?: QueryRunner) {
    super(source, runner)
    this.guard = guardOf(source)
  }

  override execute(): Promise<DeleteResult> {
    return executeDelete(this, () => super.execute())
  }

  protected override createWhereExpression(): string {
    return guardedWhere(this, mainTable(this), () => super.createWhereExpression())
  }
}
