import type { IndexMetadata } from 'typeorm/metadata/IndexMetadata.js'
import { columnOf } from '../schema/column-terms.js'
import { markerOf } from '../schema/visible-marker.js'
import { visibleRows } from '../schema/visible-rows.js'
import type { Ddl } from './ddl.js'
import { contributorOf, fits, type PresentIndex } from './indexes.js'
import { remedyOf, type SchemaMistake } from './schema-error.js'
import { modelsOf, placesOf, type TableProof } from './table-proof.js'

/** What an entity wants to be unique among its visible rows: other rows may have the same values. */
interface Narrow {
  readonly index: IndexMetadata
  readonly columns: readonly string[]
  /** Whether only some rows count; otherwise it is only that each context has values of its own. */
  readonly some: boolean
}

/**
 * Unique indexes and constraints from before that allow less than the entity does: over all rows, or in every context
 * together, where it wants values unique among visible rows. They would keep what a hidden row holds from being used again.
 */
export async function proveNoStricter(
  proof: TableProof,
  present: readonly PresentIndex[],
  ddl: Ddl,
): Promise<readonly SchemaMistake[]> {
  const { metadata } = proof
  const narrow = narrowIn(proof)
  const mistakes: SchemaMistake[] = []
  for (const candidate of present) {
    // Those of the same name are wanted, or replaced.
    if (metadata.indices.some(({ name }) => name === candidate.name)) continue
    if (!candidate.unique || isWanted(proof, candidate)) continue
    const wanted = narrow.find((part) => isStricter(candidate, part))
    if (!wanted) continue
    const statements = await dropped(proof, candidate, ddl)
    const listed = candidate.columns.map((name) => `"${name}"`).join(', ')
    mistakes.push({
      code: 'E_SCHEMA_INDEX',
      subject: metadata.name,
      problem: `the unique index "${candidate.name}" of "${metadata.tablePath}" over ${listed} covers more rows than are to be unique.`,
      places: placesOf(contributorOf(proof, wanted.index)),
      remedy: remedyOf(statements),
      statements,
    })
  }
  return mistakes
}

function narrowIn({ dataSource, metadata }: TableProof): readonly Narrow[] {
  const models = modelsOf(dataSource, metadata)
  const markers = new Set(models.map((model) => markerOf(metadata, model)))
  const contexts = new Set(
    models.flatMap((model) => visibleRows(model).properties.map((property) => columnOf(metadata, property))),
  )
  return metadata.indices.flatMap((index) => {
    if (!index.isUnique) return []
    const columns = index.columns.filter((column) => !markers.has(column))
    const some = index.where !== undefined || columns.length < index.columns.length
    const perContext = columns.some((column) => contexts.has(column))
    return some || perContext ? [{ index, columns: columns.map(({ databaseName }) => databaseName), some }] : []
  })
}

function isStricter({ columns, condition, collated }: PresentIndex, wanted: Narrow): boolean {
  if (condition !== undefined && !collated) return false
  if (!columns.every((name) => wanted.columns.includes(name))) return false
  return wanted.some || collated || columns.length < wanted.columns.length
}

function isWanted(proof: TableProof, candidate: PresentIndex): boolean {
  const { indices, uniques, primaryColumns } = proof.metadata
  const same = (columns: readonly { readonly databaseName: string }[]) =>
    columns.length === candidate.columns.length &&
    columns.every(({ databaseName }) => candidate.columns.includes(databaseName))
  return (
    uniques.some(({ columns }) => same(columns)) ||
    same(primaryColumns) ||
    indices.some((index) => index.isUnique && fits(proof, index, candidate))
  )
}

function dropped({ table }: TableProof, { name }: PresentIndex, ddl: Ddl): Promise<readonly string[]> {
  const index = table.indices.find((candidate) => candidate.name === name)
  const constraint = table.uniques.find((candidate) => candidate.name === name)
  return ddl.record(async (runner) => {
    if (constraint) await runner.dropUniqueConstraint(table, constraint)
    else if (index) await runner.dropIndex(table, index)
  })
}
