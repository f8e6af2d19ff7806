import type { SchemaObject } from '../../serializer/value-schema.js'
import type { ProblemStatuses } from '../action-model.js'
import type { Permission } from '../permission.js'

/** A reference to a part of the document. */
export interface Reference {
  readonly $ref: string
}

/** An example of a body or an answer. */
export interface ExampleObject {
  readonly summary?: string
  readonly value: unknown
}

/** What a document says of a body or an answer of one media type. */
export interface MediaType {
  readonly schema: SchemaObject
  readonly examples?: Readonly<Record<string, ExampleObject | Reference>>
  readonly encoding?: Readonly<Record<string, { readonly contentType: string }>>
}

/** What a document says of a parameter of an operation. */
export interface ParameterObject {
  readonly name: string
  readonly in: 'query' | 'path' | 'header' | 'cookie'
  readonly description?: string
  readonly required?: boolean
  readonly schema: SchemaObject
  readonly explode?: boolean
}

/** What a document says of the body of a request, by media type. */
export interface RequestBodyObject {
  readonly description?: string
  readonly required: boolean
  readonly content: Readonly<Record<string, MediaType>>
}

/** What a document says of a header of an answer. */
export interface HeaderObject {
  readonly description?: string
  readonly required?: boolean
  readonly schema: SchemaObject
}

/** What a document says of an answer. */
export interface ResponseObject {
  readonly description: string
  readonly headers?: Readonly<Record<string, HeaderObject>>
  readonly content?: Readonly<Record<string, MediaType>>
}

/** The names of security schemes that are used together, each with its scopes. */
export type SecurityRequirement = Readonly<Record<string, readonly string[]>>

/** One method of one path. */
export interface Operation {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly summary: string
  readonly description: string
  readonly parameters: readonly ParameterObject[]
  readonly requestBody?: RequestBodyObject
  readonly responses: Readonly<Record<string, ResponseObject | Reference>>
  readonly security: readonly SecurityRequirement[]
}

/** The methods that have operations, in lower case. */
export const operationMethods = ['get', 'put', 'post', 'delete', 'head', 'patch'] as const

/** The operations of one path, by method. */
export type PathItem = { readonly [M in (typeof operationMethods)[number]]?: Operation }

/** What a document says of the API as a whole. */
export interface OpenApiInfo {
  readonly title: string
  readonly version: string
  readonly description?: string
}

/** A description of an application by OpenAPI 3.1; its schemas are JSON Schema 2020-12. */
export interface OpenApiDocument {
  readonly openapi: '3.1.0'
  readonly info: OpenApiInfo
  readonly servers?: readonly { readonly url: string; readonly description?: string }[]
  readonly tags: readonly { readonly name: string; readonly description?: string }[]
  readonly paths: Readonly<Record<string, PathItem>>
  readonly components: {
    readonly schemas: Readonly<Record<string, SchemaObject>>
    readonly responses: Readonly<Record<string, ResponseObject>>
    readonly examples: Readonly<Record<string, ExampleObject>>
    readonly securitySchemes: Readonly<Record<string, SchemaObject>>
  }
}

/** What an application says of its document. */
export interface OpenApiOptions extends OpenApiInfo {
  /** Where the document is served; `/openapi.json` unless told. */
  readonly path?: `/${string}`
  /** Where a page is served on which the document can be read and tried; there is none unless told. */
  readonly page?: `/${string}`
  /** Who may read both; `anyone` unless told. */
  readonly allow?: Permission
  /** Where the application is reached; the address of the document unless told. */
  readonly servers?: readonly { readonly url: string; readonly description?: string }[]
  /** How callers sign in, by names of OpenAPI's security schemes; by a bearer token unless told. */
  readonly security?: Readonly<Record<string, SchemaObject>>
  /** Problems that every action may answer, by code, with their statuses: those of middlewares, for example. */
  readonly problems?: ProblemStatuses
}
