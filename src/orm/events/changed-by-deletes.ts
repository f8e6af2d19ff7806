import type { EntityMetadata } from 'typeorm'
import type { ForeignKeyMetadata } from 'typeorm/metadata/ForeignKeyMetadata.js'
import type { AnyClass } from '../../metadata/fact-kind.js'
import type { ModelDataSource } from '../data-source.js'
import type { CommittedWrite } from './write-event.js'

/**
 * The entities of which the database itself deletes or changes rows where rows are deleted: those that refer to them with
 * an `onDelete` that acts, those that refer to these in turn, and those at the other ends of junction tables.
 */
export function changedByDeletes(
  dataSource: ModelDataSource,
  { entity, kind }: Pick<CommittedWrite, 'entity' | 'kind'>,
): readonly AnyClass[] {
  if (!deletes(dataSource, entity, kind)) return none
  const metadata = dataSource.getMetadata(entity)
  const known = changed.get(metadata)
  if (known) return known
  const found = changedWith(dataSource.entityMetadatas, metadata)
  changed.set(metadata, found)
  return found
}

const none: readonly AnyClass[] = []
const changed = new WeakMap<EntityMetadata, readonly AnyClass[]>()

function deletes(dataSource: ModelDataSource, entity: AnyClass, kind: string): boolean {
  return kind === 'delete' || dataSource.modelOf(entity)?.verbs[kind]?.hard === true
}

function changedWith(all: readonly EntityMetadata[], deleted: EntityMetadata): readonly AnyClass[] {
  const found = new Set<EntityMetadata['target']>()
  const tables = new Set([deleted.tablePath])
  // What is added meanwhile is gone through too.
  for (const table of tables) {
    for (const { metadata, keys } of referringTo(all, table)) {
      for (const target of targetsOf(metadata)) found.add(target)
      if (keys.some(({ onDelete }) => onDelete === 'CASCADE')) tables.add(metadata.tablePath)
    }
  }
  return [...found].filter((target): target is AnyClass => typeof target === 'function')
}

interface Referring {
  readonly metadata: EntityMetadata
  readonly keys: readonly ForeignKeyMetadata[]
}

function referringTo(all: readonly EntityMetadata[], table: string): readonly Referring[] {
  return all
    .map((metadata) => ({ metadata, keys: metadata.foreignKeys.filter((key) => acts(key) && refersTo(key, table)) }))
    .filter(({ keys }) => keys.length > 0)
}

const acts = ({ onDelete }: ForeignKeyMetadata): boolean =>
  onDelete !== undefined && onDelete !== 'NO ACTION' && onDelete !== 'RESTRICT'

const refersTo = ({ referencedEntityMetadata }: ForeignKeyMetadata, table: string): boolean =>
  referencedEntityMetadata.tablePath === table

/** The entities whose rows are other ones where rows of a table are. */
function targetsOf(metadata: EntityMetadata): readonly EntityMetadata['target'][] {
  if (!metadata.isJunction) return [metadata.target]
  return metadata.foreignKeys.map(({ referencedEntityMetadata }) => referencedEntityMetadata.target)
}
