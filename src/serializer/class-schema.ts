import { getMetadataStorage, validateSync } from 'class-validator'
import { asDeclared } from '../helpers/naming.js'
import type { AnyClass } from '../metadata/fact-kind.js'
import { propertyType } from '../metadata/member-types.js'
import { ruleSchemas } from './rule-schemas.js'
import { ruledProperties } from './validation-rules.js'
import type { SchemaObject } from './value-schema.js'

/** A property of a class with rules, as JSON Schema describes its values. */
export interface ClassProperty {
  readonly name: string
  readonly schema: SchemaObject
  /** Whether it must be given. */
  readonly required: boolean
}

const recordedTypes = new Map<unknown, string>([
  [String, 'string'],
  [Number, 'number'],
  [Boolean, 'boolean'],
])

/** The properties of a class that have rules of class-validator, in the order of their names. */
export function classProperties(target: AnyClass): readonly ClassProperty[] {
  const rules = ruleSchemas(target)
  const required = requiredProperties(target)
  const optional = optionalProperties(target)
  return [...ruledProperties(target)].toSorted().map((name) => {
    const schema = whole(rules.get(name) ?? [], recordedTypes.get(propertyType(target.prototype as object, name)))
    return {
      name,
      schema: optional.has(name) && Object.keys(schema).length > 0 ? { anyOf: [schema, { type: 'null' }] } : schema,
      required: required.has(name) && !optional.has(name),
    }
  })
}

/** The JSON Schema of the bodies that are read as a class. */
export function classSchema(target: AnyClass, { outside } = asDeclared): SchemaObject {
  const properties = classProperties(target)
  return {
    type: 'object',
    properties: Object.fromEntries(properties.map(({ name, schema }) => [outside(name), schema])),
    required: properties.filter(({ required }) => required).map(({ name }) => outside(name)),
    additionalProperties: false,
  }
}

function whole(rules: readonly SchemaObject[], type: string | undefined): SchemaObject {
  const own = type === undefined || rules.some((rule) => 'type' in rule || 'enum' in rule) ? {} : { type }
  const names = rules.flatMap((rule) => Object.keys(rule))
  // Rules that say different things of a value can stand side by side.
  if (new Set(names).size === names.length) return Object.assign({}, own, ...rules) as SchemaObject
  return { ...own, allOf: rules }
}

/** What the rules miss in an instance of which nothing is known but the defaults that its class gives. */
function requiredProperties(target: AnyClass): ReadonlySet<string> {
  try {
    const found = validateSync(new (target as new () => object)(), { forbidUnknownValues: false })
    return new Set(found.map(({ property }) => property))
  } catch {
    // A constructor or rule that needs more than that cannot be asked.
    return new Set()
  }
}

/** Null is as good as nothing to these, or whether they are looked at depends on others. */
function optionalProperties(target: AnyClass): ReadonlySet<string> {
  const rules = getMetadataStorage().getTargetValidationMetadatas(target, '', true, false)
  return new Set(rules.filter(({ type }) => type === 'conditionalValidation').map(({ propertyName }) => propertyName))
}
