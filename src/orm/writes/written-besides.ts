import type { EntityMetadata } from 'typeorm'

const counts = new WeakMap<EntityMetadata, number>()

/** How often rules have written to a table besides the rows of their calls. */
export function writtenBesides(metadata: EntityMetadata): number {
  return counts.get(metadata) ?? 0
}

/** Notes that a rule has written to a table, so that what a statement has returned of it may be over. */
export function noteWrittenBesides(metadata: EntityMetadata): void {
  counts.set(metadata, writtenBesides(metadata) + 1)
}
