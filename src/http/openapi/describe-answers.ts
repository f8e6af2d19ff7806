import { type SchemaObject, sparseSchema } from '../../serializer/value-schema.js'
import type { ActionModel } from '../action-model.js'
import type { ActionDescription, AnswerDescription, DescribedScene } from '../description/action-description.js'

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

function pageAnswer({ action }: DescribedScene, row: SchemaObject, pagination: SchemaObject): AnswerDescription {
  return {
    status: action.status ?? 200,
    description: 'A page.',
    schema: {
      type: 'object',
      properties: { data: { type: 'array', items: row }, pagination },
      required: ['data', 'pagination'],
      additionalProperties: false,
    },
    headers: { Link: { description: 'Other pages (RFC 8288).', schema: text, required: true } },
  }
}

function answersOf(scene: DescribedScene, row: SchemaObject | undefined): readonly AnswerDescription[] {
  const { action } = scene
  const { answers, input, status } = action
  if (typeof answers === 'object')
    return [{ status: status ?? 200, description: 'What was asked for.', schema: answers }]
  if (answers === 'nothing') return [nothing(status)]
  if (answers === 'rows' && row) return [{ status: status ?? 200, description: 'Rows.', schema: rowsSchema(row) }]
  if (input === 'create' && row) return [created(scene, row)]
  if (answers === 'row' && row) return [{ status: status ?? 200, description: 'The row.', schema: row }]
  const anything = { status: status ?? 200, description: 'What the action answers.', schema: {}, mediaType: '*/*' }
  return status === 204 ? [nothing(204)] : status === undefined ? [anything, nothing(204)] : [anything]
}

function created({ action, model }: DescribedScene, row: SchemaObject): AnswerDescription {
  const addressed = model?.description.primary.length === 1
  return {
    status: action.status ?? 201,
    description: 'The new row.',
    schema: row,
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
