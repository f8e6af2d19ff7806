import {
  type DeepPartial,
  type EntityManager,
  type EntityTarget,
  type ObjectLiteral,
  type QueryRunner,
  Repository,
  type SaveOptions,
  type UpdateResult,
} from 'typeorm'
import { EntityPersistExecutor } from 'typeorm/persistence/EntityPersistExecutor.js'
import { PlainObjectToDatabaseEntityTransformer } from 'typeorm/query-builder/transformer/PlainObjectToDatabaseEntityTransformer.js'
import { DefinitionError } from '../errors/definition-error.js'
import type { AnyClass } from '../metadata/fact-kind.js'
import { increment } from '../model/expression.js'
import type { Model } from '../model/model.js'
import type { RelationLook } from '../model/relation-look.js'
import { isLocked } from '../model/scope.js'
import type { ModelDataSource } from './data-source.js'
import { type ModelRepository, repositoryClass } from './model-repository.js'
import { persistenceRunner } from './persistence-manager.js'
import type { ScopedSelectQueryBuilder } from './scopes/scoped-select-query-builder.js'
import { combined, plainSight, type Sight } from './scopes/sight.js'
import { UnitEntityManager } from './unit-of-work/unit-entity-manager.js'
import { savedAsNew } from './writes/by-statement/saved-as-new.js'
import type { DeletionResult } from './writes/deletion-result.js'
import { refusingEmpty } from './writes/empty-criteria.js'
import { ofLockedRow } from './writes/of-locked-row.js'
import {
  confirmCleared,
  type PersistCall,
  persistInUnit,
  refuseClearing,
  refusePersistence,
  spellKeysIn,
} from './writes/persistence.js'

/** The entity a manager looks at in some way of its own. */
interface Seen {
  readonly target: EntityTarget<ObjectLiteral>
  readonly sight: Sight
  readonly relations: readonly (readonly [path: string, look: RelationLook])[]
}

/** TypeORM's entity manager, whose repositories know views and verbs. Inside of a transaction it is the same. */
export class ModelEntityManager extends UnitEntityManager {
  declare readonly dataSource: ModelDataSource
  #seen: Seen | undefined

  /** A manager like this one that looks at one entity in some way, on top of what it has already been told. */
  seeing(target: EntityTarget<ObjectLiteral>, sight: Sight): ModelEntityManager {
    const seen = this.#seenOf(target)
    return this.#like({ ...seen, sight: combined(seen.sight, sight) })
  }

  /** A manager like this one that looks in some way at what a path of relations leads to from one entity. */
  seeingRelation(target: EntityTarget<ObjectLiteral>, path: string, look: RelationLook): ModelEntityManager {
    const seen = this.#seenOf(target)
    return this.#like({ ...seen, relations: [...seen.relations, [path, look]] })
  }

  /** How it looks at the rows of an entity; undefined where it looks at relations, or at another entity, in some way too. */
  sightOf(target: EntityTarget<ObjectLiteral>): Sight | undefined {
    if (!this.#seen) return plainSight
    return this.#seen.target === target && this.#seen.relations.length === 0 ? this.#seen.sight : undefined
  }

  #seenOf(target: EntityTarget<ObjectLiteral>): Seen {
    return this.#seen?.target === target ? this.#seen : { target, sight: plainSight, relations: [] }
  }

  #like(seen: Seen): ModelEntityManager {
    const manager = new ModelEntityManager(this.dataSource)
    // Given to the constructor, the runner would take the new manager for its own.
    if (this.queryRunner) Object.assign(manager, { queryRunner: this.queryRunner })
    manager.#seen = seen
    return manager
  }

  override getRepository<E extends ObjectLiteral>(target: AnyClass<E>): ModelRepository<E>
  override getRepository<E extends ObjectLiteral>(target: EntityTarget<E>): Repository<E>
  override getRepository(target: EntityTarget<ObjectLiteral>): unknown {
    const known = this.repositories.get(target)
    if (known) return known
    const model = this.dataSource.modelOf(target) ?? this.#refuseUnknown(target)
    const Class = model ? repositoryClass(model) : Repository
    const repository = new Class(target, this, this.queryRunner)
    this.repositories.set(target, repository)
    return repository
  }

  /** TypeORM would say at the first query that there is no metadata, and neither why nor what to do. */
  #refuseUnknown(target: EntityTarget<ObjectLiteral>): undefined {
    const { isInitialized, registry } = this.dataSource
    if (isInitialized && typeof target === 'function' && !this.dataSource.hasMetadata(target))
      registry.model(target as AnyClass)
    return undefined
  }

  override createQueryBuilder<E extends ObjectLiteral>(
    entity: EntityTarget<E>,
    alias: string,
    runner?: QueryRunner,
  ): ScopedSelectQueryBuilder<E>
  override createQueryBuilder(runner?: QueryRunner): ScopedSelectQueryBuilder<ObjectLiteral>
  override createQueryBuilder(...given: never[]): ScopedSelectQueryBuilder<ObjectLiteral> {
    const builder = super.createQueryBuilder(...(given as [])) as ScopedSelectQueryBuilder<ObjectLiteral>
    return this.#seen ? this.#looking(builder, this.#seen) : builder
  }

  /** TypeORM would look through the manager of the data source, which sees neither a view nor this transaction. */
  override async preload<E extends ObjectLiteral>(
    target: EntityTarget<E>,
    like: DeepPartial<E>,
  ): Promise<E | undefined> {
    const transformer = new PlainObjectToDatabaseEntityTransformer(this)
    const found = await transformer.transform(like as ObjectLiteral, this.dataSource.getMetadata(target))
    return found && this.merge(target, found as E, like)
  }

  protected override normalizeAndValidateWhereCriteria(...given: [criteria: unknown, methodName: string]): {
    criteria: unknown
    isPrimitive: boolean
  } {
    return refusingEmpty(() => super.normalizeAndValidateWhereCriteria(...given))
  }

  override delete<E extends ObjectLiteral>(
    target: EntityTarget<E>,
    criteria: Parameters<Repository<E>['delete']>[0],
  ): Promise<DeletionResult> {
    return super.delete(target, criteria) as Promise<DeletionResult>
  }

  override deleteAll<E extends ObjectLiteral>(target: EntityTarget<E>): Promise<DeletionResult> {
    return super.deleteAll(target) as Promise<DeletionResult>
  }

  /** TypeORM adds by SQL, of which nobody knows what it gives: where a column refuses values, an expression adds. */
  protected override incrementOrDecrementBy(
    ...given: Parameters<EntityManager['incrementOrDecrementBy']>
  ): Promise<UpdateResult> {
    const [operation, target, criteria, property, by] = given
    const column = this.dataSource.modelOf(target)?.columns[property]
    // What is null stays so in SQL; an expression would make it the number.
    if (!column?.check || column.nullable || Number.isNaN(Number(by))) return super.incrementOrDecrementBy(...given)
    const expression = increment(operation === 'increment' ? Number(by) : -Number(by))
    return this.update(target, criteria, { [property]: expression })
  }

  override save(...given: unknown[]): Promise<never> {
    return this.#persist('save', given)
  }

  override remove(...given: unknown[]): Promise<never> {
    return this.#persist('remove', given)
  }

  override softRemove(...given: unknown[]): Promise<never> {
    return this.#persist('soft-remove', given)
  }

  override recover(...given: unknown[]): Promise<never> {
    return this.#persist('recover', given)
  }

  /**
   * Empties a table.
   * @throws {DefinitionError} `E_UNGUARDED_WRITE` when a locked scope guards rows of it: emptying knows no condition.
   * `E_UNRULED_WRITE` when deletes of it have rules, or others refer to its rows by a policy.
   */
  override async clear(...given: Parameters<EntityManager['clear']>): Promise<void> {
    const model = this.dataSource.modelOf(given[0] as EntityTarget<ObjectLiteral>)
    const locked = Object.entries(model?.scopes ?? {}).filter(([, scope]) => isLocked(scope))
    if (model && locked.length > 0) throw unclearable(model, Object.fromEntries(locked))
    if (model) refuseClearing(this.dataSource, model)
    await super.clear(...given)
    if (model) confirmCleared(this.dataSource, model)
  }

  #looking(builder: ScopedSelectQueryBuilder<ObjectLiteral>, { target, sight, relations }: Seen) {
    const metadata = this.dataSource.getMetadata(target)
    builder.seeing(sight, metadata)
    for (const [path, look] of relations) builder.guard = builder.guard.seeingRelation(look, path, metadata)
    return builder
  }

  /** TypeORM's persistence, with statements of its own told apart from those of callers. */
  async #persist(mode: PersistCall['mode'], given: readonly unknown[]): Promise<never> {
    const named = given.length > 1 && (typeof given[0] === 'function' || typeof given[0] === 'string')
    const [target, entity, options] = named ? given : [undefined, ...given]
    if (Array.isArray(entity) && entity.length === 0) return entity as never
    const call = { mode, target: target as string, entity: entity as ObjectLiteral, options: options as SaveOptions }
    refusePersistence(this.dataSource, call)
    spellKeysIn(this.dataSource, call)
    const saved = savedAsNew(this, call)
    // A unit that ends without waiting for what is done in it must see that it has begun.
    if (saved && (await saved)) return entity as never
    await persistInUnit(this, call.entity, () => this.#execute(call))
    return entity as never
  }

  async #execute({ mode, target, entity, options }: PersistCall): Promise<void> {
    const runner = this.queryRunner ?? this.dataSource.createQueryRunner()
    try {
      const guarded = persistenceRunner(runner, this.dataSource, options === ofLockedRow)
      await new EntityPersistExecutor(this.dataSource, guarded, mode, target, entity, options).execute()
    } finally {
      if (runner !== this.queryRunner) await runner.release()
    }
  }
}

function unclearable(model: Model, locked: Model['scopes']): DefinitionError {
  return new DefinitionError([
    {
      code: 'E_UNGUARDED_WRITE',
      subject: model.name,
      problem: 'clear() would remove rows that a locked scope guards.',
      places: Object.entries(locked).map(([name, { contributor }]) => `the scope "${name}" of @${contributor.trait}`),
      remedy: 'Delete by deleteAll(), which removes only what the scopes show.',
    },
  ])
}
