import type { ColumnPath } from './column-path.js'
import type { OrderTerm } from './engines/list-engine.js'
import type { ListStatement } from './list-statement.js'

/** A column that rows are ordered by. Nulls stand behind all values, in both directions. */
export interface SortKey {
  /** Through relations to one row only. */
  readonly path: ColumnPath
  readonly direction: 'ASC' | 'DESC'
}

/** A sort key as a statement has it. */
export interface SortColumn extends SortKey {
  /** The column itself. */
  readonly column: string
  /** What rows are ordered by, and compared. */
  readonly expression: string
  /** Whether it may be null, be it for want of a related row. */
  readonly nullable: boolean
}

/** Writes sort keys as columns; related rows are joined, those that default scopes hide as if they were not there. */
export function sortColumns(keys: readonly SortKey[], statement: ListStatement): readonly SortColumn[] {
  const joined = new Map<string, string>()
  return keys.map((key) => {
    const { path } = key
    let alias = statement.alias
    let way = ''
    for (const { propertyPath } of path.relations) {
      way += `.${propertyPath}`
      const name = joined.get(way) ?? statement.name('joined')
      if (!joined.has(way)) statement.builder.leftJoin(`${alias}.${propertyPath}`, name)
      joined.set(way, name)
      alias = name
    }
    const column = statement.column(alias, path.column)
    const expression = statement.engine.ordered(column, path.kind)
    return { ...key, column, expression, nullable: path.nullable || path.relations.length > 0 }
  })
}

/** Orders a statement. Backwards every row stands where it would be read from the end. */
export function orderStatement(columns: readonly SortColumn[], backwards: boolean, statement: ListStatement): void {
  statement.builder.orderBy()
  for (const column of columns) {
    for (const { expression, direction, nulls } of orderTerms(column, backwards, statement)) {
      statement.builder.addOrderBy(expression, direction, nulls)
    }
  }
}

function orderTerms(
  { expression, direction, nullable }: SortColumn,
  backwards: boolean,
  { engine }: ListStatement,
): readonly OrderTerm[] {
  const opposite = direction === 'ASC' ? 'DESC' : 'ASC'
  const effective = backwards ? opposite : direction
  if (!nullable) return [{ expression, direction: effective }]
  return engine.order(expression, effective, backwards ? 'FIRST' : 'LAST')
}
