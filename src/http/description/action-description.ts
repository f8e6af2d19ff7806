import type { ExceptionCode } from '../../errors/exception-codes.js'
import type { Naming } from '../../helpers/naming.js'
import type { SerializerSchemas } from '../../serializer/serializer-schemas.js'
import type { SchemaObject } from '../../serializer/value-schema.js'
import type { ActionModel } from '../action-model.js'
import type { SceneExamples } from '../examples/example-book.js'
import type { NamedExamples } from '../examples/named-examples.js'
import type { CompiledModel } from '../pipeline/compiled-model.js'
import type { ParameterDescription } from '../query/query-reader.js'

/** A parameter of any place, in the words of OpenAPI 3.1. */
export type AnyParameterDescription = Omit<ParameterDescription, 'in'> & {
  readonly in: 'query' | 'path' | 'header' | 'cookie'
  readonly required?: boolean
}

/** A body that is sent. */
export interface BodyDescription {
  readonly schema: SchemaObject
  readonly description?: string
  /** Whether it must be there; it must unless told. */
  readonly required?: boolean
  /** `application/json` unless told. */
  readonly mediaTypes?: readonly string[]
  /** How the parts of a form are sent, by their names. */
  readonly encoding?: Readonly<Record<string, { readonly contentType: string }>>
  /** By their names; each fits the schema. */
  readonly examples?: NamedExamples
}

/** A header of an answer. */
export interface HeaderDescription {
  readonly description: string
  readonly schema: SchemaObject
  /** Whether every such answer has it. */
  readonly required?: boolean
}

/** An answer that is no problem. */
export interface AnswerDescription {
  readonly status: number
  readonly description: string
  /** The schema of its JSON; without one, it has no body. */
  readonly schema?: SchemaObject
  /** `application/json` unless told. */
  readonly mediaType?: string
  readonly headers?: Readonly<Record<string, HeaderDescription>>
  /** By their names; each fits the schema. */
  readonly examples?: NamedExamples
}

/** Headers of problems beside those that their statuses have. */
export interface ProblemHeaders {
  readonly headers: Readonly<Record<string, HeaderDescription>>
  /** Of problems with which statuses; of all unless told. */
  readonly statuses?: readonly number[]
}

/** A problem that is answered: a code of the framework, or one of the application with its status. */
export type ProblemDescription = ExceptionCode | { readonly status: number; readonly code: string }

/**
 * What somebody says of one action: a mixin of the actions it adds, a step or a part of the pipeline of every action it
 * does something for. What several say of an action is put together.
 */
export interface ActionDescription {
  /** In half a sentence. */
  readonly summary?: string
  readonly parameters?: readonly AnyParameterDescription[]
  readonly body?: BodyDescription
  /** What it answers where it succeeds. Where several say so, the nearest to the action counts. */
  readonly answers?: readonly AnswerDescription[]
  /** Answers beside those, such as 304. */
  readonly furtherAnswers?: readonly AnswerDescription[]
  /** Headers of every success, by their names. */
  readonly headers?: Readonly<Record<string, HeaderDescription>>
  readonly problems?: readonly ProblemDescription[]
  readonly problemHeaders?: readonly ProblemHeaders[]
}

/** What is known of an action when it is described. */
export interface DescribedScene {
  readonly action: ActionModel
  /** What names are called outside. */
  readonly naming: Naming
  /** What its viewset says of its entity. */
  readonly model?: CompiledModel
  /**
   * What the serializer of its viewset answers and accepts. A document refers to these objects by name wherever they stand
   * in another schema.
   */
  readonly schemas?: SerializerSchemas
  /** Examples of what it answers and accepts, where its viewset gives some. */
  readonly examples?: SceneExamples
}

/** Describes an action, once an application; undefined where there is nothing to say. */
export type Describe = (scene: DescribedScene) => ActionDescription | undefined
