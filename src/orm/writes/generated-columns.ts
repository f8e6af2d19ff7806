import type { ObjectLiteral } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import { matches } from '../../model/matches.js'
import type { Model } from '../../model/model.js'
import { type Predicate, propertiesOf } from '../../model/predicate.js'
import type { ModelDataSource } from '../data-source.js'
import { columnOf } from '../schema/column-terms.js'
import { isNamed } from './insert-plan.js'
import { readerOf, rowOf } from './stored-rows.js'
import type { Target } from './write.js'

/** Columns of inserted rows that the database fills in, and how their values become known. */
export interface GeneratedColumns {
  /** By RETURNING. */
  readonly returned: readonly ColumnMetadata[]
  /** By the number the driver gives to the last row. */
  readonly counted: readonly ColumnMetadata[]
  /** In memory, where the row alone tells what the database computes. */
  readonly computed: readonly { readonly column: ColumnMetadata; readonly valueOf: (row: ObjectLiteral) => unknown }[]
}

/** How the generated values of some rows become known; undefined where only a query of TypeORM's own tells them. */
export function generatedColumns(
  { driver, dialect: { inserts } }: ModelDataSource,
  { model, metadata }: Target,
  rows: readonly ObjectLiteral[],
): GeneratedColumns | undefined {
  const returned: ColumnMetadata[] = []
  const counted: ColumnMetadata[] = []
  const computed: { column: ColumnMetadata; valueOf: (row: ObjectLiteral) => unknown }[] = []
  for (const column of metadata.getInsertionReturningColumns()) {
    const given = isNamed(inserts, column) ? givenBy(column, rows) : 'none'
    if (given === 'all' || (column.isVirtual && !column.isSelect)) continue
    const valueOf = defaultOf(column, model) ?? (given === 'none' ? inMemory(column, model, metadata, rows) : undefined)
    if (valueOf) computed.push({ column, valueOf })
    else if (driver.isReturningSqlSupported('insert')) returned.push(column)
    else if (column.generationStrategy === 'increment' && given === 'none') counted.push(column)
    else return undefined
  }
  return { returned, counted, computed }
}

/** The default that a trait declares: what a row has that gives no value. */
function defaultOf(column: ColumnMetadata, { columns }: Model): ((row: ObjectLiteral) => unknown) | undefined {
  const value = columns[column.propertyPath]?.default
  if (value === undefined || column.transformer) return undefined
  const valueOf = readerOf(column)
  return (row) => valueOf(row) ?? structuredClone(value)
}

function givenBy(column: ColumnMetadata, rows: readonly ObjectLiteral[]): 'all' | 'some' | 'none' {
  const valueOf = readerOf(column)
  const count = rows.reduce((sum, row) => sum + (valueOf(row) === undefined ? 0 : 1), 0)
  if (count === rows.length) return 'all'
  return count === 0 ? 'none' : 'some'
}

/** What the database computes, where it depends only on which values of the row are null. */
function inMemory(
  { propertyPath }: ColumnMetadata,
  model: Model,
  metadata: Target['metadata'],
  rows: readonly ObjectLiteral[],
): ((row: ObjectLiteral) => unknown) | undefined {
  const generated = model.columns[propertyPath]?.generated
  if (!generated || !asksForNull(generated)) return undefined
  const known = propertiesOf(generated).every((property) => {
    const column = columnOf(metadata, property)
    if (!column || column.transformer) return false
    return (column.default === undefined && column.asExpression === undefined) || givenBy(column, rows) === 'all'
  })
  return known ? (row) => matches(generated, rowOf(metadata, row)) : undefined
}

function asksForNull(predicate: Predicate): boolean {
  if ('predicates' in predicate) return predicate.predicates.every(asksForNull)
  if ('predicate' in predicate) return asksForNull(predicate.predicate)
  return predicate.op === 'isNull' && !('path' in predicate)
}
