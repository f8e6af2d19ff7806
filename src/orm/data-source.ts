import {
  type DataSource,
  type EntityTarget,
  type ObjectLiteral,
  type QueryRunner,
  type ReplicationMode,
  type Repository,
} from 'typeorm'
import { DriverUtils } from 'typeorm/driver/DriverUtils.js'
import { Mistakes } from '../errors/definition-error.js'
import { type Clock, systemClock } from '../helpers/clock.js'
import { requireKnownBy } from '../helpers/known-options.js'
import type { AnyClass } from '../metadata/fact-kind.js'
import type { EntityDescription } from '../model/entity-description.js'
import type { Model } from '../model/model.js'
import { Registry } from '../model/registry.js'
import { lockCounters, passageLocks } from './counters.js'
import { connectionOptions, type ModelDataSourceOptions } from './data-source-options.js'
import { describeEntity } from './describe-entity.js'
import type { Dialect } from './dialects/dialect.js'
import { dialectOf } from './dialects/engines.js'
import { changedByDeletes } from './events/changed-by-deletes.js'
import { WriteEvents } from './events/write-events.js'
import { requireInstants } from './instants.js'
import { ModelEntityManager } from './model-entity-manager.js'
import type { ModelRepository } from './model-repository.js'
import { requireOwnOptionsBy } from './own-options.js'
import { PatientDataSource } from './patient-data-source.js'
import { requireSchema } from './proof/prove-schema.js'
import { SchemaCare } from './proof/schema-care.js'
import { checkModels } from './schema/check-model.js'
import { checkDeclaredRelations } from './schema/check-relations.js'
import { InstalledEntities } from './schema/install-entities.js'
import { ScopedRelationLoader } from './scopes/scoped-relation-loader.js'
import { builderOf, type ScopedSelectQueryBuilder } from './scopes/switching.js'
import { type StatementListener, StatementSubscriber } from './statements.js'
import type { Hook } from './unit-of-work/hooks.js'
import type { IsolationLevel } from './unit-of-work/isolation.js'
import type { Level } from './unit-of-work/level.js'
import { type AtomicOptions, atomicOptions, unitHostOf } from './unit-of-work/unit-host.js'
import { UnitsOfWork } from './unit-of-work/units-of-work.js'
import type { VerbRunner } from './verb-runner.js'
import { SaveSubscriber } from './writes/save.js'
import { ruledVerbs } from './writes/verbs.js'

/**
 * TypeORM's data source, with models: the columns and indexes of traits are part of the schema, and their scopes of
 * every query. It owns its registry, so two data sources over the same classes share nothing.
 */
export class ModelDataSource extends PatientDataSource {
  declare readonly manager: ModelEntityManager
  readonly registry: Registry
  readonly clock: Clock
  readonly dialect: Dialect
  readonly tables: NonNullable<ModelDataSourceOptions['tables']>
  /** What carries out the verbs of repositories. */
  readonly verbRunner: VerbRunner = ruledVerbs
  readonly events: WriteEvents
  readonly #mistakes = new Mistakes()
  /** @internal */ readonly units: UnitsOfWork
  readonly #listeners = new Set<StatementListener>()
  readonly #care: SchemaCare
  readonly #entities = new InstalledEntities(this)

  constructor(options: ModelDataSourceOptions) {
    requireOwnOptionsBy(ModelDataSource, options)
    const connection = connectionOptions(options)
    const dialect = dialectOf(connection.type)
    super(connection)
    requireInstants(this.driver)
    this.dialect = dialect
    this.tables = options.tables ?? []
    this.clock = options.clock ?? systemClock
    this.#care = new SchemaCare(this, options)
    this.events = new WriteEvents(options.listeners, (write) => changedByDeletes(this, write))
    this.registry = new Registry(options.entities, this.#mistakes)
    const createRunner = (mode: ReplicationMode) => super.createQueryRunner(mode)
    const takeLocks = (runner: QueryRunner, keys: readonly string[], before?: string) =>
      lockCounters(this, runner, keys, before)
    this.units = new UnitsOfWork(unitHostOf(this, options, { createRunner, takeLocks }))
    Object.assign(this, { relationLoader: new ScopedRelationLoader(this) })
  }

  /**
   * Runs `work` in one transaction, a unit of work. Everything sent through this data source meanwhile joins, whatever
   * repository, manager or query builder it comes from. An error, and a returned failure, undo all of it. Inside a
   * unit it is a savepoint.
   */
  atomic<T>(work: () => T | Promise<T>, options?: AtomicOptions): Promise<T> {
    // oxlint-disable-next-line typescript/unbound-method -- it is looked for on the stack, not called
    requireKnownBy(this.atomic, options, atomicOptions, { subject: 'atomic' })
    return this.units.atomic(work, options)
  }

  /** Runs `work` in a savepoint of a level that is not the running unit's: for managers that are bound to one. */
  atomicIn<T>(level: Level, work: () => T | Promise<T>, options?: AtomicOptions): Promise<T> {
    return this.units.atomicIn(level, work, options)
  }

  /**
   * The locks that a unit of work needs to insert, hide, show or remove a row with these values: what `atomic` takes as
   * `locks`. Values that locked scopes compare with the context are taken from it.
   */
  locksOf<E extends ObjectLiteral>(entity: AnyClass<E>, row: Readonly<Partial<E>>): readonly string[] {
    return passageLocks(this, this.registry.model(entity), row)
  }

  /** Takes locks in a level, until its unit ends. Outside of a transaction there are none. */
  lockIn(level: Level, keys: readonly string[], late = false): Promise<void> {
    return this.units.lock(level, keys, late)
  }

  /** TypeORM's way to write a unit of work; its isolation level is that of `atomic`, and it is never run again. */
  override transaction<T>(work: (manager: ModelEntityManager) => Promise<T>): Promise<T>
  override transaction<T>(isolation: IsolationLevel, work: (manager: ModelEntityManager) => Promise<T>): Promise<T>
  override transaction<T>(...given: [never]): Promise<T> {
    return this.manager.transaction(...given)
  }

  /** Runs `hook` once the outermost unit is committed, outside of it; at once where no unit is running. */
  afterCommit(hook: Hook): void {
    this.units.afterCommit(hook)
  }

  /** Runs `hook` once the outermost unit has ended, if what this unit or savepoint did was undone. */
  afterRollback(hook: Hook): void {
    this.units.afterRollback(hook)
  }

  /** Lets `listener` hear of every statement before it is sent, until the function that is returned is called. */
  onStatement(listener: StatementListener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Whether a unit of work is running. */
  get isInUnit(): boolean {
    return this.units.ambient() !== undefined
  }

  /** The one instant of the running unit; outside of units, the present instant of the clock. */
  now(): Date {
    return this.units.now()
  }

  override createQueryRunner(mode: ReplicationMode = 'master'): QueryRunner {
    return this.units.runner(mode)
  }

  /** The model of an entity, by its class or a name TypeORM knows it by; undefined where it has none. */
  modelOf(target: EntityTarget<ObjectLiteral>): Model | undefined {
    const entity = (typeof target === 'function' ? target : this.getMetadata(target).target) as AnyClass
    return this.registry.has(entity) ? this.registry.model(entity) : undefined
  }

  override getRepository<E extends ObjectLiteral>(target: AnyClass<E>): ModelRepository<E>
  override getRepository<E extends ObjectLiteral>(target: EntityTarget<E>): Repository<E>
  override getRepository(target: never): unknown {
    return this.manager.getRepository(target)
  }

  override createEntityManager(runner?: QueryRunner): ModelEntityManager {
    return new ModelEntityManager(this, runner)
  }

  override createQueryBuilder<E extends ObjectLiteral>(
    entity: EntityTarget<E>,
    alias: string,
    runner?: QueryRunner,
  ): ScopedSelectQueryBuilder<E>
  override createQueryBuilder(runner?: QueryRunner): ScopedSelectQueryBuilder<ObjectLiteral>
  override createQueryBuilder(
    entityOrRunner?: EntityTarget<ObjectLiteral> | QueryRunner,
    alias?: string,
    runner?: QueryRunner,
  ): ScopedSelectQueryBuilder<ObjectLiteral> {
    if (alias === undefined) return builderOf(this, entityOrRunner as QueryRunner | undefined)
    const { target } = this.getMetadata(entityOrRunner as EntityTarget<ObjectLiteral>)
    return builderOf(this, runner, { target, name: DriverUtils.buildAlias(this.driver, undefined, alias) })
  }

  /** The stored properties of an entity. Needs no connection. */
  describe(entity: AnyClass): EntityDescription {
    if (this.entityMetadatas.length === 0) this.#entities.install()
    return describeEntity(this, entity)
  }

  /** Adds everything that is wrong with the models and entities. Needs no connection; `initialize` does it first. */
  verify(mistakes: Mistakes): void {
    for (const mistake of this.#mistakes.found) mistakes.add(mistake)
    checkModels(this.registry.models, mistakes)
    this.events.verify(this.registry.models, mistakes)
    // What a relation refers to is known of entities without other mistakes alone.
    if (mistakes.found.length === 0) checkDeclaredRelations(this, () => this.#entities.install(), mistakes)
  }

  /**
   * Checks the models, connects, and proves the schema as `proveSchema` says.
   * @throws {DefinitionError} with every mistake in every entity, before anything is connected; with links that cannot be read.
   * @throws {SchemaError} with everything the database lacks.
   */
  override async initialize(): Promise<this> {
    const mistakes = new Mistakes()
    this.verify(mistakes)
    mistakes.throwIfAny()
    return super.initialize()
  }

  override async destroy(): Promise<void> {
    this.units.close()
    await super.destroy()
  }

  protected override started(): Promise<void> {
    return this.#care.started()
  }

  protected override schemaChanged(): Promise<void> {
    return this.#care.changed()
  }

  /**
   * Compares the database with what the models need.
   * @throws {SchemaError} with everything it lacks, and the statements that put it right.
   */
  proveSchema(): Promise<void> {
    return requireSchema(this)
  }

  override setOptions(options: Parameters<DataSource['setOptions']>[0]): this {
    // As do the commands of TypeORM that are about to change the schema.
    if (options.synchronize === false || options.migrationsRun === false) this.#care.leave()
    this.#entities.forget()
    return super.setOptions(options)
  }

  protected override async buildMetadatas(): Promise<void> {
    // TypeORM was given no entities, so this makes only the subscribers and migrations.
    await super.buildMetadatas()
    if (this.dialect.columnsByVersion) this.#entities.forget()
    this.#entities.install()
    const own = [new SaveSubscriber(), new StatementSubscriber(this.#listeners)]
    Object.assign(this, { subscribers: [...own, ...this.subscribers] })
  }
}
