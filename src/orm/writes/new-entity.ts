import type { DeepPartial, EntityMetadata, ObjectLiteral } from 'typeorm'
import type { ScopedRepository } from '../model-repository.js'

const known = new WeakMap<EntityMetadata, readonly string[] | null>()

/** The properties of an entity without relations and embedded parts; null for others, whose values have to be looked into. */
function plainNames(metadata: EntityMetadata): readonly string[] | null {
  const names = known.get(metadata)
  if (names !== undefined) return names
  const isPlain = metadata.relations.length + metadata.embeddeds.length === 0
  const found = isPlain ? metadata.nonVirtualColumns.map(({ propertyName }) => propertyName) : null
  known.set(metadata, found)
  return found
}

/** An entity with some values, as `repository.create` makes one; TypeORM has each of its columns read and set its value for that. */
export function newEntity<E extends ObjectLiteral>(repository: ScopedRepository<E>, values: Partial<E>): E {
  const { metadata, manager } = repository
  const names = plainNames(metadata)
  if (!names) return repository.create(values as DeepPartial<E>)
  const entity = metadata.create(manager.queryRunner) as ObjectLiteral
  for (const name of names) {
    const value = values[name] as unknown
    if (value !== undefined) entity[name] = value
  }
  return entity as E
}
