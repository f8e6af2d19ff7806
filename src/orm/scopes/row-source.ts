import type { EntityMetadata, ObjectLiteral, SelectQueryBuilder } from 'typeorm'

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

type Expressions = SelectQueryBuilder<ObjectLiteral>['expressionMap']

/** The entities a SELECT lists in FROM. */
export function listedRows({ aliases }: Expressions): readonly RowSource[] {
  const listed = aliases.filter(({ type, hasMetadata }) => type === 'from' && hasMetadata)
  return listed.map(({ name, metadata }) => ({ name, metadata, role: 'listed' }))
}

/** The entity a SELECT joins; undefined for a subquery or a table that is no entity's. */
export function joinedRows(join: Expressions['joinAttributes'][number]): RowSource | undefined {
  const { alias, metadata, relation } = join
  return metadata ? { name: alias.name, metadata, role: relation ? 'related' : 'joined' } : undefined
}
