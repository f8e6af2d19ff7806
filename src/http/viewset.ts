import type { PlacedStep } from './step.js'
import type { ViewSetModel } from './viewset-model.js'

declare const entityOf: unique symbol

/**
 * A class whose methods are actions. It holds no request: the call is an argument, so one instance can serve all of
 * them.
 */
export abstract class ViewSet<E = unknown> {
  /** Carries the entity to the types of decorators and mixins; never present at run time. */
  declare readonly [entityOf]: E

  /** What the class itself adds to the pipeline of its actions; those of its ancestors stay. */
  static readonly steps: readonly PlacedStep[] = []

  /** What the viewset says of its entity. */
  static readonly model?: ViewSetModel
}

/** The entity of a viewset. */
export type EntityOf<T> = T extends { readonly [entityOf]: infer E } ? E : unknown

/** What the class of a viewset says of its entity; it is about one, as every viewset with rows is. */
export const modelOf = (viewSet: object): ViewSetModel =>
  (viewSet.constructor as unknown as Required<ViewSetStatics>).model

/** What the classes of viewsets carry beside their instances. */
export interface ViewSetStatics {
  readonly steps: readonly PlacedStep[]
  readonly model?: ViewSetModel
}
