import type { Naming } from '../../helpers/naming.js'
import type { Column, Columns } from '../../model/column.js'
import { namedMembers, nullableSchema, type SchemaObject, valueSchema } from '../../serializer/value-schema.js'
import type { ActionDescription, DescribedScene } from '../description/action-description.js'
import { rowSchema } from './describe-answers.js'

/** Describes an action that carries out a verb: its body is what the verb must be given. */
export function describeVerb(scene: DescribedScene): ActionDescription | undefined {
  const { action, model, naming } = scene
  const verb = action.verb === undefined ? undefined : model?.entity.verbs[action.verb]
  if (!verb) return undefined
  const row = rowSchema(scene)
  const input = verbSchema(verb.input ?? {}, naming)
  return {
    ...(action.method !== 'delete' && {
      body: { schema: input, required: (input['required'] as readonly string[]).length > 0 },
    }),
    answers: [
      verb.hard || !row
        ? { status: action.status ?? 204, description: 'It is done.' }
        : {
            status: action.status ?? 200,
            description: 'The row, as it is then.',
            schema: row,
            examples: scene.examples?.rows ?? {},
          },
    ],
  }
}

/** The JSON Schema of what a verb must be given. */
export function verbSchema(columns: Columns, naming: Naming): SchemaObject {
  const schema = {
    type: 'object',
    properties: Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, schemaOf(column)])),
    required: Object.keys(columns).filter((name) => !columns[name]?.nullable && columns[name]?.default === undefined),
    additionalProperties: false,
  }
  return namedMembers(schema, naming)
}

function schemaOf(column: Column): SchemaObject {
  const schema = ofType(column)
  return column.nullable || column.default !== undefined ? nullableSchema(schema) : schema
}

function ofType({ type, length = 255, object }: Column): SchemaObject {
  switch (type) {
    case 'integer':
      return valueSchema({ kind: 'integer', min: -(2 ** 31), max: 2 ** 31 - 1 })
    case 'float':
      return valueSchema({ kind: 'number' })
    case 'string':
      return valueSchema({ kind: 'string', maxLength: length })
    case 'text':
      return valueSchema({ kind: 'string' })
    case 'json':
      return object ? { type: 'object' } : {}
    default:
      return valueSchema({ kind: type })
  }
}
