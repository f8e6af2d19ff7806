import type { SchemaObject } from './value-schema.js'

/**
 * The JSON Schema of the merge patches (RFC 7396) of values that fit a schema: members may be missing, and null where they
 * shall go. Of what the schema says in other ways than by members, nothing is said of its patches.
 */
export function mergePatchSchema(schema: SchemaObject): SchemaObject {
  const { type, properties, additionalProperties, anyOf } = schema
  if (Array.isArray(anyOf)) return { anyOf: (anyOf as readonly SchemaObject[]).map(mergePatchSchema) }
  if (typeof type === 'string' && type !== 'object') return schema
  if (type !== 'object') return {}
  return {
    type,
    ...(properties !== undefined && {
      properties: Object.fromEntries(
        Object.entries(properties as object).map(([name, member]) => [name, memberPatch(member as SchemaObject)]),
      ),
    }),
    // What is not there may be told to go.
    ...(additionalProperties === false && { additionalProperties: { type: 'null' } }),
  }
}

function memberPatch(schema: SchemaObject | boolean): SchemaObject {
  const patch = typeof schema === 'boolean' ? {} : mergePatchSchema(schema)
  return Object.keys(patch).length === 0 ? patch : { anyOf: [patch, { type: 'null' }] }
}
