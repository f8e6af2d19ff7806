import type { PropertyDescription } from '../model/entity-description.js'
import { memberSchema } from './class-schema.js'
import { acceptedInput, type InputPart } from './compile-input.js'
import type { CompiledNested, CompiledSerializer, InputShape } from './compiled-serializer.js'
import { mergePatchSchema } from './merge-patch-schema.js'
import { narrowSchema } from './narrow-schema.js'
import { ruleSchemas } from './rule-schemas.js'
import { nullableSchema, type SchemaObject, valueSchema } from './value-schema.js'

/** The JSON Schemas (draft 2020-12) of what a serializer answers and of the bodies of POST, PUT and PATCH. */
export interface SerializerSchemas {
  readonly read: SchemaObject
  readonly create: SchemaObject
  readonly replace: SchemaObject
  readonly patch: SchemaObject
}

/** Describes a serializer as JSON Schema. @param action whose answers `read` describes. */
export function serializerSchemas(serializer: CompiledSerializer, action?: string): SerializerSchemas {
  return {
    read: readSchema(serializer, action),
    create: inputSchema(serializer, { shape: 'create' }),
    replace: inputSchema(serializer, { shape: 'replace' }),
    patch: inputSchema(serializer, { shape: 'patch' }),
  }
}

function readSchema(serializer: CompiledSerializer, action?: string): SchemaObject {
  const { description, nested, definition, naming } = serializer
  const { rules = {}, computed = {} } = definition.spec
  const names = serializer.names(action)
  const input = new Set(Object.keys(inputProperties(serializer, { shape: 'create' })))
  const schemaOf = (name: string): SchemaObject => {
    const property = description.properties.get(name)
    if (property) return storedSchema(serializer, property)
    const relation = nested.get(name)
    return relation ? relatedSchema(relation) : (computed[name]?.schema ?? {})
  }
  const properties = names.map(
    (name) => [name, { ...schemaOf(name), ...(!input.has(name) && { readOnly: true }) }] as const,
  )
  const always = names.filter((name) => !rules[name]?.read && !nested.get(name)?.optional)
  return objectSchema(naming.members(Object.fromEntries(properties)), always.map(naming.outside))
}

/** What is stored may be older than a bound on its length. */
function storedSchema(serializer: CompiledSerializer, property: PropertyDescription): SchemaObject {
  const { nullable } = property
  const { maxLength: _length, pattern: _pattern, ...schema } = propertySchema(serializer, property)
  return nullable ? nullableSchema(schema) : schema
}

/** The values of a property; of a JSON column as its class has it, or the trait that it is of. */
function propertySchema({ documents }: CompiledSerializer, { name, value, schema }: PropertyDescription): SchemaObject {
  const type = documents.get(name)
  return type ? memberSchema(type) : (schema ?? valueSchema(value))
}

function relatedSchema({ relation, serializer, max }: CompiledNested): SchemaObject {
  const row = readSchema(serializer)
  if (!relation.many) return { anyOf: [row, { type: 'null' }] }
  const more = serializer.naming.outside('hasMore')
  return objectSchema({ data: { type: 'array', items: row, maxItems: max }, [more]: { type: 'boolean' } }, [
    'data',
    more,
  ])
}

function inputSchema(serializer: CompiledSerializer, part: InputPart): SchemaObject {
  const { accepted, nested } = acceptedInput(serializer, part)
  const required = [...accepted, ...nested].filter((field) => field.required).map(({ name }) => name)
  const { members, outside } = serializer.naming
  return objectSchema(members(inputProperties(serializer, part)), required.map(outside))
}

function inputProperties(serializer: CompiledSerializer, part: InputPart): Readonly<Record<string, SchemaObject>> {
  const { accepted, nested, refusals } = acceptedInput(serializer, part)
  const { writeOnly = [] } = serializer.definition.spec
  const rules = ruleSchemas(serializer.definition.entity)
  const properties = accepted.map((property) => {
    const schemas = rules.get(property.name) ?? []
    const stored = propertySchema(serializer, property)
    const base = part.shape === 'patch' && property.value.kind === 'json' ? mergePatchSchema(stored) : stored
    const whole = narrowSchema(base, schemas)
    // Rules are asked about values that are not null.
    const schema = property.nullable ? orNull(whole, schemas.length > 0) : whole
    return [property.name, { ...schema, ...(writeOnly.includes(property.name) && { writeOnly: true }) }] as const
  })
  const related = nested.map(({ name }) => [name, givenSchema(serializer.nested.get(name)!, part.shape)] as const)
  const ignored = [...refusals].flatMap(([name, refusal]) =>
    refusal === 'ignored' ? [[name, { readOnly: true }] as const] : [],
  )
  return Object.fromEntries([...properties, ...related, ...ignored])
}

const orNull = (schema: SchemaObject, isRuled: boolean): SchemaObject =>
  isRuled ? { anyOf: [schema, { type: 'null' }] } : nullableSchema(schema)

function givenSchema(nested: CompiledNested, shape: InputShape): SchemaObject {
  const { relation, max } = nested
  const one = nested.write === 'id' ? keySchema(nested) : rowSchema(nested, shape)
  if (relation.many) return { type: 'array', items: one, maxItems: max }
  return relation.nullable ? { anyOf: [one, { type: 'null' }] } : one
}

const keySchema = ({ serializer }: CompiledNested): SchemaObject => {
  const [key] = serializer.description.primary
  return key ? valueSchema(key.value) : { not: {} }
}

function rowSchema({ serializer, relation, write }: CompiledNested, shape: InputShape): SchemaObject {
  const without = [relation.inverse, relation.inverseKey].filter((name) => name !== undefined)
  const fresh = inputSchema(serializer, { shape: 'create', without })
  const [key] = serializer.description.primary
  if (shape === 'create' || !key) return fresh
  const known = inputSchema(serializer, { shape: write === 'replace' ? 'replace' : 'patch', without })
  const keyName = serializer.naming.outside(key.name)
  const properties = { [keyName]: valueSchema(key.value), ...(known['properties'] as SchemaObject) }
  const required = [keyName, ...(known['required'] as readonly string[])]
  return { anyOf: [objectSchema(properties, required), fresh] }
}

function objectSchema(properties: SchemaObject, required: readonly string[]): SchemaObject {
  return { type: 'object', properties, required, additionalProperties: false }
}
