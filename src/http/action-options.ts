import type { AnsweredWith, Constructor, ProblemStatuses } from './action-model.js'
import type { Call, RowCall } from './call.js'
import type { ActionExamples, JsonOf } from './examples/named-examples.js'
import type { IdempotencyMode } from './idempotency/idempotency-key.js'
import type { Outcome } from './outcome.js'
import type { Permission } from './permission.js'
import type { FilesOf, UploadRules } from './uploads/upload-options.js'
import type { EntityOf } from './viewset.js'

interface CommonOptions {
  /** Whether it acts on one row, loaded by the `:id` of its route, or on the collection. */
  readonly on: 'row' | 'collection'
  /** Behind the path of the viewset, and behind `/:id` where it acts on a row; the name of the method unless told. */
  readonly path?: string
  /** The class that describes its query parameters, by rules of class-validator. */
  readonly query?: Constructor
  /** Who may call it. */
  readonly allow: Permission
  /**
   * Whether callers must send `If-Match` (or `If-Unmodified-Since`), so that nobody overwrites what they have not seen;
   * unless told, what the viewset says of its writes to rows.
   */
  readonly requirePrecondition?: boolean
  /** Whether callers may or must send an `Idempotency-Key`; unless told, what the viewset says of actions by POST. */
  readonly idempotency?: IdempotencyMode
  /** The status of a success; 200 unless told, or 204 where there is nothing to say. */
  readonly status?: 200 | 201 | 202 | 204
  /** What documents say of it, in half a sentence. */
  readonly summary?: string
  /** What documents say of its answer: `'row'`, `'rows'`, `'nothing'`, or a JSON Schema; without it, they say little. */
  readonly answers?: AnsweredWith
  /** The statuses of codes that it fails with, which documents tell: `{ ALREADY_PUBLISHED: 409 }`. */
  readonly problems?: ProblemStatuses
  /** What documents show as examples, by names of one's own: `{ body: { urgent: { priority: 1 } } }`. */
  readonly examples?: ActionExamples
}

interface ReadingOptions extends CommonOptions {
  readonly method: 'get'
  readonly body?: never
  readonly upload?: never
  /** Whether a selection is answered page by page; then it takes `page` and `pageSize`. */
  readonly paginated?: boolean
}

interface DeletingOptions extends CommonOptions {
  readonly method: 'delete'
  readonly body?: never
  readonly upload?: never
  readonly paginated?: never
}

interface WritingOptions extends CommonOptions {
  readonly method: 'post' | 'put' | 'patch'
  /** The class that describes its body, by rules of class-validator. */
  readonly body?: Constructor
  /** The files it takes. Callers send `multipart/form-data`, with the properties of `body` as texts. */
  readonly upload?: UploadRules
  readonly paginated?: never
}

/** What `@Action` says of a method. */
export type ActionOptions = ReadingOptions | DeletingOptions | WritingOptions

type InstanceIn<C, Otherwise> = C extends Constructor<infer I> ? I : Otherwise
type BodyOf<O> = O extends { readonly body: infer B } ? InstanceIn<B, undefined> : undefined
/** What an action may know of a query that it does not declare: a class whose members are all optional is no description of it. */
type Undeclared = { readonly '~undeclared': never }
type QueryOf<O> = O extends { readonly query: infer Q } ? InstanceIn<Q, Undeclared> : Undeclared
type FilesIn<O> = O extends { readonly upload: infer U extends UploadRules } ? FilesOf<U> : undefined
type NeedOf<O> = O extends { readonly allow: Permission<infer N> } ? N : never

/** The call of an action. */
export type CallOf<O, E> = O extends { readonly on: 'row' }
  ? RowCall<E, BodyOf<O>, QueryOf<O>, FilesIn<O>>
  : Call<BodyOf<O>, QueryOf<O>, FilesIn<O>>

/**
 * `string` where a method is what its `@Action` says, otherwise what is wrong with it. It stands as the type of the
 * decorator's key, so that the compiler answers with that sentence. Wrong options have had their error already: then `O`
 * is no more than ActionOptions itself.
 */
export type CheckedAction<O, T, F> = ActionOptions extends O
  ? string
  : F extends (...parameters: infer P) => infer R
    ? P['length'] extends 0
      ? CheckedOutcome<O, EntityOf<T>, Awaited<R>>
      : P extends readonly [infer C]
        ? CallOf<O, EntityOf<T>> extends C
          ? CheckedOutcome<O, EntityOf<T>, Awaited<R>>
          : 'the parameter does not match what @Action declares (on, body, query, upload)'
        : 'an action takes one parameter: the call'
    : '@Action stands above a method'

type CheckedOutcome<O, E, R> =
  R extends Outcome<E>
    ? E extends NeedOf<O>
      ? CheckedPlace<O>
      : 'the rule in `allow` needs members this entity does not have'
    : 'an action returns a row, a selection, a ServiceResult or a Reply; wrap other JSON in Reply.json(…)'

/** What has no row cannot be guarded by a rule about one. */
type CheckedPlace<O> = O extends { readonly on: 'collection' }
  ? object extends NeedOf<O>
    ? CheckedExamples<O>
    : 'the rule in `allow` is about a row, and an action on the collection has none'
  : CheckedExamples<O>

type BodyExamples<O> = O extends { readonly examples: { readonly body: infer B } } ? B : {}
/** What stands in an example, and not in what it is an example of. */
type Beyond<T, Whole> = T extends object ? Exclude<keyof T, keyof Whole> : never

type CheckedExamples<O> =
  BodyExamples<O> extends Readonly<Record<string, JsonOf<BodyOf<O>>>>
    ? [Beyond<BodyExamples<O>[keyof BodyExamples<O>], BodyOf<O>>] extends [never]
      ? string
      : 'an example has members that the class of the body does not have'
    : 'an example does not fit the class of the body'
