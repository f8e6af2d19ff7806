import type { SchemaObject } from '../../serializer/value-schema.js'
import { namedMembers } from '../../serializer/value-schema.js'
import type { HeaderDescription } from '../description/action-description.js'
import { exposesErrors } from '../problem/problem.js'
import type { Components } from './components.js'
import type { Reference, ResponseObject } from './openapi-document.js'
import { problemExamples } from './problem-examples.js'

const text = { type: 'string' } as const

const fieldError: SchemaObject = {
  type: 'object',
  description: 'One part of a request that was refused.',
  properties: {
    pointer: { ...text, description: 'Where in the body (RFC 6901, as a URI fragment).' },
    parameter: { ...text, description: 'Which parameter.' },
    header: { ...text, description: 'Which header.' },
    code: text,
    message: text,
    params: { type: 'object', description: 'What the message says, as values.' },
  },
  required: ['code', 'message'],
  additionalProperties: false,
}

const problem = {
  type: 'object',
  description: 'A problem document (RFC 9457).',
  properties: {
    type: { ...text, format: 'uri-reference' },
    title: text,
    status: { type: 'integer', minimum: 400, maximum: 599 },
    code: { ...text, description: 'Tells problems apart; it never changes.' },
    detail: text,
    instance: text,
    requestId: text,
    errors: { type: 'array', items: fieldError, maxItems: 100 },
    'violated-policies': {
      type: 'array',
      items: text,
      description: 'Which limits were exceeded, by their names in `RateLimit-Policy`.',
    },
    details: { type: 'object' },
  },
  required: ['type', 'title', 'status', 'code', 'requestId'],
  additionalProperties: false,
} satisfies SchemaObject

const exposed: SchemaObject = {
  ...problem,
  properties: { ...problem.properties, stack: { ...text, description: 'Where in the program it went wrong.' } },
}

const problemIn = ({ naming, problemStyle }: Components): SchemaObject =>
  namedMembers(exposesErrors(problemStyle) ? exposed : problem, naming)

/** Names the schemas of problem documents. */
export function addProblemSchemas(components: Components): void {
  components.add('FieldError', fieldError)
  components.add('Problem', problemIn(components))
}

/** The headers that answers with a status have besides those of all answers. */
const headersByStatus: Readonly<Record<number, Readonly<Record<string, HeaderDescription>>>> = {
  401: { 'WWW-Authenticate': { description: 'How to sign in.', schema: text, required: true } },
  405: { Allow: { description: 'The methods that are taken.', schema: text, required: true } },
  415: {
    Accept: { description: 'The types of bodies that are taken.', schema: text },
    'Accept-Encoding': { description: 'The encodings of bodies that are taken.', schema: text },
    'Accept-Post': { description: 'The same, of POST.', schema: text },
    'Accept-Patch': { description: 'The same, of PATCH.', schema: text },
  },
  429: { 'Retry-After': { description: 'After how many seconds to try again.', schema: text, required: true } },
  503: { 'Retry-After': { description: 'After how many seconds to try again.', schema: text, required: true } },
}

/** The id that every answer has. */
export const requestIdHeader: Readonly<Record<string, HeaderDescription>> = {
  'X-Request-Id': {
    description: 'The id of the request: the one it was sent with, where that is well-formed.',
    schema: text,
    required: true,
  },
}

/** The response with one of some problems. */
export function problemResponse(
  components: Components,
  status: number,
  codes: readonly string[],
  headers: Readonly<Record<string, HeaderDescription>> = {},
): Reference {
  const narrowed: SchemaObject = {
    allOf: [
      components.referring(problemIn(components)),
      { properties: { status: { const: status }, code: { enum: codes } } },
    ],
  }
  const response: ResponseObject = {
    description: codes.join(', '),
    headers: { ...requestIdHeader, ...headersByStatus[status], ...headers },
    content: { 'application/problem+json': { schema: narrowed, examples: problemExamples(components, status, codes) } },
  }
  return components.response(status, response)
}

/** What nobody has told of: a problem, or whatever else an action makes up. */
export function anyAnswer(components: Components): ResponseObject {
  return {
    description: 'Any other answer, or a problem.',
    content: {
      'application/problem+json': { schema: components.referring(problemIn(components)) },
      '*/*': { schema: {} },
    },
  }
}
