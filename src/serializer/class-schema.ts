import { validateSync } from 'class-validator'
import { asDeclared, type Naming } from '../helpers/naming.js'
import type { AnyClass } from '../metadata/fact-kind.js'
import { conditionalProperties, type MemberType, memberTypes } from './member-type.js'
import { ruleSchemas } from './rule-schemas.js'
import { type SchemaObject, valueSchema } from './value-schema.js'

/** A property of a class with rules, as JSON Schema describes its values. */
export interface ClassProperty {
  readonly name: string
  readonly schema: SchemaObject
  /** Whether it must be given. */
  readonly required: boolean
  /** Whether null is as good as nothing, where there is such a value. */
  readonly nullable: boolean
}

/** The properties of a class that have rules of class-validator, in the order of their names. */
export function classProperties(target: AnyClass, naming = asDeclared): readonly ClassProperty[] {
  return propertiesOf(target, naming, [target])
}

/** @param around the classes that this one lies in, and itself. */
function propertiesOf(target: AnyClass, naming: Naming, around: readonly AnyClass[]): readonly ClassProperty[] {
  const rules = ruleSchemas(target)
  const required = requiredProperties(target)
  const optional = conditionalProperties(target)
  return [...memberTypes(target)].toSorted(byName).map(([name, type]) => {
    const nullable = optional.has(name)
    return {
      name,
      schema: whole(rules.get(name) ?? [], typeSchema(type, naming, around)),
      required: required.has(name) && !nullable,
      nullable,
    }
  })
}

const orNull = ({ schema, nullable }: ClassProperty): SchemaObject =>
  nullable && Object.keys(schema).length > 0 ? { anyOf: [schema, { type: 'null' }] } : schema

/** The JSON Schema of the bodies that are read as a class. */
export function classSchema(target: AnyClass, naming = asDeclared): SchemaObject {
  return schemaOf(target, naming, [])
}

function schemaOf(target: AnyClass, naming: Naming, above: readonly AnyClass[]): SchemaObject {
  // A class inside of itself has no end.
  if (above.includes(target)) return { type: 'object' }
  const { outside } = naming
  const properties = propertiesOf(target, naming, [...above, target])
  return {
    type: 'object',
    properties: Object.fromEntries(properties.map((property) => [outside(property.name), orNull(property)])),
    required: properties.filter(({ required }) => required).map(({ name }) => outside(name)),
    additionalProperties: false,
  }
}

/** The JSON Schema of the values of a type; of what is not known, it says nothing. */
export function memberSchema(type: MemberType, naming = asDeclared): SchemaObject {
  return typeSchema(type, naming, [])
}

function typeSchema(type: MemberType, naming: Naming, above: readonly AnyClass[]): SchemaObject {
  switch (type.kind) {
    case 'text':
      return { type: 'string' }
    case 'date':
      return valueSchema({ kind: 'timestamp' })
    case 'class':
      return schemaOf(type.target, naming, above)
    case 'list': {
      const items = typeSchema(type.of, naming, above)
      return { type: 'array', ...(Object.keys(items).length > 0 && { items }) }
    }
    case 'anything':
    case 'foreign':
      return {}
    default:
      return { type: type.kind }
  }
}

function whole(rules: readonly SchemaObject[], own: SchemaObject): SchemaObject {
  const said = Object.entries(own).filter(([keyword]) => !rules.some((rule) => keyword in rule))
  const base = rules.some((rule) => 'enum' in rule) ? {} : Object.fromEntries(said)
  const names = rules.flatMap((rule) => Object.keys(rule))
  // Rules that say different things of a value can stand side by side.
  if (new Set(names).size === names.length) return Object.assign({}, base, ...rules) as SchemaObject
  return { ...base, allOf: rules }
}

const byName = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number =>
  one < other ? -1 : 1

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
