import type { AnyClass } from '../../metadata/fact-kind.js'
import type { ModelDataSource } from '../data-source.js'
import { hasSoleLinks } from '../relations/link.js'
import { columnOf } from '../schema/column-terms.js'
import { isReadByName } from './read-by-name.js'

/**
 * Why rows of an entity are read as entities, in words that follow its name; undefined where their columns say all that
 * their entities would. Needs no connection.
 */
export function whyEntities(
  dataSource: ModelDataSource,
  entity: AnyClass,
  properties: readonly string[],
): string | undefined {
  const metadata = dataSource.getMetadata(entity)
  if (metadata.tableType !== 'regular' || metadata.discriminatorColumn) return 'shares its table, or has none'
  if (metadata.afterLoadListeners.length > 0) return 'has a method that is called when a row was loaded'
  for (const name of properties) {
    const column = columnOf(metadata, name)
    if (!column || column.isVirtualProperty) return `has no column for "${name}"`
    if (!isReadByName(column)) return `stores "${name}" in a form of the database's own`
    if (!column.isSelect) return `hides "${name}"`
    if (isAccessor(entity, name)) return `has an accessor for "${name}"`
  }
  return hearsAtStart(dataSource) ? 'may have a subscriber that is told of rows that were loaded' : undefined
}

/** Why the rows that a relation leads to are read as entities; undefined where they can be read with their owners, or at once. */
export function whyRelation(
  dataSource: ModelDataSource,
  entity: AnyClass,
  name: string,
  takes?: 'one',
): string | undefined {
  const relation = dataSource.getMetadata(entity).relations.find(({ propertyName }) => propertyName === name)
  const where = `${entity.name}.${name}`
  if (!relation || !hasSoleLinks(relation)) return `${where} is held by several columns`
  if (takes === 'one' && !relation.isWithJoinColumn) return `${where} is held by the other row`
  const isMany = relation.isOneToMany || relation.isManyToMany
  // What cannot be counted is refused by the ordinary way, which says so.
  const hasSoleKey = relation.inverseEntityMetadata.primaryColumns.length === 1
  return isMany && !hasSoleKey ? `${where} leads to rows that no single value is the key of` : undefined
}

/** Whether a subscriber of TypeORM hears of loaded rows. The data source must be initialized. */
export function hearsOfLoaded({ subscribers }: ModelDataSource): boolean {
  return subscribers.some((subscriber) => typeof subscriber.afterLoad === 'function')
}

/** What is known of subscribers before they are made: those that are named by files may be anything. */
function hearsAtStart({ options }: ModelDataSource): boolean {
  const given = options.subscribers ?? []
  const subscribers: readonly unknown[] = Array.isArray(given) ? given : Object.values(given)
  return subscribers.some((one) => typeof one !== 'function' || 'afterLoad' in (one.prototype as object))
}

function isAccessor(entity: AnyClass, name: string): boolean {
  let prototype = entity.prototype as object | null
  for (; prototype; prototype = Object.getPrototypeOf(prototype) as object | null) {
    const found = Object.getOwnPropertyDescriptor(prototype, name)
    if (found) return found.get !== undefined || found.set !== undefined
  }
  return false
}
