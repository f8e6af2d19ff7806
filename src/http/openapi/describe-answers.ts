import { type SchemaObject, sparseSchema } from '../../serializer/value-schema.js'
import type { ActionModel } from '../action-model.js'
import type { ActionDescription, AnswerDescription, DescribedScene } from '../description/action-description.js'
import type { NamedExamples } from '../examples/named-examples.js'
import { pageExample } from '../examples/page-example.js'

const text = { type: 'string' } as const

/** Describes what an action answers where it succeeds, as far as its declaration tells. */
export function describeAnswers(scene: DescribedScene): ActionDescription {
  const { action, model } = scene
  const row = rowSchema(scene)
  if (action.paginated && row && model) return { answers: [pageAnswer(scene, row, model.list.paginationSchema)] }
  return { answers: answersOf(scene, row) }
}

/** The representation of a row; only parts of it where a caller asks for that. */
export function rowSchema({ action, schemas }: DescribedScene): SchemaObject | undefined {
  if (!schemas) return undefined
  const choosable = action.method !== 'delete' && !action.query
  return choosable ? { anyOf: [schemas.read, sparseSchema(schemas.read)] } : schemas.read
}

function rowsSchema(row: SchemaObject): SchemaObject {
  return {
    type: 'object',
    properties: { data: { type: 'array', items: row } },
    required: ['data'],
    additionalProperties: false,
  }
}

const rowsExample = (rows: NamedExamples): NamedExamples =>
  Object.keys(rows).length === 0 ? {} : { rows: { data: Object.values(rows) } }

function pageAnswer(
  { action, naming, examples }: DescribedScene,
  row: SchemaObject,
  pagination: SchemaObject,
): AnswerDescription {
  return {
    status: action.status ?? 200,
    description: 'A page.',
    schema: {
      type: 'object',
      properties: { data: { type: 'array', items: row }, pagination },
      required: ['data', 'pagination'],
      additionalProperties: false,
    },
    examples: examples && action.model ? pageExample(examples.rows, action.model.pagination, pagination, naming) : {},
    headers: { Link: { description: 'Other pages (RFC 8288).', schema: text, required: true } },
  }
}

function answersOf(scene: DescribedScene, row: SchemaObject | undefined): readonly AnswerDescription[] {
  const { action, examples: { rows = {} } = {} } = scene
  const { answers, input, status = 200, examples: { answers: own } = {} } = action
  if (typeof answers === 'object')
    return [{ status, description: 'What was asked for.', schema: answers, examples: own ?? {} }]
  if (answers === 'nothing') return [nothing(action.status)]
  if (answers === 'rows' && row)
    return [{ status, description: 'Rows.', schema: rowsSchema(row), examples: own ?? rowsExample(rows) }]
  if (input === 'create' && row) return [created(scene, row)]
  if (answers === 'row' && row) return [{ status, description: 'The row.', schema: row, examples: own ?? rows }]
  const anything = { status, description: 'What the action answers.', schema: {}, mediaType: '*/*' }
  return status === 204 ? [nothing(204)] : action.status === undefined ? [anything, nothing(204)] : [anything]
}

function created({ action, model, examples }: DescribedScene, row: SchemaObject): AnswerDescription {
  const addressed = model?.description.primary.length === 1
  return {
    status: action.status ?? 201,
    description: 'The new row.',
    schema: row,
    examples: examples?.rows ?? {},
    ...(addressed && {
      headers: { Location: { description: 'Where the row is found.', schema: text, required: true } },
    }),
  }
}

function nothing(status = 204): AnswerDescription {
  return { status, description: 'It is done.' }
}

/** Whether it is not known what an action answers. */
export function isAnswerUnknown({ answers, input, status, paginated, verb, describe }: ActionModel): boolean {
  return (
    verb === undefined &&
    describe === undefined &&
    answers === undefined &&
    input === undefined &&
    status !== 204 &&
    !paginated
  )
}
