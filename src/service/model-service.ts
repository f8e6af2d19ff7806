import { DefinitionError } from '../errors/definition-error.js'
import { NotFoundError, ValidationError } from '../errors/exceptions.js'
import type { AnyClass } from '../metadata/fact-kind.js'
import { labelOf } from '../model/applied-traits.js'
import type { Model } from '../model/model.js'
import type { PropertyName, VerbsOf } from '../model/trait-types.js'
import type { Id } from '../model/verb.js'
import type { ModelRepository, ScopedRepository } from '../orm/model-repository.js'
import type { Selection } from '../orm/selection.js'
import { storedRow } from '../orm/stored-row.js'
import { BaseService } from './base-service.js'
import type { ServiceContext } from './service-context.js'
import type { ServiceResult } from './service-result.js'

/** Values for some of the stored properties of a row. */
export type ValuesFor<E> = { readonly [K in PropertyName<E>]?: E[K] | undefined }

/** The verbs of an entity as methods of its service. */
export type ServiceVerbs<E> = {
  readonly [M in keyof VerbsOf<E>]: VerbsOf<E>[M] extends (...given: infer G) => Promise<infer R>
    ? (...given: G) => Promise<ServiceResult<R>>
    : never
}

/** Which rows TypeORM updates, and with what. */
type Criteria<E extends object> = Parameters<ScopedRepository<E>['update']>[0]
type Changes<E extends object> = Parameters<ScopedRepository<E>['update']>[1]

/** What TypeORM makes an entity of. */
type Draft<E extends object> = Parameters<ScopedRepository<E>['create']>[0]

/**
 * Reads and writes the rows of one entity, under its scopes and rules. What callers did wrong, and what the database
 * refuses, are failures; anything else is thrown. Each write is a unit of work.
 */
export abstract class RowsService<E extends object> extends BaseService {
  protected get entity(): AnyClass<E> {
    return (this.constructor as unknown as ModelServiceClass<E>).entity
  }

  protected get repository(): ModelRepository<E> {
    return this.dataSource.getRepository(this.entity)
  }

  /** The same repository, with the methods every entity has. */
  get #rows(): ScopedRepository<E> {
    return this.repository as unknown as ScopedRepository<E>
  }

  /** A lazy query for rows, to be narrowed and given to `list`. */
  select(): Selection<E> {
    return this.#rows.select()
  }

  /** The rows of a selection; without one, every row. */
  list(selection: Selection<E> = this.select()): Promise<ServiceResult<readonly E[]>> {
    return this.attempt(() => selection.rows())
  }

  /** The row with this primary key. Fails with `NOT_FOUND` where there is none, or no row can have such a key. */
  get(id: Id): Promise<ServiceResult<E>> {
    return this.attempt(() => this.#row(id))
  }

  /** Makes a row. It never writes to one that exists. */
  create(values: ValuesFor<E>): Promise<ServiceResult<E>> {
    return this.write(async () => {
      const row = this.#rows.create(given(values) as Draft<E>)
      await this.#rows.insert(row)
      return storedRow(this.#rows, row)
    })
  }

  /** Changes these properties of a row, given itself or by its primary key, and answers the row as it is then. */
  update(idOrRow: Id | E, values: ValuesFor<E>): Promise<ServiceResult<E>> {
    return this.write(async () => {
      const row = await this.#row(idOrRow)
      const changes = changesOf(this.#rows.metadata.primaryColumns, row, given(values))
      if (Object.keys(changes).length === 0) return row
      // Not `save`: it would write what the row had when it was read, over what others wrote meanwhile.
      const { affected } = await this.#rows.update(this.#keyOf(row), changes)
      if (affected === 0) throw this.#notFound()
      return storedRow(this.#rows, Object.assign(this.#rows.create(), row, changes))
    })
  }

  /** Deletes a row, given itself or by its primary key, in whatever way the entity does. */
  delete(idOrRow: Id | E): Promise<ServiceResult<undefined>> {
    return this.write(async () => {
      const key = this.#keyOf(await this.#row(idOrRow))
      const { affected } = await this.#rows.delete(key)
      if (affected === 0) throw this.#notFound()
      return undefined
    })
  }

  /** Runs a write in a unit of work of its own, or in a savepoint of the running one. */
  protected write<T>(work: () => Promise<T>): Promise<ServiceResult<T>> {
    return this.attempt(() => this.atomic(work))
  }

  async #row(idOrRow: Id | E): Promise<E> {
    if (typeof idOrRow === 'object' && idOrRow !== null) return idOrRow
    const row = isId(idOrRow) ? await this.#rows.findById(idOrRow) : null
    if (row) return row
    throw this.#notFound()
  }

  #keyOf(row: E): Criteria<E> {
    const key = this.#rows.metadata.getEntityIdMap(row)
    if (!key) throw this.#notFound()
    return key as Criteria<E>
  }

  #notFound(): NotFoundError {
    return new NotFoundError(`There is no such ${this.entity.name}.`)
  }
}

/** What is to be written; the primary key may be repeated, but not changed. */
function changesOf<E extends object>(
  primary: readonly { readonly propertyName: string }[],
  row: E,
  values: Partial<E>,
): Changes<E> {
  const names = primary.map(({ propertyName }) => propertyName as keyof E & string)
  const changed = names.filter((name) => name in values && values[name] !== row[name])
  if (changed.length > 0) {
    const errors = changed.map((name) => ({ pointer: `#/${name}`, code: 'immutable', message: 'must not change' }))
    throw new ValidationError('The id of a row never changes.', { errorCode: 'INVALID_ID', errors })
  }
  const others = Object.entries(values).filter(([name]) => !names.includes(name as keyof E & string))
  return Object.fromEntries(others) as Changes<E>
}

/** The class `ModelService` makes. */
export type ModelServiceClass<E extends object> = (abstract new (
  context?: ServiceContext,
) => RowsService<E> & ServiceVerbs<E>) & { readonly entity: AnyClass<E> }

/**
 * The base of the service of an entity, with the verbs of its traits:
 * `@injectable() class CityService extends ModelService(City) {}`.
 */
export function ModelService<E extends object>(entity: AnyClass<E>): ModelServiceClass<E> {
  abstract class EntityService extends RowsService<E> {
    static readonly entity = entity

    constructor(context?: ServiceContext) {
      super(...(context ? [context] : []))
      addVerbs(EntityService.prototype, this.dataSource.registry.model(entity))
    }
  }
  return EntityService as unknown as ModelServiceClass<E>
}

/** Verbs are known once a registry is, and belong to the prototype so that a subclass can override them. */
function addVerbs(prototype: object, model: Model): void {
  for (const name of Object.keys(model.verbs)) {
    if (Object.hasOwn(prototype, name)) continue
    if (name in prototype) throw nameTaken(model, name)
    Object.defineProperty(prototype, name, { value: verbMethod(name), configurable: true, writable: true })
  }
}

type Verbs = Readonly<Record<string, (...given: readonly unknown[]) => Promise<unknown>>>

function verbMethod(name: string) {
  return function (this: { write: RowsService<object>['write']; repository: Verbs }, ...given: readonly unknown[]) {
    return this.write(async () => this.repository[name]?.(...given))
  }
}

function nameTaken({ name: subject, verbs }: Model, verb: string): DefinitionError {
  const contributor = verbs[verb]?.contributor
  return new DefinitionError([
    {
      code: 'E_NAME_TAKEN',
      subject,
      problem: `the verb "${verb}" has the name of a method that every service has.`,
      places: contributor ? [labelOf(contributor)] : [],
      remedy: 'Rename the verb.',
    },
  ])
}

const isId = (value: unknown): value is Id => typeof value === 'number' || (typeof value === 'string' && value !== '')

/** Properties that are undefined were not given. */
function given<E>(values: ValuesFor<E>): Partial<E> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<E>
}
