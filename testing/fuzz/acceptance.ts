import type { OpenApiDocument } from 'plinth'
import type { DocumentSchemas } from '../openapi/document-schemas.js'
import { operationFinder } from '../openapi/find-operation.js'
import type { FuzzedRequest } from './requests.js'

/** Says whether what was accepted was allowed by a document. Not all that is allowed has to be accepted. */
export class Acceptance {
  readonly #find: ReturnType<typeof operationFinder>
  readonly #schemas: DocumentSchemas

  constructor(document: OpenApiDocument, schemas: DocumentSchemas) {
    this.#find = operationFinder(document)
    this.#schemas = schemas
  }

  /** What a document says against a request that was accepted, in lines. */
  problems(request: FuzzedRequest): readonly string[] {
    const operation = this.#find(request.method, request.target)?.operation
    // What may answer anything takes anything.
    if (!operation || 'default' in operation.responses) return []
    const known = operation.parameters.filter((one) => one.in === 'query').map(({ name }) => name)
    const given = [...new URLSearchParams(request.target.split('?')[1] ?? '').keys()]
    return [
      ...given.filter((name) => !known.includes(name)).map((name) => `it was accepted with the parameter "${name}"`),
      ...this.#bodyProblems(request, operation.requestBody),
    ]
  }

  #bodyProblems({ headers, body = '' }: FuzzedRequest, described: Operation['requestBody']): readonly string[] {
    if (!described) return []
    const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
    if (body === '') return described.required ? ['it was accepted without a body'] : []
    const media = described.content[type]
    if (!media) return [`it was accepted with a body of ${type || 'no type'}`]
    return this.#schemas
      .problems(media.schema, JSON.parse(body.replace(/^\ufeff/, '')) as unknown)
      .map((problem) => `it was accepted, and ${problem}`)
  }
}

type Operation = NonNullable<ReturnType<ReturnType<typeof operationFinder>>>['operation']
