import type { EntityMetadata } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import type { ColumnPath } from './column-path.js'

/** The columns of which every query of an entity says what they are equal to. */
export interface FixedColumns {
  /** By what the context says, such as the tenant: rows of others must not be read either. */
  readonly always: readonly ColumnMetadata[]
  /** By where the rows are looked for, such as the row above them. */
  readonly here: readonly ColumnMetadata[]
}

const none: FixedColumns = { always: [], here: [] }

/**
 * Whether an index, a unique constraint or a key helps to find or order rows by the column of a path: it begins with the
 * column, or with columns that are fixed and then the column. Where rows are only looked for in a context, an index must
 * have that in front, unless it is one of keys, which lead to a few rows of one context.
 */
export function isIndexed({ column, relations }: Pick<ColumnPath, 'column' | 'relations'>, fixed = none): boolean {
  const { always, here } = relations.length > 0 ? none : fixed
  const helps = (columns: readonly ColumnMetadata[]): boolean => {
    const before = columns.slice(0, Math.max(columns.indexOf(column), 0))
    return columns.includes(column) && before.every((one) => always.includes(one) || here.includes(one))
  }
  const { entityMetadata } = column
  if (keysOf(entityMetadata).some(([first]) => first === column)) return true
  return entityMetadata.indices.some(({ columns, isUnique }) => {
    if (!helps(columns)) return false
    const isKey = columns[0] === column && (isUnique || column.referencedColumn !== undefined)
    return isKey || always.every((one) => one === column || columns.includes(one))
  })
}

function keysOf({ uniques, primaryColumns, foreignKeys, dataSource }: EntityMetadata) {
  // MariaDB makes an index for every foreign key.
  const indexed = /^(mysql|mariadb)$/.test(dataSource.options.type) ? foreignKeys : []
  return [primaryColumns, ...uniques.map(({ columns }) => columns), ...indexed.map(({ columns }) => columns)]
}
