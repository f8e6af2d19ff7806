import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { OpenApiDocument } from 'plinth'

/** Compiles the schemas of a document, with references to its components. */
export class DocumentSchemas {
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true })
  readonly #compiled = new Map<object, ValidateFunction>()

  constructor(document: OpenApiDocument) {
    // The package is CommonJS, and its types have it otherwise than Node.
    const formats = addFormats as unknown as typeof addFormats.default
    formats(this.#ajv)
    this.#ajv.addSchema({ $id: 'document:', components: document.components }, 'document:')
  }

  /** What is wrong with a value, in lines; nothing where it fits the schema. */
  problems(schema: object, value: unknown): readonly string[] {
    const validate = this.#compiled.get(schema) ?? this.#ajv.compile(absolute(schema) as object)
    this.#compiled.set(schema, validate)
    if (validate(value)) return []
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `${instancePath || 'it'} ${message ?? 'is wrong'} ${JSON.stringify(params)}`,
    )
  }
}

/** The schema with its references made absolute, so that it can be compiled by itself. */
function absolute(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(absolute)
  if (typeof schema !== 'object' || schema === null) return schema
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === '$ref' && typeof value === 'string' ? `document:${value}` : absolute(value),
    ]),
  )
}
