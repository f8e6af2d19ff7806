import type { AnyClass } from '../metadata/fact-kind.js'
import type { DeclaredConcurrency } from '../rate-limit/concurrency-fact.js'
import type { DeclaredLimit } from '../rate-limit/rate-limit-fact.js'
import type { InputShape } from '../serializer/compile-serializer.js'
import type { SchemaObject } from '../serializer/value-schema.js'
import type { BodyContract } from './body/body-contract.js'
import type { Writing } from './bulk/write-way.js'
import type { CacheFact } from './caching/cache-fact.js'
import type { Describe } from './description/action-description.js'
import type { ActionExamples } from './examples/named-examples.js'
import type { IdempotencyMode } from './idempotency/idempotency-key.js'
import type { LogFact } from './logging/log-fact.js'
import type { Permission } from './permission.js'
import type { ErrorStatus } from './problem/error-status.js'
import type { PlacedStep } from './step.js'
import type { UploadRules } from './uploads/upload-options.js'
import type { ViewSetModel } from './viewset-model.js'
import type { LoneWriting } from './writing/lone-write.js'

/** The methods of HTTP that actions answer. */
export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** What an action answers: a row or rows of its viewset, nothing, or JSON that a schema (draft 2020-12) describes. */
export type AnsweredWith = 'row' | 'rows' | 'nothing' | SchemaObject

/** Codes of problems, with their statuses: `{ ALREADY_PUBLISHED: 409 }`. */
export type ProblemStatuses = Readonly<Record<string, ErrorStatus>>

/** A class that can be instantiated. */
export type Constructor<T = object> = new (...args: never[]) => T

/** What an action declares of itself, whether by decorator or by mixin. */
export interface ActionDeclaration {
  readonly method: Method
  /** Whether it acts on one row, loaded by the `:id` of its route, or on the collection. */
  readonly on: 'row' | 'collection'
  readonly permission: Permission
  /** The status of a success, where it is not the standard one. */
  readonly status?: number
  /** The class that describes its body. */
  readonly body?: Constructor
  /** The files that it takes, with the properties of `body`, as `multipart/form-data`. */
  readonly upload?: UploadRules
  /** How the serializer of the viewset describes its body; without `body` and `input` it takes none. */
  readonly input?: InputShape
  /** The class that describes its query parameters. */
  readonly query?: Constructor
  /** The verb of the entity that it carries out: its body is what the verb must be given, and its row is seen as by the verb. */
  readonly verb?: string
  /** Reads its body in a way of its own. */
  readonly contract?: BodyContract
  /** Whether it acts on several rows, each of which its permission may ask to see. */
  readonly severalRows?: boolean
  /** The view of the entity through which its row is looked for. */
  readonly view?: string
  /** Whether it answers a selection page by page, and so takes `page` and `pageSize`. */
  readonly paginated?: boolean
  /** What documents say of it, in half a sentence. */
  readonly summary?: string
  /** What it answers where it succeeds: the row, rows, nothing, or JSON of a schema. */
  readonly answers?: AnsweredWith
  /** Codes of problems of its own that it may answer, with their statuses. */
  readonly problems?: ProblemStatuses
  /** What documents show as examples of its body and its answers. */
  readonly examples?: ActionExamples
  /** How it writes several rows, where it does. */
  readonly writing?: Writing
  /** How it writes without a unit of work, where it can. */
  readonly loneWriting?: LoneWriting
  /** What documents say of it, beyond what the rest of its declaration tells. */
  readonly describe?: Describe
  /** Whether a write must say on which condition it is made (428); what the viewset says unless told. */
  readonly requirePrecondition?: boolean
  /** Whether callers may or must send an `Idempotency-Key`; what the viewset says of actions by POST unless told. */
  readonly idempotency?: IdempotencyMode
}

/** One action of one concrete viewset, compiled when an application is created. */
export interface ActionModel extends ActionDeclaration {
  /** The name of the method. */
  readonly name: string
  /** The whole route with `:parameters`, without the application's prefix, e.g. `/articles/:id/publish`. */
  readonly route: string
  /** The concrete viewset. */
  readonly viewSet: Constructor
  /** What the viewset says of its entity; undefined where it has none. */
  readonly model?: ViewSetModel
  /** The entity of a model viewset. */
  readonly entity?: AnyClass
  /** How its answers are cached. */
  readonly cache?: CacheFact
  /** How its requests are logged; they are not, where it is absent. */
  readonly log?: LogFact
  /** How often it may be called, the shortest period first. */
  readonly rateLimits?: readonly DeclaredLimit[]
  /** How many requests for it may be answered at the same time. */
  readonly concurrencyLimits?: readonly DeclaredConcurrency[]
  /** Whether it may write, and so runs in a unit of work. */
  readonly writes: boolean
  /** The steps that the viewset and its mixins place in the pipeline. */
  readonly steps: readonly PlacedStep[]
  /** Where it was declared, for error messages. */
  readonly place: string
}
