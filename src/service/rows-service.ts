import { NotFoundError } from '../errors/exceptions.js'
import type { Awaitable } from '../helpers/awaitable.js'
import type { AnyClass } from '../metadata/fact-kind.js'
import { oneOf } from '../model/predicate.js'
import type { Id } from '../model/verb.js'
import type { ModelRepository, ScopedRepository } from '../orm/model-repository.js'
import { parseId } from '../orm/parse-id.js'
import { asking } from '../orm/scopes/sight.js'
import type { Selection } from '../orm/selection.js'
import { storedRow, storedRows } from '../orm/stored-row.js'
import { deleteRow } from '../orm/writes/by-statement/delete-row.js'
import { entityReaderOf } from '../orm/writes/by-statement/entity-reader.js'
import { insertRow } from '../orm/writes/by-statement/insert-row.js'
import { insertRows } from '../orm/writes/by-statement/insert-rows.js'
import { newRow } from '../orm/writes/by-statement/new-row.js'
import { changeRow } from '../orm/writes/by-statement/one-row.js'
import { chunks, mostKeys } from '../orm/writes/groups.js'
import { storable } from '../orm/writes/known-properties.js'
import { newEntity } from '../orm/writes/new-entity.js'
import { BaseService } from './base-service.js'
import { isId, isRow, loneKey } from './lone-row.js'
import { changingAlone, deletingAlone, makingAlone } from './lone-rows.js'
import { whyOneByOne } from './many-rows.js'
import { giveParts, hasOwnParts } from './own-part.js'
import { ServiceResult } from './service-result.js'
import { changesOf, given, type ValuesFor } from './written-values.js'

/** Which rows TypeORM updates. */
type Criteria<E extends object> = Parameters<ScopedRepository<E>['update']>[0]

/** What a service writes in a running unit belongs to it. */
const joining = { joins: true } as const

/**
 * Reads and writes the rows of one entity, under its scopes and rules. What callers did wrong, and what the database
 * refuses, are failures; anything else is thrown. Each write is a unit of work.
 */
export abstract class RowsService<E extends object> extends BaseService {
  protected get entity(): AnyClass<E> {
    return (this.constructor as unknown as { readonly entity: AnyClass<E> }).entity
  }

  protected get repository(): ModelRepository<E> {
    return this.dataSource.getRepository(this.entity)
  }

  /** The same repository, with the methods every entity has. */
  get #rows(): ScopedRepository<E> {
    return this.repository as unknown as ScopedRepository<E>
  }

  #storable(values: ValuesFor<E>): Partial<E> {
    return storable(this.#rows.metadata, given(values))
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
    const own = this.#storable(values)
    const reader = entityReaderOf(this.dataSource, this.#rows.metadata)
    const draft = () => newEntity(this.#rows, own)
    const send = reader && (async () => newRow(this.#rows, draft, reader, joining) as Awaitable<E | undefined>)
    return this.#byStatement(hasOwnParts(this) ? undefined : send, () => {
      // What fails here undoes the whole write.
      return insertRow(this.#rows, draft(), { undone: this.write === RowsService.prototype.write })
    })
  }

  /** Changes these properties of a row, given itself or by its primary key, and answers the row as it is then. */
  update(idOrRow: Id | E, values: ValuesFor<E>): Promise<ServiceResult<E>> {
    const changes = this.#storable(values)
    const send = async (id: Id) => changeRow(this.#rows.select(), id, changes, joining) as Awaitable<E | undefined>
    const namesKey = this.#rows.metadata.primaryColumns.some(({ propertyName }) => propertyName in changes)
    const id = namesKey ? undefined : loneKey(this, this.#rows, idOrRow)
    return this.#byStatement(id === undefined ? undefined : () => send(id), async () => {
      const row = await this.#row(idOrRow)
      const changed = changesOf(this.#rows.metadata.primaryColumns, row, changes)
      if (Object.keys(changed).length === 0) return row
      // Not `save`: it would write what the row had when it was read, over what others wrote meanwhile.
      const { affected } = await this.#rows.update(this.#keyOf(row), changed)
      if (affected === 0) throw this.#notFound()
      return storedRow(this.#rows, Object.assign(this.#rows.create(), row, changed))
    })
  }

  /** Deletes a row, given itself or by its primary key, in whatever way the entity does. */
  async delete(idOrRow: Id | E): Promise<ServiceResult<undefined>> {
    const send = async (id: Id) => (await deleteRow(this.#rows.select(), id, joining)) || undefined
    const id = loneKey(this, this.#rows, idOrRow)
    const result = await this.#byStatement(id === undefined ? undefined : () => send(id), async () => {
      const key = this.#keyOf(await this.#row(idOrRow))
      const { affected } = await this.#rows.delete(key)
      if (affected === 0) throw this.#notFound()
      return true as const
    })
    return result.success ? ServiceResult.success(undefined) : result
  }

  /**
   * Makes many rows, all of them or none, by as few statements as the rules allow, and answers them in their order. Where
   * a class overrides `create` alone, that is called for each.
   */
  createMany(values: readonly ValuesFor<E>[]): Promise<ServiceResult<readonly E[]>> {
    const isEach = whyOneByOne(this, 'create') !== undefined
    const own = values.map((one) => this.#storable(one))
    return this.#byStatement(isEach ? undefined : makingAlone(this, this.#rows, own), () => {
      if (isEach) return this.#each(values, (one) => this.create(one))
      const rows = own.map((one) => newEntity(this.#rows, one))
      return insertRows(this.#rows, rows, { undone: this.write === RowsService.prototype.write })
    })
  }

  /**
   * Changes these properties of many rows, given themselves or by their primary keys, all of them or none, and answers
   * them in their order. Fails with `NOT_FOUND` where one is not there. Where a class overrides `update` alone, that is
   * called for each.
   */
  updateMany(idsOrRows: readonly (Id | E)[], values: ValuesFor<E>): Promise<ServiceResult<readonly E[]>> {
    const known = this.#knownKeys('update', idsOrRows)
    const own = this.#storable(values)
    return this.#byStatement(changingAlone(this, this.#rows, known, own), async () => {
      if (this.#isOneByOne('update')) return this.#each(idsOrRows, (one) => this.update(one, values))
      const keys = this.#keysOf(idsOrRows)
      const { primaryColumns } = this.#rows.metadata
      const rows = keys.map((key) => ({ [primaryColumns[0]!.propertyName]: key }) as Partial<E>)
      const [changes = {}] = rows.map((row) => changesOf(primaryColumns, row, own))
      if (Object.keys(changes).length > 0) await this.#affectAll(keys, (rows, some) => rows.update(some, changes))
      return (await storedRows(this.#rows, keys)).map((row) => {
        if (!row) throw this.#notFound()
        return row
      })
    })
  }

  /**
   * Deletes many rows, given themselves or by their primary keys, all of them or none, in whatever way the entity does.
   * Fails with `NOT_FOUND` where one is not there. Where a class overrides `delete` alone, that is called for each.
   */
  async deleteMany(idsOrRows: readonly (Id | E)[]): Promise<ServiceResult<undefined>> {
    const known = this.#knownKeys('delete', idsOrRows)
    const result = await this.#byStatement(deletingAlone(this, this.#rows, known), async () => {
      if (this.#isOneByOne('delete')) await this.#each(idsOrRows, (one) => this.delete(one))
      else await this.#affectAll(this.#keysOf(idsOrRows), (rows, some) => rows.delete(some))
      return true as const
    })
    return result.success ? ServiceResult.success(undefined) : result
  }

  /** Runs a write in a unit of work of its own, or in a savepoint of the running one. */
  protected write<T>(work: () => Promise<T>): Promise<ServiceResult<T>> {
    return this.attempt(() => this.atomic(work))
  }

  /** Writes a row by one statement where that is all there is to do, else by work that looks at it. */
  async #byStatement<T>(
    send: (() => Promise<T | undefined>) | undefined,
    look: () => Promise<T>,
  ): Promise<ServiceResult<T>> {
    const sent = send && (await this.attempt(send))
    return !sent || (sent.success && sent.data === undefined) ? this.write(look) : (sent as ServiceResult<T>)
  }

  async #row(idOrRow: Id | E): Promise<E> {
    if (isRow(idOrRow)) return idOrRow
    const row = isId(idOrRow) ? await this.#rows.findById(idOrRow) : null
    if (row) return row
    throw this.#notFound()
  }

  #keyOf(row: E): Criteria<E> {
    const key = this.#rows.metadata.getEntityIdMap(row)
    if (!key) throw this.#notFound()
    return key as Criteria<E>
  }

  get #hasManyKeys(): boolean {
    return this.#rows.metadata.primaryColumns.length !== 1
  }

  /** Statements name many rows by keys of one column. */
  #isOneByOne(one: 'update' | 'delete'): boolean {
    return this.#hasManyKeys || whyOneByOne(this, one) !== undefined
  }

  async #each<T, R>(items: readonly T[], write: (item: T) => Promise<ServiceResult<R>>): Promise<readonly R[]> {
    const results: R[] = []
    for (const item of items) results.push((await write(item)).unwrap())
    return results
  }

  #keysOf(idsOrRows: readonly (Id | E)[]): readonly Id[] {
    return idsOrRows.map((one) => {
      const key = this.#knownKey(one)
      if (key === undefined) throw this.#notFound()
      return key
    })
  }

  /** The key of a row; undefined where no row has such a one. */
  #knownKey(idOrRow: Id | E): Id | undefined {
    const { metadata } = this.#rows
    const id: unknown = isRow(idOrRow) ? metadata.primaryColumns[0]!.getEntityValue(idOrRow) : idOrRow
    return isId(id) ? parseId(metadata, id) : undefined
  }

  /** The keys of rows that a statement can name; undefined where each row is written by a call, or is none. */
  #knownKeys(one: 'update' | 'delete', idsOrRows: readonly (Id | E)[]): readonly Id[] | undefined {
    if (this.#isOneByOne(one)) return undefined
    const keys = idsOrRows.flatMap((idOrRow) => this.#knownKey(idOrRow) ?? [])
    return keys.length === idsOrRows.length ? keys : undefined
  }

  /** Writes rows by statements that name as many of them as one can. */
  async #affectAll(
    keys: readonly Id[],
    write: (rows: ScopedRepository<E>, keys: Criteria<E>) => Promise<{ readonly affected?: number | null }>,
  ): Promise<void> {
    const [column] = this.#rows.metadata.primaryColumns
    for (const some of chunks([...new Set(keys)], mostKeys)) {
      // A collation may hold keys for one that are spelt in two ways, which name two rows, or none.
      const exact = this.#rows.seeing(asking(oneOf(column!.propertyPath, some)))
      const { affected } = await write(this.dataSource.dialect.exactText ? exact : this.#rows, [...some] as Criteria<E>)
      if ((affected ?? 0) < some.length) throw this.#notFound()
    }
  }

  #notFound(): NotFoundError {
    return new NotFoundError(`There is no such ${this.entity.name}.`)
  }
}

giveParts(RowsService.prototype)
