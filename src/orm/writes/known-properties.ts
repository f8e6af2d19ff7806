import type { EntityMetadata } from 'typeorm'
import { UsageError } from '../../errors/usage-error.js'
import { nearestName } from '../../helpers/nearest-name.js'

const known = new WeakMap<EntityMetadata, ReadonlySet<string>>()

function propertiesOf(metadata: EntityMetadata): ReadonlySet<string> {
  const found = known.get(metadata)
  if (found) return found
  const parts = [...metadata.columns, ...metadata.relations].filter(({ embeddedMetadata }) => !embeddedMetadata)
  const names = new Set([...parts, ...metadata.embeddeds].map(({ propertyName }) => propertyName))
  known.set(metadata, names)
  return names
}

/**
 * The same values.
 * @throws {UsageError} E_UNKNOWN_VALUE where one is for no property of the entity, so that nothing would store it.
 */
export function storable<T extends object>(metadata: EntityMetadata, values: T): T {
  const names = propertiesOf(metadata)
  for (const name of Object.keys(values)) {
    if (names.has(name) || (values as Readonly<Record<string, unknown>>)[name] === undefined) continue
    const nearest = nearestName(name, [...names])
    const hint = nearest === undefined ? '' : `; did you mean "${nearest}"?`
    throw new UsageError('E_UNKNOWN_VALUE', `${metadata.name} has no property "${name}" to write${hint}`)
  }
  return values
}
