import { getMetadataStorage } from 'class-validator'
import type { AnyClass } from '../metadata/fact-kind.js'
import type { SchemaObject } from './value-schema.js'

type Constraints = readonly unknown[]

/** What rules of class-validator mean as JSON Schema. Where there is no such word, a schema says nothing of the rule. */
const schemas: Readonly<Record<string, (...given: never[]) => SchemaObject>> = {
  isInt: () => ({ type: 'integer' }),
  isString: () => ({ type: 'string' }),
  isBoolean: () => ({ type: 'boolean' }),
  isNumber: () => ({ type: 'number' }),
  isArray: () => ({ type: 'array' }),
  isObject: () => ({ type: 'object' }),
  min: (minimum: unknown) => (typeof minimum === 'number' ? { minimum } : {}),
  max: (maximum: unknown) => (typeof maximum === 'number' ? { maximum } : {}),
  isPositive: () => ({ exclusiveMinimum: 0 }),
  isNegative: () => ({ exclusiveMaximum: 0 }),
  minLength: (minLength: number) => ({ minLength }),
  maxLength: (maxLength: number) => ({ maxLength }),
  isLength: (minLength: number, maxLength?: number) => ({ minLength, ...(maxLength !== undefined && { maxLength }) }),
  isNotEmpty: () => ({ not: { const: '' } }),
  isEmail: () => ({ format: 'email' }),
  isUrl: () => ({ format: 'uri' }),
  isUuid: () => ({ format: 'uuid' }),
  isIn: (values: readonly unknown[]) => ({ enum: values }),
  isNotIn: (values: readonly unknown[]) => ({ not: { enum: values } }),
  equals: (value: unknown) => ({ const: value }),
  matches: (pattern: unknown, flags?: string) => patternSchema(pattern, flags),
  arrayMinSize: (minItems: number) => ({ minItems }),
  arrayMaxSize: (maxItems: number) => ({ maxItems }),
}

/** The schemas of the rules above each property of a class. */
export function ruleSchemas(target: AnyClass): ReadonlyMap<string, readonly SchemaObject[]> {
  const found = new Map<string, SchemaObject[]>()
  for (const rule of getMetadataStorage().getTargetValidationMetadatas(target, '', true, false)) {
    const { propertyName, name, each, constraints } = rule as typeof rule & { readonly constraints?: Constraints }
    if (name === undefined) continue
    const one = schemaOf(name, constraints ?? [])
    const schema: SchemaObject = each ? { items: one } : one
    if (Object.keys(one).length > 0) found.set(propertyName, [...(found.get(propertyName) ?? []), schema])
  }
  return found
}

function schemaOf(name: string, constraints: Constraints): SchemaObject {
  if (Object.hasOwn(schemas, name)) return schemas[name]!(...(constraints as never[]))
  // Validators made with the framework leave their schema as the one constraint.
  const [schema, ...others] = constraints
  const isSchema = typeof schema === 'object' && schema !== null && Object.getPrototypeOf(schema) === Object.prototype
  return isSchema && others.length === 0 ? (schema as SchemaObject) : {}
}

/** Flags change what a pattern means, and JSON Schema has none. */
function patternSchema(pattern: unknown, flags: string | undefined): SchemaObject {
  if (typeof pattern === 'string') return flags ? {} : { pattern }
  return pattern instanceof RegExp && pattern.flags.replace(/[ug]/g, '') === '' ? { pattern: pattern.source } : {}
}
