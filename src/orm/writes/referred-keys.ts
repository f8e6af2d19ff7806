import type { RelationMetadata } from 'typeorm/metadata/RelationMetadata.js'
import type { RowData } from '../../model/matches.js'
import type { Model } from '../../model/model.js'
import { any, matching } from '../../model/predicate.js'
import { heldKeysText } from '../key-text.js'
import { chunks, longestList } from './groups.js'
import { type Connection, RowsOfTable } from './rule-table.js'

/** The primary keys of the rows that others refer to by a relation with the key on their side. */
export async function referredKeys(
  connection: Connection,
  relation: RelationMetadata,
  model: Model,
  of: readonly RowData[],
): Promise<readonly RowData[]> {
  const metadata = relation.inverseEntityMetadata
  const referred = referredBy(relation, of)
  const primary = new Set(metadata.primaryColumns)
  const { joinColumns } = relation
  if (
    joinColumns.length === primary.size &&
    joinColumns.every(({ referencedColumn }) => primary.has(referencedColumn!))
  )
    return referred
  const table = new RowsOfTable(connection, metadata, model)
  const found: RowData[] = []
  for (const chunk of chunks(referred, longestList)) {
    found.push(...(await table.rows(any(...chunk.map((values) => matching(values as never))))))
  }
  return found
}

/** What rows refer to, each once: the values of the columns that the relation's keys name. */
function referredBy({ joinColumns }: RelationMetadata, of: readonly RowData[]): readonly RowData[] {
  const textOf = heldKeysText(joinColumns.map(({ referencedColumn }) => referencedColumn!))
  const found = new Map<string, RowData>()
  for (const row of of) {
    const values = joinColumns.map((column) => column.getEntityValue(row) as unknown)
    if (values.some((value) => value === null || value === undefined)) continue
    const named = joinColumns.map((column, index) => [column.referencedColumn!.propertyPath, values[index]] as const)
    found.set(textOf(values), Object.fromEntries(named))
  }
  return [...found.values()]
}
