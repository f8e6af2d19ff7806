import {
  type EntityMetadata,
  type ObjectLiteral,
  type QueryBuilder,
  type QueryRunner,
  RelationQueryBuilder,
} from 'typeorm'
import { NotFoundError } from '../../errors/exceptions.js'
import type { ModelDataSource } from '../data-source.js'
import { asLinkCall } from '../writes/linked-rows.js'
import type { Guard, Guarded } from './guard.js'
import { guardOf } from './guard-of.js'

/**
 * Loads and changes relations by statements that are guarded. Links of a junction table have no scopes of their own,
 * so only rows that the scopes show can be linked, and only those of visible owners are unlinked.
 */
export class ScopedRelationQueryBuilder<Entity extends ObjectLiteral>
  extends RelationQueryBuilder<Entity>
  implements Guarded
{
  declare readonly dataSource: ModelDataSource
  guard: Guard

  constructor(source: ModelDataSource | QueryBuilder<ObjectLiteral>, runner?: QueryRunner) {
    super(source as ModelDataSource, runner)
    this.guard = guardOf(source)
  }

  /** @throws {NotFoundError} when the scopes do not show one of the rows. */
  override async add(value: unknown): Promise<void> {
    const { relationMetadata, of } = this.expressionMap
    await this.#assertVisible(relationMetadata.entityMetadata, of)
    await this.#assertVisible(relationMetadata.inverseEntityMetadata, value)
    await super.add(value)
  }

  /** @throws {NotFoundError} when the scopes do not show the owner. */
  override async remove(value: unknown): Promise<void> {
    const { relationMetadata, of } = this.expressionMap
    await this.#assertVisible(relationMetadata.entityMetadata, of)
    await super.remove(value)
  }

  override addAndRemove(added: unknown, removed: unknown): Promise<void> {
    return asLinkCall(this.dataSource, () => super.addAndRemove(added as never, removed as never))
  }

  async #assertVisible(metadata: EntityMetadata, rows: unknown): Promise<void> {
    if (!this.guard.hides(metadata)) return
    const keys = (Array.isArray(rows) ? rows : [rows]).map((row) => keyOf(metadata, row))
    const distinct = [...new Map(keys.map((key) => [JSON.stringify(key), key])).values()]
    if (distinct.length === 0) return
    const query = this.dataSource.createQueryBuilder(metadata.target, 'linked', this.queryRunner)
    const complete = !distinct.includes(undefined)
    if (complete && (await query.whereInIds(distinct).getCount()) === distinct.length) return
    throw new NotFoundError(`There is no such ${metadata.name}.`)
  }
}

function keyOf(metadata: EntityMetadata, row: unknown): ObjectLiteral | undefined {
  return typeof row === 'object' && row !== null ? metadata.getEntityIdMap(row) : metadata.ensureEntityIdMap(row)
}
