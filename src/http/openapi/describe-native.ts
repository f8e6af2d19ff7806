import { parameterTypes } from '../../metadata/member-types.js'
import { classProperties, classSchema } from '../../serializer/class-schema.js'
import type { SchemaObject } from '../../serializer/value-schema.js'
import type { ActionDescription, AnyParameterDescription, BodyDescription } from '../description/action-description.js'
import type { ParameterEntry } from '../emission/native-facts.js'
import type { PlannedAction, ViewSetPlan } from '../emission/planned-action.js'
import { hasRules, type Shape, shapeOf } from '../native/body-shape.js'

/** Describes an action of routing-controllers, as far as its decorators and the types of its parameters tell. */
export function describeNative(planned: PlannedAction, plan: ViewSetPlan): ActionDescription {
  const { parameters, handlers } = planned
  const body = bodyOf(planned, plan)
  const code = handlers.find(({ type }) => type === 'success-code')?.value as number | undefined
  return {
    parameters: declared(planned, parameters),
    ...(body && { body }),
    answers: [
      { status: code ?? 200, description: 'What the action answers.', schema: {}, mediaType: '*/*' },
      ...(code === undefined ? [{ status: 204, description: 'There is nothing to say.' }] : []),
    ],
  }
}

const places = { param: 'path', query: 'query', header: 'header', cookie: 'cookie' } as const

function declared({ model }: PlannedAction, entries: readonly ParameterEntry[]): readonly AnyParameterDescription[] {
  const singles = entries.flatMap((entry) => single(entry, shapeIn(model.viewSet.prototype as object, entry)))
  const wholes = entries.flatMap((entry) => members(shapeIn(model.viewSet.prototype as object, entry), entry))
  const named = new Set(singles.filter((one) => one.in === 'path').map(({ name }) => name))
  const rest = [...model.route.matchAll(/:([A-Za-z_]\w*)/g)]
    .map(([, name = '']) => name)
    .filter((name) => !named.has(name))
    .map((name): AnyParameterDescription => pathParameter(name, { type: 'string' }))
  return [...rest, ...singles, ...wholes]
}

const pathParameter = (name: string, schema: SchemaObject): AnyParameterDescription => ({
  name,
  in: 'path',
  required: true,
  description: 'A part of the path.',
  schema,
})

function single(entry: ParameterEntry, shape: Shape): readonly AnyParameterDescription[] {
  const { type, name, required } = entry
  const place = Object.hasOwn(places, type) ? places[type as keyof typeof places] : undefined
  if (!place || !name) return []
  if (place === 'path') return [pathParameter(name, schemaOf(shape))]
  return [{ name, in: place, description: '', schema: schemaOf(shape), ...(required && { required }) }]
}

/** The members of the class that stands for all query parameters. */
function members(shape: Shape, { type }: ParameterEntry): readonly AnyParameterDescription[] {
  if (type !== 'queries' || shape.kind !== 'object' || !hasRules(shape.type)) return []
  const { name: className } = shape.type
  return classProperties(shape.type).map(({ name, schema, required }) => ({
    name,
    in: 'query',
    description: `Checked by \`${className}\`.`,
    schema,
    ...(required && { required }),
  }))
}

function bodyOf({ parameters, model }: PlannedAction, plan: ViewSetPlan): BodyDescription | undefined {
  const prototype = model.viewSet.prototype as object
  const whole = parameters.find(({ type }) => type === 'body')
  if (plan.type !== 'json') return whole && { schema: { type: 'string' }, mediaTypes: ['text/plain'], required: false }
  if (whole) return { schema: schemaOf(shapeIn(prototype, whole)), required: isRequired(whole) }
  const parts = parameters.filter(({ type }) => type === 'body-param')
  if (parts.length === 0) return undefined
  const properties = parts.map((part) => [part.name ?? '', schemaOf(shapeIn(prototype, part))] as const)
  const required = parts.flatMap((part) => (part.required && part.name ? [part.name] : []))
  return {
    schema: { type: 'object', properties: Object.fromEntries(properties), required },
    required: required.length > 0,
  }
}

const isRequired = ({ required }: { readonly required?: boolean | undefined }): boolean => required !== false

function shapeIn(prototype: object, { method, index, explicitType }: ParameterEntry): Shape {
  return shapeOf(parameterTypes(prototype, method)[index], explicitType)
}

function schemaOf(shape: Shape): SchemaObject {
  switch (shape.kind) {
    case 'object':
      return hasRules(shape.type) ? classSchema(shape.type) : { type: 'object' }
    case 'array':
      return { type: 'array', ...(shape.type && { items: schemaOf(shapeOf(shape.type, undefined)) }) }
    case 'date':
      return { type: 'string', format: 'date-time' }
    case 'anything':
      return {}
    default:
      return { type: shape.kind }
  }
}
