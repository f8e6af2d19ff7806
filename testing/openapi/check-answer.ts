import type { HeaderObject, OpenApiDocument, OpenApiOperation, ResponseObject } from 'plinth'
import { DocumentSchemas } from './document-schemas.js'
import { type FoundOperation, operationFinder } from './find-operation.js'

/** An answer, and what it answers. */
export interface ObservedAnswer {
  /** In upper case. */
  readonly method: string
  /** The path and the query. */
  readonly target: string
  readonly status: number
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
}

/** Says what about an answer is not as a document has it; nothing where all is. */
export type AnswerChecker = (answer: ObservedAnswer) => readonly string[]

/** Makes a checker of answers against a document. What has no operation, as a path that is not there, may answer problems. */
export function answerChecker(document: OpenApiDocument): AnswerChecker {
  const schemas = new DocumentSchemas(document)
  const find = operationFinder(document)
  return (answer) => {
    const found = find(answer.method, answer.target)
    return found ? problemsOf(answer, found, document, schemas) : undescribed(answer)
  }
}

function undescribed({ status, headers }: ObservedAnswer): readonly string[] {
  const isProblem = (headers['content-type'] ?? '').startsWith('application/problem+json')
  return status < 400 || isProblem ? [] : [`status ${status} is answered without a problem document`]
}

function problemsOf(
  answer: ObservedAnswer,
  { operation }: FoundOperation,
  document: OpenApiDocument,
  schemas: DocumentSchemas,
): readonly string[] {
  const response = responseFor(answer.status, operation, document)
  if (!response) {
    const code = codeIn(answer.body)
    return [`status ${answer.status}${code} is not among ${Object.keys(operation.responses).join(', ')}`]
  }
  return [...headerProblems(answer, response), ...bodyProblems(answer, response, schemas)]
}

function responseFor(
  status: number,
  { responses }: OpenApiOperation,
  { components }: OpenApiDocument,
): ResponseObject | undefined {
  const found = responses[String(status)] ?? responses['default']
  if (!found || !('$ref' in found)) return found
  return components.responses[found.$ref.split('/').at(-1) ?? '']
}

function headerProblems({ headers }: ObservedAnswer, { headers: declared = {} }: ResponseObject): readonly string[] {
  const missing = ([name, { required }]: [string, HeaderObject]): boolean =>
    required === true && headers[name.toLowerCase()] === undefined
  return Object.entries(declared)
    .filter(missing)
    .map(([name]) => `the header ${name} is missing`)
}

function bodyProblems(
  { method, target, headers, body }: ObservedAnswer,
  { content }: ResponseObject,
  schemas: DocumentSchemas,
): readonly string[] {
  if (method === 'HEAD') return []
  // Who prefers no representation gets none (RFC 7240).
  if (body === '' && headers['preference-applied'] === 'return=minimal') return []
  if (!content) return body === '' ? [] : ['it has a body, and should have none']
  const type = (headers['content-type'] ?? '').split(';')[0] ?? ''
  const media = content[type] ?? content['*/*']
  if (!media) return [`it is ${type || 'nothing'}, and should be ${Object.keys(content).join(' or ')}`]
  if (!type.includes('json')) return []
  const wrong = schemas.problems(wholeUnlessChosen(media.schema, target), parsed(body))
  return wrong.length > 0 ? [`the body${codeIn(body)}: ${wrong.join(', ')}`] : []
}

/** Only who asks for some fields is answered parts of rows. */
function wholeUnlessChosen(schema: object, target: string): object {
  if (/[?&]fields=/.test(target)) return schema
  return (firstOfChoices.get(schema) ?? remember(schema)) as object
}

const firstOfChoices = new WeakMap<object, unknown>()

function remember(schema: object): unknown {
  const whole = withoutParts(schema)
  firstOfChoices.set(schema, whole)
  return whole
}

function withoutParts(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutParts)
  if (typeof schema !== 'object' || schema === null) return schema
  const { anyOf } = schema as { readonly anyOf?: readonly { readonly $ref?: string }[] }
  if (anyOf?.length === 2 && anyOf[1]?.$ref === `${anyOf[0]?.$ref}Sparse`) return anyOf[0]
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, withoutParts(value)]))
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

function codeIn(body: string): string {
  const { code } = (parsed(body) ?? {}) as { readonly code?: unknown }
  return typeof code === 'string' ? ` (${code})` : ''
}
