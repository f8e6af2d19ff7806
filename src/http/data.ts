import type { AnyClass } from '../metadata/fact-kind.js'
import type { EntityDescription } from '../model/entity-description.js'
import type { Predicate } from '../model/predicate.js'
import type { Ordering } from '../model/scope.js'

/** A lazy, immutable query. */
export interface Selection<E> {
  readonly entity: AnyClass<E>
  where(condition: Predicate | Partial<E>): Selection<E>
  orderBy(ordering: readonly Ordering[]): Selection<E>
  slice(offset: number, limit: number): Selection<E>
  rows(): Promise<E[]>
  first(): Promise<E | undefined>
  count(): Promise<number>
}

export interface Rows<E> {
  select(): Selection<E>
  create(values: object): E
  save(row: E): Promise<E>
  remove(row: E): Promise<unknown>
}

/** What the HTTP layer needs of a data source. */
export interface Data {
  atomic<T>(work: () => Promise<T>): Promise<T>
  getRepository<E extends object>(entity: AnyClass<E>): Rows<E>
  describe(entity: AnyClass): EntityDescription
}
