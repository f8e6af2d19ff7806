import type { AnyClass } from '../../metadata/fact-kind.js'
import type { ModelDataSource } from '../data-source.js'
import { columnOf } from '../schema/column-terms.js'

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
    if (!column.isSelect) return `hides "${name}"`
    if (isAccessor(entity, name)) return `has an accessor for "${name}"`
  }
  return hearsAtStart(dataSource) ? 'may have a subscriber that is told of rows that were loaded' : undefined
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
