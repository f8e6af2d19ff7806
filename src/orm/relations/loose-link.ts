import type { EntityMetadata } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import type { ModelDataSource } from '../data-source.js'
import type { Guarded } from '../scopes/guard.js'
import { tableQualifier } from '../scopes/related-exists.js'
import type { ScopedSelectQueryBuilder } from '../scopes/scoped-select-query-builder.js'
import { holdsUuids } from '../uuid-columns.js'
import type { Link } from './link.js'

/**
 * Whether the database may find a key equal to one of another text, as collations do that ignore case or blanks at the end. Of
 * UUIDs the spelling is known.
 */
export function isLoose({ key, referenced }: Link): boolean {
  const { dialect } = key.entityMetadata.dataSource as ModelDataSource
  const isText = [key, referenced].some((column) => !holdsUuids(column) && dialect.equalsOtherTexts(column))
  // Of equal owners each would be joined with the rows of all.
  return isText && isUnique(referenced)
}

/**
 * The column that says which owner a row belongs to, by the value that the owner itself has. Where the row may hold another, the
 * table of the owners is joined to tell; that without its scopes: the owners are held already.
 * @param held the alias of the table that holds the keys.
 */
export function ownerColumn(builder: ScopedSelectQueryBuilder<object>, link: Link, held: string): string {
  const own = qualified(builder, held, link.key)
  if (!isLoose(link)) return own
  const { referenced } = link
  const owner = qualified(builder, 'owner', referenced)
  const table = tableQualifier(referenced.entityMetadata, builder).slice(0, -1)
  builder.innerJoin(`(SELECT ${builder.escape(referenced.databaseName)} FROM ${table})`, 'owner', `${own} = ${owner}`)
  return owner
}

/** A column of a table that a statement names, as SQL. */
export const qualified = (builder: Guarded, alias: string, { databaseName }: ColumnMetadata): string =>
  `${builder.escape(alias)}.${builder.escape(databaseName)}`

function isUnique(column: ColumnMetadata): boolean {
  const { primaryColumns, uniques, indices }: EntityMetadata = column.entityMetadata
  const whole = indices.filter(({ isUnique, where }) => isUnique && where === undefined)
  return [primaryColumns, ...[...uniques, ...whole].map(({ columns }) => columns)].some(
    ([first, ...others]) => first === column && others.length === 0,
  )
}
