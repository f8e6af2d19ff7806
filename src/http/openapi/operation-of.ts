import type {
  ActionDescription,
  AnswerDescription,
  AnyParameterDescription,
  BodyDescription,
} from '../description/action-description.js'
import { mapExamples, type NamedExamples } from '../examples/named-examples.js'
import type { Components } from './components.js'
import type {
  ExampleObject,
  HeaderObject,
  Operation,
  ParameterObject,
  Reference,
  RequestBodyObject,
  ResponseObject,
} from './openapi-document.js'
import { anyAnswer, problemResponse, requestIdHeader } from './problem-schema.js'
import { problemsByStatus } from './standard-problems.js'

/** What an operation is, beside what is said of its action. */
export type OperationHead = Pick<Operation, 'operationId' | 'tags' | 'description' | 'security'> & {
  readonly summary: string
  /** Whether it may answer what nobody has told of. */
  readonly openEnded: boolean
}

/** The operation of an action. */
export function operationOf(
  { openEnded, ...head }: OperationHead,
  description: ActionDescription,
  components: Components,
): Operation {
  const { summary = head.summary, parameters = [], body } = description
  return {
    ...head,
    summary,
    parameters: parameters.map((parameter) => parameterOf(parameter, components)),
    ...(body && { requestBody: bodyOf(body, components) }),
    responses: {
      ...responsesOf(description, components),
      ...(openEnded && { default: anyAnswer(components) }),
    },
  }
}

function parameterOf(parameter: AnyParameterDescription, components: Components): ParameterObject {
  const { description, ...rest } = parameter
  return { ...rest, ...(description !== '' && { description }), schema: components.referring(parameter.schema) }
}

function bodyOf(
  { schema, description, required = true, mediaTypes = ['application/json'], encoding, examples }: BodyDescription,
  components: Components,
): RequestBodyObject {
  const content = {
    schema: components.referring(schema),
    ...examplesIn(examples),
    ...(encoding && { encoding }),
  }
  return {
    ...(description !== undefined && { description }),
    required,
    content: Object.fromEntries(mediaTypes.map((type) => [type, content])),
  }
}

function responsesOf(
  { answers = [], furtherAnswers = [], headers = {}, problems = [], problemHeaders = [] }: ActionDescription,
  components: Components,
): Readonly<Record<string, ResponseObject | Reference>> {
  const good = [...answers, ...furtherAnswers.filter(({ status }) => status < 300)].map((answer) => ({
    ...answer,
    headers: { ...headers, ...answer.headers },
  }))
  const elsewhere = furtherAnswers.filter(({ status }) => status >= 300)
  const well = [...good, ...elsewhere].map((answer) => [String(answer.status), responseOf(answer, components)] as const)
  const bad = [...problemsByStatus(problems)].map(([status, codes]) => {
    const own = problemHeaders.filter(({ statuses = [status] }) => statuses.includes(status))
    const all = Object.assign({}, ...own.map((one) => one.headers)) as NonNullable<ActionDescription['headers']>
    return [String(status), problemResponse(components, status, codes, all)] as const
  })
  return Object.fromEntries([...well, ...bad].toSorted(([a], [b]) => Number(a) - Number(b)))
}

function responseOf(
  { description, schema, mediaType = 'application/json', headers, examples }: AnswerDescription,
  components: Components,
): ResponseObject {
  const all: Readonly<Record<string, HeaderObject>> = { ...requestIdHeader, ...headers }
  return {
    description,
    headers: all,
    ...(schema && { content: { [mediaType]: { schema: components.referring(schema), ...examplesIn(examples) } } }),
  }
}

function examplesIn(examples: NamedExamples = {}): { readonly examples?: Readonly<Record<string, ExampleObject>> } {
  if (Object.keys(examples).length === 0) return {}
  return { examples: mapExamples(examples, (value) => ({ value })) as Readonly<Record<string, ExampleObject>> }
}
