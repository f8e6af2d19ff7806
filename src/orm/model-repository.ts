import { type DeepPartial, type ObjectLiteral, Repository } from 'typeorm'
import type { RowData } from '../model/matches.js'
import type { Model } from '../model/model.js'
import type { RelationLook } from '../model/relation-look.js'
import type { LookAt, RelationPath } from '../model/relation-types.js'
import type { PropertyName, VerbsOf, ViewArguments, ViewsOf } from '../model/trait-types.js'
import type { Id, Ids, Receipt } from '../model/verb.js'
import type { ModelEntityManager } from './model-entity-manager.js'
import { companionMetadata } from './schema/companions.js'
import { checkLook, relationAt } from './scopes/relation-path.js'
import type { ScopedSelectQueryBuilder } from './scopes/scoped-select-query-builder.js'
import { type Sight, viewed, without } from './scopes/sight.js'
import { Selection } from './selection.js'
import type { DeletionResult } from './writes/deletion-result.js'
import { type Identity, updateOrCreate, type Written } from './writes/update-or-create.js'

/** TypeORM's repository with what models add to it. The views and verbs of an entity are methods of its own class. */
export class ScopedRepository<E extends ObjectLiteral> extends Repository<E> {
  declare readonly manager: ModelEntityManager

  get model(): Model {
    return this.manager.dataSource.registry.model(this.metadata.target as never)
  }

  /** A lazy query for rows of the entity. */
  select(): Selection<E> {
    return new Selection<E>(this)
  }

  /**
   * One row by its primary key; null when there is none, also when the id cannot be one.
   * @throws {UsageError} `E_SEVERAL_KEYS` where rows are known by several columns.
   */
  async findById(id: Id): Promise<E | null> {
    return this.select().byId(id).first()
  }

  /**
   * A repository that shows what default scopes hide; without names, all of them but locked ones.
   * @throws {DefinitionError} `E_UNKNOWN_SCOPE` for a name the entity does not have, or that is locked.
   */
  unscoped(...names: readonly string[]): this {
    return this.seeing(without(this.model, names))
  }

  /**
   * A repository that looks at the rows as a view does.
   * @throws {DefinitionError} `E_UNKNOWN_SCOPE` when the entity has no such view.
   */
  view(name: string, ...given: readonly unknown[]): this {
    return this.seeing(viewed(this.model, name, given))
  }

  /**
   * Updates the row that is known by the same values of some properties, or creates one, by all rules: an upsert. What
   * others write at the same time never makes two rows, and never an error. It conflicts with visible rows where those
   * are unique; `revive` names the verb that brings back the row that was hidden last.
   * @throws {DefinitionError} `E_IDENTITY` where the database does not keep the properties unique.
   * @throws {ValidationError} `IDENTITY_MISSING` where they are not given.
   * @throws {ConflictError} `DUPLICATE` where a hidden row has them, all rows are unique, and none is to be brought back.
   */
  updateOrCreate(values: DeepPartial<E>, identity: Identity): Promise<Written<E>> {
    return updateOrCreate(this, values, identity)
  }

  /**
   * A repository that looks in some way at what a path of relations leads to, however it is loaded, joined or asked about:
   * `relation('author', { whenHidden: 'show' }).find({ relations: { author: true } })`.
   * @throws {DefinitionError} `E_UNKNOWN_PROPERTY`, `E_UNKNOWN_SCOPE`, `E_RELATION_LOOK`
   */
  relation(path: string, look: RelationLook): this {
    const { dataSource } = this.manager
    checkLook(relationAt(this.metadata, path), look, ({ target }) => dataSource.modelOf(target))
    return this.#looking(this.manager.seeingRelation(this.target, path, look))
  }

  /**
   * A table that one of the entity's traits keeps, by the name the trait gives it, for reading: rules write it, and no
   * scope guards it.
   */
  companion(name: string): Repository<ObjectLiteral> {
    const { target } = companionMetadata(this.manager.dataSource, this.metadata, name)
    return this.manager.getRepository(target)
  }

  /** A repository that looks at the rows in some way, on top of what this one has been told. */
  seeing(sight: Sight): this {
    return this.#looking(this.manager.seeing(this.target, sight))
  }

  #looking(manager: ModelEntityManager): this {
    const Class = this.constructor as new (...given: ConstructorParameters<typeof ScopedRepository<E>>) => this
    return new Class(this.target, manager, this.queryRunner)
  }

  override delete(criteria: Parameters<Repository<E>['delete']>[0]): Promise<DeletionResult> {
    return super.delete(criteria) as Promise<DeletionResult>
  }

  override deleteAll(): Promise<DeletionResult> {
    return super.deleteAll() as Promise<DeletionResult>
  }

  override createQueryBuilder(...given: Parameters<Repository<E>['createQueryBuilder']>): ScopedSelectQueryBuilder<E> {
    return super.createQueryBuilder(...given) as ScopedSelectQueryBuilder<E>
  }
}

/** TypeORM's methods that work only with a column of its own kind; views and verbs may have their names. */
const replaceable = ['restore', 'softDelete', 'softRemove', 'recover'] as const

type Replaced = (typeof replaceable)[number] | 'unscoped' | 'view' | 'seeing' | 'relation' | 'updateOrCreate' | 'extend'

/** Whether a view or verb must not have this name, because every repository has something of that name. */
export function isReserved(name: string): boolean {
  const own = ['target', 'manager', 'queryRunner']
  return own.includes(name) || (name in ScopedRepository.prototype && !replaceable.some((other) => other === name))
}

type Looks<E extends ObjectLiteral> = {
  /** A repository that shows what default scopes hide; without names, all of them but locked ones. */
  unscoped(...names: readonly string[]): ModelRepository<E>
  /** A repository that looks at the rows as a view does. */
  view<V extends ViewsOf<E>>(name: V, ...given: ViewArguments<E, V>): ModelRepository<E>
  /** A repository that looks in some way at what a path of relations leads to, however it is loaded or asked about. */
  relation<P extends RelationPath<E>>(path: P, look: LookAt<E, P>): ModelRepository<E>
  /** Updates the row that is known by the same values of some properties, or creates one, by all rules. */
  updateOrCreate(
    values: DeepPartial<E>,
    identity: {
      readonly by: readonly [PropertyName<E>, ...PropertyName<E>[]]
      readonly revive?: keyof VerbsOf<E> & string
    },
  ): Promise<Written<E>>
  /** A repository with methods of the application's own. */
  extend<C>(methods: C & ThisType<ModelRepository<E> & C>): ModelRepository<E> & C
} & { readonly [V in ViewsOf<E>]: (...given: ViewArguments<E, V>) => ModelRepository<E> }

/**
 * The repository of an entity: TypeORM's own, with the verbs of its traits (`restore(id)`), their views
 * (`withDeleted()`), `unscoped(…)`, `select()` and `findById(id)`.
 */
export type ModelRepository<E extends ObjectLiteral> = Omit<ScopedRepository<E>, Replaced> & VerbsOf<E> & Looks<E>

const classes = new WeakMap<Model, typeof ScopedRepository>()

/** The class of the repositories of an entity, with a method for each of its views and verbs. */
export function repositoryClass(model: Model): typeof ScopedRepository {
  const known = classes.get(model)
  if (known) return known
  const Class = class extends ScopedRepository<ObjectLiteral> {}
  for (const name of Object.keys(model.views)) define(Class, name, viewMethod(name))
  for (const name of Object.keys(model.verbs)) define(Class, name, verbMethod(name))
  classes.set(model, Class as typeof ScopedRepository)
  return Class as typeof ScopedRepository
}

type Method = (this: ScopedRepository<ObjectLiteral>, ...given: never[]) => unknown

function define({ prototype }: { readonly prototype: object }, name: string, value: Method): void {
  Object.defineProperty(prototype, name, { value, configurable: true, writable: true })
}

function viewMethod(name: string): Method {
  return function (this: ScopedRepository<ObjectLiteral>, ...given: readonly unknown[]) {
    return this.view(name, ...given)
  }
}

function verbMethod(verb: string): Method {
  return function (this: ScopedRepository<ObjectLiteral>, ids: Ids, input: RowData = {}): Promise<Receipt> {
    const { manager, model } = this
    const named = Array.isArray(ids) ? (ids as readonly Id[]) : [ids as Id]
    return manager.dataSource.verbRunner.run({ manager, model, verb, ids: named, input })
  }
}
