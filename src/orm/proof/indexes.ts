import { TableIndex } from 'typeorm'
import type { IndexMetadata } from 'typeorm/metadata/IndexMetadata.js'
import type { Contributor } from '../../model/model.js'
import type { Ddl } from './ddl.js'
import { remedyOf, type SchemaMistake } from './schema-error.js'
import { modelsOf, placesOf, type TableProof } from './table-proof.js'

/** The indexes a table lacks, whatever they are called: over these columns, unique or not, over these rows. */
export async function proveIndexes(
  proof: TableProof,
  present: readonly PresentIndex[],
  ddl: Ddl,
): Promise<readonly SchemaMistake[]> {
  const { metadata, table } = proof
  const mistakes: SchemaMistake[] = []
  for (const index of metadata.indices) {
    if (!index.synchronize || index.isSpatial || index.isFulltext) continue
    if (present.some((candidate) => fits(proof, index, candidate))) continue
    const namesake = table.indices.find(({ name }) => name === index.name)
    const statements = await ddl.record(async (runner) => {
      if (namesake) await runner.dropIndex(table, namesake)
      await runner.createIndex(table, TableIndex.create(index))
    })
    mistakes.push({
      code: 'E_SCHEMA_INDEX',
      subject: metadata.name,
      problem: problemOf(proof, index, namesake !== undefined),
      places: placesOf(contributorOf(proof, index)),
      remedy: remedyOf(statements),
      statements,
    })
  }
  return mistakes
}

export interface PresentIndex {
  readonly name: string
  readonly columns: readonly string[]
  readonly unique: boolean
  readonly condition: string | undefined
  /** Whether it compares texts otherwise than its columns do. */
  readonly collated: boolean
}

/** The indexes and unique constraints of a table as they are, before anything is recorded about them. */
export function presentIn({ table, indexes }: TableProof): readonly PresentIndex[] {
  const uniques = table.uniques.map(({ name = '', columnNames }) => ({
    name,
    columns: columnNames,
    unique: true,
    condition: undefined,
    collated: false,
  }))
  return [
    ...uniques,
    ...table.indices
      .map(({ name = '', columnNames, isUnique }) => ({
        name,
        columns: indexes.columns?.get(name) ?? columnNames,
        unique: isUnique,
        condition: indexes.conditions.get(name),
        collated: indexes.collated?.has(name) === true,
      }))
      .filter(({ name }) => !indexes.invalid.has(name)),
  ]
}

export function fits(
  { reported }: TableProof,
  wanted: IndexMetadata,
  { columns, unique, condition, collated }: PresentIndex,
): boolean {
  const names = wanted.columns.map(({ databaseName }) => databaseName)
  if (wanted.isUnique && (!unique || collated)) return false
  if (names.length !== columns.length || names.some((name, index) => name !== columns[index])) return false
  if (wanted.where === undefined) return condition === undefined
  const expected = reported.get(wanted.where)
  return expected === undefined ? condition !== undefined : condition === expected
}

function problemOf(
  { metadata, indexes }: TableProof,
  { name, columns, isUnique, where }: IndexMetadata,
  other: boolean,
) {
  const what = `${isUnique ? 'unique index' : 'index'} over ${columns.map(({ databaseName }) => `"${databaseName}"`).join(', ')}${where === undefined ? '' : ` where ${where}`}`
  if (indexes.invalid.has(name)) return `the ${what} of "${metadata.tablePath}" was never finished.`
  const has = `the table "${metadata.tablePath}" has no ${what}`
  return other ? `${has}; "${name}" is another.` : `${has}.`
}

/** The declaration an index stems from. */
export function contributorOf({ dataSource, metadata }: TableProof, index: IndexMetadata): Contributor | undefined {
  const names = index.columns.map(({ propertyPath }) => propertyPath)
  for (const model of modelsOf(dataSource, metadata)) {
    const declared = model.indexes.find(
      ({ properties, unique }) =>
        (unique !== undefined) === index.isUnique && properties.every((property) => names.includes(property)),
    )
    const own = names.length === 1 && !index.isUnique ? model.columns[names[0] ?? ''] : undefined
    const contributor = own?.index ? own.contributor : declared?.contributor
    if (contributor) return contributor
  }
  return undefined
}
