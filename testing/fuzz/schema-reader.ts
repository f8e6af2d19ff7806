import type { OpenApiDocument } from 'plinth'

/** A schema of JSON Schema, or a part of one. */
export type Schema = Readonly<Record<string, unknown>>

/** How deep schemas may refer to each other before only what is simplest is read of them. */
const deepest = 6

/** Reads schemas of a document as alternatives, each without references and combinations at its top. */
export class SchemaReader {
  readonly #document: OpenApiDocument

  constructor(document: OpenApiDocument) {
    this.#document = document
  }

  /** The alternatives of a schema; at least one. */
  branches(schema: Schema, depth = 0): readonly Schema[] {
    const { $ref, allOf, anyOf, oneOf, ...rest } = schema
    if (depth > deepest) return [rest]
    if (typeof $ref === 'string') return this.branches({ ...this.#referred($ref), ...rest }, depth + 1)
    if (Array.isArray(allOf)) {
      const parts = (allOf as readonly Schema[]).map((part) => this.branches(part, depth + 1)[0] ?? {})
      return this.branches(Object.assign({}, rest, ...parts, { anyOf, oneOf }) as Schema, depth + 1)
    }
    const choices = (anyOf ?? oneOf) as readonly Schema[] | undefined
    if (choices) return choices.flatMap((choice) => this.branches({ ...rest, ...choice }, depth + 1))
    const { type } = rest as { readonly type?: unknown }
    return Array.isArray(type) ? type.map((one) => ({ ...rest, type: one as unknown })) : [typed(rest)]
  }

  #referred(reference: string): Schema {
    const name = reference.split('/').at(-1) ?? ''
    return this.#document.components.schemas[name] ?? {}
  }
}

const typed = (schema: Schema): Schema =>
  schema['type'] === undefined && schema['properties'] !== undefined ? { ...schema, type: 'object' } : schema
