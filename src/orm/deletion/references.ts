import type { EntityMetadata } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import type { DeletionFact, DeletionPolicy } from '../../model/deletion.js'
import type { Model } from '../../model/model.js'
import type { ModelDataSource } from '../data-source.js'

/** A relation with a deletion policy, by which rows of one entity refer to rows of another. */
export interface Reference {
  readonly property: string
  readonly policy: DeletionPolicy
  readonly place: string
  /** The entity whose rows refer. */
  readonly model: Model
  readonly metadata: EntityMetadata
  /** The column that holds the key. */
  readonly key: ColumnMetadata
  /** The column whose value it is. */
  readonly referenced: ColumnMetadata
  /** The entity that is referred to. */
  readonly parent: EntityMetadata
}

/** The references that rows of an entity have. */
export function referencesOf(dataSource: ModelDataSource, metadata: EntityMetadata): readonly Reference[] {
  const known = referring.get(metadata)
  if (known) return known
  const model = dataSource.modelOf(metadata.target)
  const found = Object.values(model?.deletions ?? {}).flatMap((fact) => referenceOf(model!, metadata, fact) ?? [])
  referring.set(metadata, found)
  return found
}

/** The references that rows of other entities, or its own, have to the rows of an entity. */
export function referencesTo(dataSource: ModelDataSource, metadata: EntityMetadata): readonly Reference[] {
  const known = referred.get(metadata)
  if (known) return known
  const found = dataSource.registry.models
    .flatMap(({ entity }) => referencesOf(dataSource, dataSource.getMetadata(entity)))
    .filter(({ parent }) => parent.tablePath === metadata.tablePath)
    .filter((reference, _, all) => !all.some((other) => isAbove(other, reference)))
  referred.set(metadata, found)
  return found
}

const referring = new WeakMap<EntityMetadata, readonly Reference[]>()
const referred = new WeakMap<EntityMetadata, readonly Reference[]>()

/** Whether the rows of one reference are rows of the other too: its entity shares the table from above. */
function isAbove(other: Reference, { metadata, property }: Reference): boolean {
  const shared = metadata.tableType === 'entity-child' && metadata.tablePath === other.metadata.tablePath
  return shared && other.metadata === metadata.parentEntityMetadata && other.property === property
}

/** A reference as seen from above: the rows that are referred to take the place of those that refer. */
export function upward(dataSource: ModelDataSource, reference: Reference): Reference | undefined {
  const model = dataSource.modelOf(reference.parent.target)
  const { key, referenced, metadata, parent } = reference
  return model && { ...reference, model, metadata: parent, parent: metadata, key: referenced, referenced: key }
}

function referenceOf(
  model: Model,
  metadata: EntityMetadata,
  { property, policy, place }: DeletionFact,
): Reference | undefined {
  const relation = metadata.findRelationWithPropertyPath(property)
  // The columns of a relation to many are those of its links, which are in a table of their own.
  const [key] = relation?.isManyToMany ? [] : (relation?.joinColumns ?? [])
  const referenced = key?.referencedColumn
  if (!relation || !key || !referenced) return undefined
  return { property, policy, place, model, metadata, key, referenced, parent: relation.inverseEntityMetadata }
}
