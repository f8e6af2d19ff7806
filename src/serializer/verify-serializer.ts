import type { Mistakes } from '../errors/definition-error.js'
import type { EntityDescription } from '../model/entity-description.js'
import type { AnySerializer } from './serializer-types.js'

/** Adds what a serializer lists but cannot show or accept. */
export function verifySerializer(serializer: AnySerializer, description: EntityDescription, mistakes: Mistakes): void {
  const { fields, readOnly = [], writeOnly = [], createOnly = [] } = serializer.spec
  const report = (problem: string, remedy: string): void =>
    mistakes.add({
      code: 'E_SERIALIZER',
      subject: serializer.name,
      problem,
      places: [`Serializer(${description.entity.name}) at ${serializer.place}`],
      remedy,
    })
  if (fields.length === 0) report('it lists no fields.', 'List the properties of its representations in `fields`.')
  for (const name of fields) {
    const problem = problemOf(name, description)
    if (problem) report(problem, `Take "${name}" out of \`fields\`.`)
  }
  for (const name of duplicates(fields)) report(`it lists "${name}" twice.`, 'List each property once.')
  for (const name of [...readOnly, ...writeOnly, ...createOnly].filter((name) => !fields.includes(name))) {
    report(`it speaks of "${name}", which is not among its fields.`, `List "${name}" in \`fields\` too.`)
  }
  for (const name of readOnly.filter((name) => writeOnly.includes(name) || createOnly.includes(name))) {
    report(`"${name}" is both read-only and accepted as input.`, 'Keep one of the two.')
  }
}

function problemOf(name: string, { entity, properties, relations }: EntityDescription): string | undefined {
  const property = properties.get(name)
  if (relations.includes(name)) return `"${name}" is a relation, which a serializer does not show.`
  if (!property) return `${entity.name} has no column "${name}".`
  if (property.hidden) return `"${name}" is hidden: its column is left out of what is read.`
  const { value } = property
  if (value.kind === 'unknown') return `the column "${name}" has the type "${value.name}", which has no form as JSON.`
  return value.kind === 'bytes' ? `the column "${name}" holds bytes, which have no form as JSON.` : undefined
}

const duplicates = (names: readonly string[]): readonly string[] => [
  ...new Set(names.filter((name, index) => names.indexOf(name) !== index)),
]
