import type { AnyClass } from '../metadata/fact-kind.js'
import type { Permission } from './permission.js'

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** A class that can be instantiated. */
export type Constructor<T = object> = new (...args: never[]) => T

/** One action of one concrete viewset, compiled when an application is created. */
export interface ActionModel {
  /** The name of the method. */
  readonly name: string
  readonly method: Method
  /** The whole route with `:parameters`, without the application's prefix, e.g. `/articles/:id/publish`. */
  readonly route: string
  /** Whether it acts on one row, loaded by the `:id` of its route, or on the collection. */
  readonly on: 'row' | 'collection'
  readonly permission: Permission
  /** The status of a success, where it is not the standard one. */
  readonly status?: number
  /** The class that describes its body, or undefined where it takes none or the serializer describes it. */
  readonly body?: Constructor
  readonly query?: Constructor
  /** The entity of a model viewset. */
  readonly entity?: AnyClass
  /** The concrete viewset. */
  readonly viewSet: Constructor
  /** Whether it may write, and so runs in a unit of work. */
  readonly writes: boolean
  /** Where it was declared, for error messages. */
  readonly place: string
}
