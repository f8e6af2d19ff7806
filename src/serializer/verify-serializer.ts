import type { Mistakes } from '../errors/definition-error.js'
import type { Place } from '../metadata/place.js'
import type { EntityDescription } from '../model/entity-description.js'
import { documentMistakes } from './class-mistakes.js'
import { rulesByProperty } from './member-type.js'
import type { AnySerializerLike } from './serializer-spec.js'

type Report = (problem: string, remedy: string) => void

/** Adds mistakes about a serializer. */
export function reporter(serializer: AnySerializerLike, mistakes: Mistakes): Report {
  const { place } = serializer as AnySerializerLike & { readonly place?: Place }
  return (problem, remedy) =>
    mistakes.add({
      code: 'E_SERIALIZER',
      subject: serializer.name,
      problem,
      places: [`Serializer(${serializer.entity.name}) at ${place}`],
      remedy,
    })
}

/** Adds what a serializer lists but cannot show or accept. */
export function verifySerializer(
  serializer: AnySerializerLike,
  description: EntityDescription,
  mistakes: Mistakes,
): void {
  const { fields, readOnly = [], writeOnly = [], createOnly = [], nested = {} } = serializer.spec
  const report = reporter(serializer, mistakes)
  if (fields.length === 0) report('it lists no fields.', 'List the properties of its representations in `fields`.')
  for (const name of fields.filter((field) => !Object.hasOwn(nested, field))) {
    const problem = problemOf(name, description)
    if (problem) report(problem, remedyFor(name, description))
  }
  for (const name of duplicates(fields)) report(`it lists "${name}" twice.`, 'List each property once.')
  const spoken = [...readOnly, ...writeOnly, ...createOnly, ...Object.keys(nested)]
  for (const name of spoken.filter((name) => !fields.includes(name))) {
    report(`it speaks of "${name}", which is not among its fields.`, `List "${name}" in \`fields\` too.`)
  }
  for (const name of readOnly.filter((name) => writeOnly.includes(name) || createOnly.includes(name))) {
    report(`"${name}" is both read-only and accepted as input.`, 'Keep one of the two.')
  }
  for (const name of new Set([...writeOnly, ...createOnly])) {
    if (description.properties.get(name)?.writable !== false || readOnly.includes(name)) continue
    const list = writeOnly.includes(name) ? 'writeOnly' : 'createOnly'
    const remedy = `Take "${name}" out of \`${list}\`, or let the trait that has it say that input may set it.`
    report(`"${name}" is in \`${list}\`, but no input may set it.`, remedy)
  }
  for (const name of methodsOf(serializer)) {
    const remedy = `Compute the field: computed: { ${name}: computed(${description.entity.name}, { requires: […], value: … }) }.`
    report(`it has a method "${name}", which nothing calls.`, remedy)
  }
  verifyDocuments(serializer, description, report)
  verifyFurther(serializer, description, report)
}

/** Adds JSON columns in which decorators ask for objects that nobody would check. */
function verifyDocuments({ entity, spec }: AnySerializerLike, { properties }: EntityDescription, report: Report): void {
  const rules = rulesByProperty(entity)
  for (const name of spec.fields.filter((field) => properties.get(field)?.value.kind === 'json')) {
    for (const { problem, remedy } of documentMistakes(entity, name, rules.get(name) ?? [])) report(problem, remedy)
  }
}

/** What stands in the bodies of a serializer and of the classes it extends. */
function methodsOf(serializer: AnySerializerLike): readonly string[] {
  const names: string[] = []
  let prototype = (serializer as unknown as { readonly prototype: object }).prototype
  for (; prototype !== Object.prototype; prototype = Object.getPrototypeOf(prototype) as object) {
    names.push(...Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor'))
  }
  return [...new Set(names)]
}

/** Adds what is wrong with computed fields, actions and rules. */
function verifyFurther({ spec }: AnySerializerLike, description: EntityDescription, report: Report): void {
  const { fields, computed = {}, actions = {}, rules = {} } = spec
  const all = [...fields, ...Object.keys(computed)]
  for (const [name, { requires }] of Object.entries(computed)) {
    if (fields.includes(name)) report(`it lists "${name}" and computes it too.`, 'Keep one of the two.')
    for (const required of requires) {
      const problem = requirementProblem(required, description)
      const isRelation = description.relations.has(required)
      const remedy = isRelation
        ? `Name what it needs of the related row, as in '${required}.id'.`
        : `Take "${required}" out of its \`requires\`.`
      if (problem) report(`"${name}" requires ${problem}`, remedy)
    }
  }
  for (const name of Object.keys(rules).filter((name) => !all.includes(name))) {
    report(`it has a rule for "${name}", which is not among its fields.`, `Take "${name}" out of \`rules\`.`)
  }
  for (const [action, shown] of Object.entries(actions)) {
    const lists =
      'read' in shown || 'write' in shown
        ? [...(shown.read ?? []), ...(shown.write ?? [])]
        : (shown as readonly string[])
    for (const name of lists.filter((name) => !all.includes(name))) {
      report(`"${action}" has "${name}", which is not among its fields.`, `List "${name}" in \`fields\` too.`)
    }
    const taken = 'write' in shown ? (shown.write ?? []) : []
    for (const name of taken.filter((name) => isReadOnly(name, spec, description))) {
      report(`"${action}" takes "${name}", which is read-only.`, `Take "${name}" out of what "${action}" takes.`)
    }
  }
}

/** Whether no body may ever have a field. */
function isReadOnly(
  name: string,
  { readOnly = [], createOnly = [], computed = {} }: AnySerializerLike['spec'],
  { properties }: EntityDescription,
): boolean {
  if (readOnly.includes(name) || Object.hasOwn(computed, name)) return true
  const property = properties.get(name)
  return property !== undefined && (!property.writable || (property.primary && !createOnly.includes(name)))
}

function requirementProblem(required: string, description: EntityDescription): string | undefined {
  const [head = '', property] = required.split('.')
  const relation = description.relations.get(head)
  if (property === undefined) return relation ? `"${head}", which is a relation.` : columnProblem(head, description)
  if (!relation) return `"${required}", but ${description.entity.name} has no relation "${head}".`
  if (relation.many) return `"${required}", but "${head}" leads to many rows.`
  return columnProblem(property, relation.target())
}

function columnProblem(name: string, { entity, properties }: EntityDescription): string | undefined {
  const property = properties.get(name)
  if (!property) return `"${name}", but ${entity.name} has no column "${name}".`
  return property.hidden ? `"${name}", which is left out of what is read.` : undefined
}

function problemOf(name: string, { entity, properties, relations }: EntityDescription): string | undefined {
  const property = properties.get(name)
  if (relations.has(name)) return `"${name}" is a relation, and \`nested\` does not say how its rows are shown.`
  if (!property) return `${entity.name} has no column "${name}".`
  if (property.hidden) return `"${name}" is hidden: its column is left out of what is read.`
  const { value } = property
  if (value.kind === 'unknown')
    return `the column "${name}" has the type "${value.name}", which is not supported: it has no form as JSON.`
  return value.kind === 'bytes' ? `the column "${name}" holds bytes, which have no form as JSON.` : undefined
}

function remedyFor(name: string, { properties, relations }: EntityDescription): string {
  const without = `Take "${name}" out of \`fields\``
  if (relations.has(name)) return `${without}, or give \`nested\` the serializer of its rows.`
  return properties.has(name) ? `${without}.` : `${without}. Known are: ${[...properties.keys()].join(', ')}.`
}

const duplicates = (names: readonly string[]): readonly string[] => [
  ...new Set(names.filter((name, index) => names.indexOf(name) !== index)),
]
