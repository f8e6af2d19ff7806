import type { AnyClass } from '../metadata/fact-kind.js'
import type { OrderingKey } from '../model/scope.js'
import type { AnySerializer } from '../serializer/serializer-types.js'
import type { Constructor, ProblemStatuses } from './action-model.js'
import type { Call } from './call.js'
import type { ShapeExamples } from './examples/named-examples.js'
import type { IdempotencyMode } from './idempotency/idempotency-key.js'
import type { FilterDeclaration } from './lists/list-options.js'
import type { SearchOptions } from './lists/search-provider.js'
import type { Pagination } from './pagination.js'
import type { AnyParentOptions } from './parents/parent-options.js'

/** What a viewset says of its entity: `static model` of its class, which a mixin may replace by a changed copy. */
export interface ViewSetModel {
  readonly entity: AnyClass
  readonly serializer: AnySerializer
  readonly service?: Constructor
  readonly pagination: Pagination
  /** What the rows a call may see have in common; a new row is given it too. */
  readonly scope?: (call: Call) => Readonly<Record<string, unknown>>
  /** Whether that depends on who calls, and not only on what their route names. */
  readonly scopedByCall?: boolean
  /** The row that the rows belong to, where routes name it. */
  readonly parent?: AnyParentOptions
  /** What callers may filter lists by: paths, and the operators of each. */
  readonly filters?: Readonly<Record<string, FilterDeclaration>>
  /** The texts that `search` looks into. */
  readonly search?: readonly string[] | SearchOptions
  /** What callers may order lists by. */
  readonly ordering?: readonly string[]
  /** The property that stands for `:id` in routes; the primary key unless told. */
  readonly lookup?: string
  /** The order of lists; where it is empty, that of the entity. */
  readonly defaultOrdering: readonly OrderingKey[]
  /** Codes of problems that its service answers, with their statuses. */
  readonly problems?: ProblemStatuses
  /** Whether writes to rows must say on which condition they are made (428). */
  readonly requirePrecondition?: boolean
  /** Whether callers may or must send an `Idempotency-Key` with actions by POST. */
  readonly idempotency?: IdempotencyMode
  /** What documents show as examples of its rows and of bodies. */
  readonly examples?: ShapeExamples
}
