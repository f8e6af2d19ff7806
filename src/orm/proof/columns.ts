import { type EntityMetadata, TableColumn } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import { TableUtils } from 'typeorm/schema-builder/util/TableUtils.js'
import type { Contributor } from '../../model/model.js'
import { markerOf } from '../schema/visible-marker.js'
import { alter } from './alter-column.js'
import type { Ddl } from './ddl.js'
import { remedyOf, type SchemaMistake } from './schema-error.js'
import { contributorOf, modelsOf, placesOf, type TableProof } from './table-proof.js'

/** A column that is not as it must be. */
export interface Difference {
  readonly column: ColumnMetadata
  readonly actual: TableColumn
  readonly wanted: TableColumn
  /** Whether it compares texts otherwise than it must. */
  readonly recollated: boolean
}

/**
 * The columns a table lacks, and those of traits that are not as their models say. What an application's own `@Column`
 * says of a type is between it and TypeORM.
 */
export async function proveColumns(proof: TableProof, ddl: Ddl): Promise<readonly SchemaMistake[]> {
  const { metadata, table, expressions, collations, dataSource } = proof
  for (const column of table.columns) {
    // TypeORM takes them from a table of its own, which knows nothing of changes made by hand.
    const expression = expressions.get(column.name)
    if (expression !== undefined) column.asExpression = expression
    // TypeORM makes tables of SQLite anew without it.
    const collation = collations.loose.has(column.name) ? collations.of.get(column.name) : undefined
    if (collation !== undefined) column.collation = collation
  }
  const mistakes: SchemaMistake[] = []
  for (const column of stored(metadata)) {
    const contributor = sourceOf(proof, column)
    const actual = table.columns.find(({ name }) => name === column.databaseName)
    const wanted = new TableColumn(TableUtils.createTableColumnOptions(column, dataSource.driver))
    if (!actual) {
      const statements = await ddl.record((runner) => runner.addColumn(table, wanted))
      const problem = `the table "${metadata.tablePath}" has no column "${wanted.name}" (${described(proof, wanted)}).`
      mistakes.push(mistakeOf(metadata, contributor, problem, statements))
      continue
    }
    const recollated = comparesOtherwise(proof, column)
    if (!recollated && !(contributor && isDifferent(proof, column, actual))) continue
    const difference = { column, actual, wanted, recollated }
    const problem = differenceIn(proof, difference)
    mistakes.push(mistakeOf(metadata, contributor, problem, await alter(proof, difference, ddl)))
  }
  return mistakes
}

function differenceIn(proof: TableProof, { column, actual, wanted, recollated }: Difference): string {
  const [is, must] = recollated ? collationsFor(proof, column) : ['', '']
  return (
    `the column "${wanted.name}" of "${proof.metadata.tablePath}" is ${described(proof, actual)}${is} ` +
    `and must be ${described(proof, wanted)}${must}.`
  )
}

function stored({ columns }: EntityMetadata): readonly ColumnMetadata[] {
  const real = columns.filter(({ isVirtualProperty }) => !isVirtualProperty)
  return [...new Map(real.map((column) => [column.databaseName, column])).values()]
}

/** The declaration a column stems from: of its property, or of the index that a marker is part of. */
function sourceOf({ dataSource, metadata }: TableProof, column: ColumnMetadata): Contributor | undefined {
  for (const model of modelsOf(dataSource, metadata)) {
    if (markerOf(metadata, model) !== column) continue
    return model.indexes.find(({ unique }) => unique === 'visible')?.contributor
  }
  return column.isVirtual ? undefined : contributorOf(dataSource, metadata, column.propertyName)
}

function isDifferent(proof: TableProof, column: ColumnMetadata, actual: TableColumn): boolean {
  if (proof.remade.has(actual.name)) return false
  const { driver } = proof.dataSource
  const { escapeComment } = driver as { readonly escapeComment?: (comment?: string) => string | undefined }
  // Expressions are compared as the engine reports them; the others are none of a model's business.
  const clone = Object.assign(actual.clone(), {
    asExpression: column.asExpression,
    isUnique: driver.normalizeIsUnique(column),
    comment: escapeComment ? escapeComment.call(driver, column.comment) : actual.comment,
    collation: column.collation,
    charset: column.charset,
  })
  return driver.findChangedColumns([clone], [column]).length > 0 || computesDifferently(proof, column, actual)
}

function computesDifferently({ reported }: TableProof, { asExpression }: ColumnMetadata, actual: TableColumn): boolean {
  if (asExpression === undefined) return false
  const wanted = reported.get(asExpression)
  return wanted !== undefined && wanted !== actual.asExpression
}

/** Predicates and unique indexes rely on texts being equal where they are the same, and on declared orders. */
function comparesOtherwise({ collations, remade }: TableProof, { databaseName: name, collation }: ColumnMetadata) {
  if (remade.has(name)) return false
  if (collation === undefined) return collations.loose.has(name)
  return collations.of.has(name) && collations.of.get(name)?.toLowerCase() !== collation.toLowerCase()
}

function collationsFor({ collations }: TableProof, { databaseName: name, collation }: ColumnMetadata) {
  return [` COLLATE ${collations.of.get(name)}`, collation === undefined ? '' : ` COLLATE ${collation}`] as const
}

function described({ dataSource }: TableProof, column: TableColumn): string {
  const { asExpression, default: value, generatedType, isNullable } = column
  const parts = [
    dataSource.driver.createFullType(column),
    ...(generatedType ? [`GENERATED ALWAYS AS (${asExpression}) ${generatedType}`] : []),
    isNullable || generatedType ? '' : 'NOT NULL',
    value === undefined || value === null ? '' : `DEFAULT ${value}`,
  ]
  return parts.filter(Boolean).join(' ').replace(/\s+/g, ' ')
}

function mistakeOf(
  metadata: EntityMetadata,
  contributor: Contributor | undefined,
  problem: string,
  statements: readonly string[],
): SchemaMistake {
  const places = placesOf(contributor)
  return { code: 'E_SCHEMA_COLUMN', subject: metadata.name, problem, places, remedy: remedyOf(statements), statements }
}
