import type { EntityMetadata } from 'typeorm'

/** Rows a statement names. */
export interface RowSource {
  /** The alias. Updates and deletes know the rows of their table by none. */
  readonly name: string | undefined
  readonly metadata: EntityMetadata
  /** Whether they are listed in FROM (or are the written table), joined as they are, or joined by a relation. */
  readonly role: 'listed' | 'joined' | 'related'
}

/** The entities that share the table of another from below: single-table inheritance makes their rows rows of it. */
export function sharingFromBelow(metadata: EntityMetadata): readonly EntityMetadata[] {
  return metadata.childEntityMetadatas.filter(({ tableType }) => tableType === 'entity-child')
}
