import type { EntityMetadata } from 'typeorm'
import type { Model } from '../../model/model.js'
import type { Ordering } from '../../model/scope.js'

/** Sets the order of rows where a query asks for none. What `@Entity({ orderBy })` says comes first. */
export function setOrdering(metadata: EntityMetadata, model: Model): void {
  if (metadata.orderBy || model.ordering.length === 0) return
  const ordering = withTieBreak(model.ordering, metadata)
  metadata.orderBy = Object.fromEntries(ordering.map(({ property, direction }) => [property, direction]))
}

/**
 * An ordering in which no two rows are equal: the primary key is added, in the direction of the last property, so that
 * one index can serve both.
 */
export function withTieBreak(ordering: readonly Ordering[], metadata: EntityMetadata): readonly Ordering[] {
  const direction = ordering.at(-1)?.direction ?? 'ASC'
  const named = new Set(ordering.map(({ property }) => property))
  const missing = metadata.primaryColumns.filter(({ propertyPath }) => !named.has(propertyPath))
  return [...ordering, ...missing.map(({ propertyPath }) => ({ property: propertyPath, direction }))]
}
