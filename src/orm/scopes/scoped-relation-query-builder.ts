import { type ObjectLiteral, type QueryBuilder, type QueryRunner, RelationQueryBuilder } from 'typeorm'
import type { ModelDataSource } from '../data-source.js'
import type { Guard, Guarded } from './guard.js'
import { guardOf } from './guard-of.js'

/** Changes and loads relations by statements that are guarded. */
export class ScopedRelationQueryBuilder<Entity extends ObjectLiteral>
  extends RelationQueryBuilder<Entity>
  implements Guarded
{
  guard: Guard

  constructor(source: ModelDataSource | QueryBuilder<ObjectLiteral>, runner?: QueryRunner) {
    super(source as ModelDataSource, runner)
    this.guard = guardOf(source)
  }
}
