import type { EntityMetadata, Table } from 'typeorm'
import { labelOf } from '../../model/applied-traits.js'
import type { Contributor, Model } from '../../model/model.js'
import type { ModelDataSource } from '../data-source.js'
import type { CollationFacts, IndexFacts, ProofEngine } from './proof-engine.js'

/** A table that exists, and what is known of it. */
export interface TableProof {
  readonly dataSource: ModelDataSource
  readonly engine: ProofEngine
  readonly metadata: EntityMetadata
  /** As TypeORM sees it; recording a change alters it. */
  readonly table: Table
  readonly expressions: ReadonlyMap<string, string>
  readonly indexes: IndexFacts
  readonly collations: CollationFacts
  /** The conditions of its checks, as the engine reports them; undefined where there can be none. */
  readonly checks: readonly string[] | undefined
  /** What models want of the table, each expression as the engine would report it; undefined where it cannot tell. */
  readonly reported: ReadonlyMap<string, string | undefined>
  /** Columns that recorded statements make anew, because they are computed from another. */
  readonly remade: Set<string>
}

/** The models of the entities that share a table. */
export function modelsOf(dataSource: ModelDataSource, metadata: EntityMetadata): readonly Model[] {
  return [metadata, ...metadata.childEntityMetadatas].flatMap(({ target }) => dataSource.modelOf(target) ?? [])
}

/** Which trait gave a table a property, where one did. */
export function contributorOf(
  dataSource: ModelDataSource,
  metadata: EntityMetadata,
  property: string,
): Contributor | undefined {
  for (const { columns } of modelsOf(dataSource, metadata)) {
    const contributor = columns[property]?.contributor
    if (contributor) return contributor
  }
  return undefined
}

/** Where a declaration stands, as mistakes list it. */
export function placesOf(contributor: Contributor | undefined): readonly string[] {
  return contributor ? [labelOf(contributor)] : []
}
