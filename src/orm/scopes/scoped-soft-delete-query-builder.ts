import type { ObjectLiteral, QueryBuilder, QueryRunner, UpdateResult } from 'typeorm'
import { SoftDeleteQueryBuilder } from 'typeorm/query-builder/SoftDeleteQueryBuilder.js'
import type { ModelDataSource } from '../data-source.js'
import { executeSoftDelete } from '../writes/soft-delete.js'
import { guardedWhere, mainTable } from './conditions.js'
import type { Guard, Guarded } from './guard.js'
import { guardOf } from './guard-of.js'

/** TypeORM's own soft delete, for columns made with `@DeleteDateColumn`: it too writes only rows the scopes show. */
export class ScopedSoftDeleteQueryBuilder<Entity extends ObjectLiteral>
  extends SoftDeleteQueryBuilder<Entity>
  implements Guarded
{
  declare readonly dataSource: ModelDataSource
  guard: Guard

  constructor(source: ModelDataSource | QueryBuilder<ObjectLiteral>, runner?: QueryRunner) {
    super(source, runner)
    this.guard = guardOf(source)
  }

  override execute(): Promise<UpdateResult> {
    return executeSoftDelete(this, () => super.execute())
  }

  protected override createUpdateExpression(): string {
    const { wheres } = this.expressionMap
    // TypeORM adds its condition behind the last OR of the user's.
    if (wheres.length > 0) {
      this.expressionMap.wheres = [{ type: 'simple', condition: { operator: 'brackets', condition: wheres } }]
    }
    return super.createUpdateExpression()
  }

  protected override createWhereExpression(): string {
    return guardedWhere(this, mainTable(this), () => super.createWhereExpression())
  }
}
