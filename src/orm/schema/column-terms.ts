import type { EntityMetadata } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import { DefinitionError } from '../../errors/definition-error.js'
import { valueOf } from '../../model/operand.js'
import type { Predicate } from '../../model/predicate.js'
import type { Dialect } from '../dialects/dialect.js'
import { type ColumnTerm, predicateSql, type Terms } from '../predicate-sql.js'
import { pathColumn } from './path-columns.js'

const textTypes = new Set<unknown>([
  'char',
  'character',
  'character varying',
  'varchar',
  'nvarchar',
  'text',
  'tinytext',
  'mediumtext',
  'longtext',
])

const exactCollations = new Set<unknown>(['C', 'utf8mb4_nopad_bin', 'utf8mb4_0900_bin'])

/** A property's column, or undefined where the entity has none. */
export function columnOf(metadata: EntityMetadata, property: string): ColumnMetadata | undefined {
  return metadata.columns.find(({ propertyPath, isVirtual }) => propertyPath === property && !isVirtual)
}

const terms = new WeakMap<EntityMetadata, Map<string, ColumnTerm>>()

/** A column as it stands in a predicate, after `qualifier`, e.g. an escaped alias and a dot. */
export function columnTerm(metadata: EntityMetadata, property: string, qualifier: string): ColumnTerm {
  const known = terms.get(metadata) ?? new Map<string, ColumnTerm>()
  terms.set(metadata, known)
  const term = known.get(property) ?? unqualifiedTerm(metadata, property)
  known.set(property, term)
  return { ...term, sql: qualifier + term.sql }
}

/** What a query is answered that names what is no column of its entity. */
export function unknownColumn({ name, columns }: EntityMetadata, asked: string): DefinitionError {
  const known = columns.filter(({ isVirtual }) => !isVirtual).map(({ propertyPath }) => propertyPath)
  return new DefinitionError([
    {
      code: 'E_UNKNOWN_PROPERTY',
      subject: name,
      problem: `a query names "${asked}", which is not one of its columns.`,
      places: [],
      remedy: `Columns are: ${known.join(', ')}.`,
    },
  ])
}

function unqualifiedTerm(metadata: EntityMetadata, property: string): ColumnTerm {
  const column = columnOf(metadata, property)
  if (!column) throw unknownColumn(metadata, property)
  const { driver } = metadata.dataSource
  return {
    sql: driver.escape(column.databaseName),
    nullable: column.isNullable,
    // A column that is compared by code points anyway can use its index.
    text: textTypes.has(driver.normalizeType(column)) && !exactCollations.has(column.collation),
  }
}

/** The column of an index over what stands at a path, as it stands in a predicate. */
export function indexedTerm(metadata: EntityMetadata, qualifier: string): NonNullable<Terms['indexed']> {
  return (property, path, holds) => {
    const column = pathColumn(metadata, { property, path, holds })
    return column && qualifier + metadata.dataSource.driver.escape(column.databaseName)
  }
}

/** A predicate as the schema holds it: unqualified, with its values as literals. */
export function schemaSql(predicate: Predicate, metadata: EntityMetadata, dialect: Dialect): string {
  return predicateSql(predicate, {
    dialect,
    column: (property) => columnTerm(metadata, property, ''),
    value: (operand) => dialect.literal(valueOf(operand)),
    plain: (value) => dialect.literal(value),
  })
}
