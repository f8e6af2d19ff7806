import type { EntityMetadata } from 'typeorm'
import { UsageError } from '../../errors/usage-error.js'
import { nearestName } from '../../helpers/nearest-name.js'

const known = new WeakMap<EntityMetadata, ReadonlySet<string>>()

function propertiesOf(metadata: EntityMetadata): ReadonlySet<string> {
  const found = known.get(metadata)
  if (found) return found
  const relations = metadata.relations.filter(({ isWithJoinColumn }) => isWithJoinColumn)
  const parts = [...metadata.columns, ...relations].filter(({ embeddedMetadata }) => !embeddedMetadata)
  const names = new Set([...parts, ...metadata.embeddeds].map(({ propertyName }) => propertyName))
  known.set(metadata, names)
  return names
}

/**
 * The same values.
 * @throws {UsageError} E_UNKNOWN_VALUE where one is for no property of the entity, or for a relation that other rows hold the
 * keys of, so that nothing would store it.
 */
export function storable<T extends object>(metadata: EntityMetadata, values: T): T {
  const names = propertiesOf(metadata)
  for (const name of Object.keys(values)) {
    if (names.has(name) || (values as Readonly<Record<string, unknown>>)[name] === undefined) continue
    if (metadata.relations.some(({ propertyName }) => propertyName === name)) throw linksElsewhere(metadata.name, name)
    const nearest = nearestName(name, [...names])
    const hint = nearest === undefined ? '' : `; did you mean "${nearest}"?`
    throw new UsageError('E_UNKNOWN_VALUE', `${metadata.name} has no property "${name}" to write${hint}`)
  }
  return values
}

function linksElsewhere(entity: string, name: string): UsageError {
  return new UsageError(
    'E_UNKNOWN_VALUE',
    `${entity} does not hold the keys of "${name}", which are not written with its own values: save the row by its ` +
      `repository, or write the links by relation("${name}") of a query builder.`,
  )
}
