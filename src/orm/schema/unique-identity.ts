import type { EntityMetadata } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import type { Model } from '../../model/model.js'
import type { Dialect } from '../dialects/dialect.js'
import { schemaSql } from './column-terms.js'
import { markerOf } from './visible-marker.js'
import { visibleRows } from './visible-rows.js'

/** Among which rows the database keeps the values of some columns unique. */
export type UniqueAmong = 'visible' | 'always'

/**
 * Among which rows properties are unique together, whatever was declared: the primary key, an index or a constraint. What
 * tells contexts apart, such as a tenant, may be part of it. Undefined where nothing keeps them unique.
 */
export function uniqueAmong(
  entity: EntityMetadata,
  model: Model,
  properties: readonly string[],
  dialect: Dialect,
): UniqueAmong | undefined {
  const metadata = entity.tableType === 'entity-child' ? entity.parentEntityMetadata : entity
  const rows = visibleRows(model)
  const named = namesOf(entity, properties)
  const contextual = namesOf(entity, rows.properties)
  const marker = markerOf(metadata, model)?.databaseName
  const condition = rows.where && schemaSql(rows.where, entity, dialect)
  const covers = (names: readonly string[], more: readonly string[] = []) =>
    named.length > 0 &&
    named.every((name) => names.includes(name)) &&
    names.every((name) => named.includes(name) || contextual.includes(name) || more.includes(name))
  const indexes = metadata.indices.filter(({ isUnique }) => isUnique)
  const constraints = [metadata.primaryColumns, ...metadata.uniques.map(({ columns }) => columns)]
  const full = [...constraints, ...indexes.filter(({ where }) => where === undefined).map(({ columns }) => columns)]
  if (full.some((columns) => covers(databaseNames(columns)))) return 'always'
  const visible = indexes.some(({ columns, where }) => {
    const names = databaseNames(columns)
    return marker !== undefined && names.includes(marker)
      ? covers(names, [marker])
      : where !== undefined && where === condition && covers(names)
  })
  return visible ? 'visible' : undefined
}

const databaseNames = (columns: readonly ColumnMetadata[]): readonly string[] =>
  columns.map(({ databaseName }) => databaseName)

function namesOf(metadata: EntityMetadata, properties: readonly string[]): readonly string[] {
  return properties.flatMap((property) => databaseNames(metadata.findColumnsWithPropertyPath(property)))
}
