import {
  type Adds,
  column,
  defineTrait,
  incrementPath,
  type JsonSchema,
  mergePatch,
  setPath,
  unsetPath,
  type Validator,
} from 'plinth'
import { assertJson, metadataCheck } from './metadata/check.js'

interface MetadataOptions {
  /**
   * What is asked about often: the name of a member, or the names on the way to it; where it holds numbers, told so. Each
   * has an index, which comparisons of predicates with a path use.
   */
  readonly indexes: readonly MetadataIndex[]
  /** What every value must fit besides: a JSON Schema (draft 2020-12), or a validator. */
  readonly schema: JsonSchema | Validator | undefined
  /** The most bytes of the value as JSON in UTF-8. */
  readonly maxBytes: number
  /** How deep objects and lists may stand in each other. */
  readonly maxDepth: number
}

/** A member that has an index: of the text it holds, or of the number. */
export type MetadataIndex =
  | string
  | readonly string[]
  | { readonly path: string | readonly string[]; readonly holds: 'text' | 'number' }

const defaults: MetadataOptions = { indexes: [], schema: undefined, maxBytes: 65_536, maxDepth: 32 }

/**
 * A JSON object in `metadata`, never null: whatever the application has no columns for. Every way of writing is checked:
 * what no engine could give back as it was, what is too large or too deep, and what the schema refuses, is a
 * `ValidationError` with pointers. Its verbs change parts of it, and lose nothing that others write meanwhile.
 */
export const Metadata = defineTrait({
  name: 'Metadata',
  defaults,
  columns: (options) => ({
    metadata: column.json<Record<string, unknown>>({
      writable: true,
      object: true,
      default: {},
      check: metadataCheck(options),
      ...(options.schema !== undefined && { schema: schemaOf(options.schema) }),
    }),
  }),
  indexes: ({ indexes }) => indexes.map((index) => ({ properties: ['metadata'] as const, ...indexOf(index) })),
  rules: () => ({
    insert: { set: ({ metadata }) => (metadata === undefined ? { metadata: {} } : {}) },
  }),
  inputs: () => ({
    mergeMetadata: { patch: column.json<Readonly<Record<string, unknown>>>() },
    setMetadata: { path: column.json<readonly string[]>(), value: column.json() },
    unsetMetadata: { path: column.json<readonly string[]>() },
    incrementMetadata: { path: column.json<readonly string[]>(), by: column.float() },
  }),
  verbs: () => ({
    mergeMetadata: { set: ({ input }) => ({ metadata: mergePatch(assertJson('patch', input.patch)) }) },
    setMetadata: { set: ({ input }) => ({ metadata: setPath(input.path, assertJson('value', input.value)) }) },
    unsetMetadata: { set: ({ input }) => ({ metadata: unsetPath(input.path) }) },
    incrementMetadata: { set: ({ input }) => ({ metadata: incrementPath(input.path, input.by) }) },
  }),
  refusals: () => ({
    INVALID_PATH: 400,
    INVALID_PATCH: 400,
    INVALID_INCREMENT: 400,
    NOT_AN_OBJECT: 409,
    NOT_A_NUMBER: 409,
  }),
  verify: (_, { maxBytes, maxDepth }) =>
    [maxBytes, maxDepth].every((limit) => Number.isSafeInteger(limit) && limit > 0)
      ? undefined
      : 'maxBytes and maxDepth of @Metadata must be whole numbers from 1 on.',
})

const schemaOf = (schema: JsonSchema | Validator): JsonSchema => (typeof schema === 'function' ? schema.schema : schema)

function indexOf(index: MetadataIndex): { readonly path: readonly string[]; readonly holds: 'text' | 'number' } {
  const { path, holds } = typeof index === 'object' && 'path' in index ? index : { path: index, holds: 'text' as const }
  return { path: typeof path === 'string' ? [path] : path, holds }
}

/** What `@Metadata` gives an entity: `metadata`, and the verbs that change parts of it. */
export type HasMetadata = Adds<typeof Metadata>
