import { classProperties, classSchema } from '../../serializer/class-schema.js'
import { keySchema, type SchemaObject } from '../../serializer/value-schema.js'
import type {
  ActionDescription,
  AnyParameterDescription,
  BodyDescription,
  DescribedScene,
} from '../description/action-description.js'
import { mapExamples } from '../examples/named-examples.js'
import { lookupProperty } from '../lookup/lookup-property.js'
import type { CompiledParent } from '../parents/compiled-parent.js'
import { representationParameters } from '../query/representation-parameters.js'

/** Describes the parameters and the body of an action, as the pipeline reads them. */
export function describeInput(scene: DescribedScene): ActionDescription {
  const body = bodyOf(scene)
  return { parameters: [...pathParameters(scene), ...queryParameters(scene)], ...(body && { body }) }
}

function pathParameters({ action, model, naming }: DescribedScene): readonly AnyParameterDescription[] {
  const property = lookupProperty(action, model)
  const [primary] = model?.description.primary ?? []
  const key = property === undefined ? primary : model?.description.properties.get(property)
  return [...action.route.matchAll(/:([A-Za-z_]\w*)/g)].map(([, name = '']) => {
    if (name === model?.parent?.parameter) return parentParameter(model.parent, naming)
    const isKey = name === 'id' && action.on === 'row' && key !== undefined
    return {
      name,
      in: 'path',
      required: true,
      description: isKey ? whichRow(property && naming.outside(property)) : 'A part of the path.',
      schema: isKey ? keySchema(key.value) : { type: 'string', minLength: 1 },
    }
  })
}

function parentParameter(
  { parameter, relation, property, description: { properties, primary } }: CompiledParent,
  naming: DescribedScene['naming'],
): AnyParameterDescription {
  const key = property === undefined ? primary[0]! : properties.get(property)!
  const description = `Which \`${naming.outside(relation)}\` they belong to, by its \`${naming.outside(key.name)}\`.`
  return { name: parameter, in: 'path', required: true, description, schema: keySchema(key.value) }
}

const whichRow = (property: string | undefined): string =>
  property === undefined ? 'Which row.' : `Which row, by its \`${property}\`.`

function queryParameters({ action, model, naming }: DescribedScene): readonly AnyParameterDescription[] {
  const { query, paginated, name, method } = action
  const listed = paginated && model ? model.list.descriptions : []
  if (query) {
    const own = classProperties(query).map(
      ({ name: parameter, schema, required }): AnyParameterDescription => ({
        name: naming.outside(parameter),
        in: 'query',
        description: `Checked by \`${query.name}\`.`,
        schema: Object.keys(schema).length > 0 ? schema : { type: 'string' },
        ...(required && { required }),
      }),
    )
    const names = new Set(own.map((parameter) => parameter.name))
    return [...own, ...listed.filter((parameter) => !names.has(parameter.name))]
  }
  const shown = model && method !== 'delete' ? representationParameters(model.serializer, name) : []
  return [...listed, ...shown.flatMap(({ description }) => description ?? [])]
}

function bodyOf({ action, schemas, naming, examples }: DescribedScene): BodyDescription | undefined {
  const { body, input, method } = action
  const schema: SchemaObject | undefined = body ? classSchema(body, naming) : input && schemas?.[input]
  if (!schema) return undefined
  const named = mapExamples(action.examples?.body ?? {}, (example) => naming.members(example as SchemaObject))
  return {
    schema,
    required: (schema['required'] as readonly string[]).length > 0 || !body,
    examples: body ? named : ((input && examples?.[input]) ?? {}),
    mediaTypes: ['application/json', ...(method === 'patch' ? ['application/merge-patch+json'] : [])],
  }
}
