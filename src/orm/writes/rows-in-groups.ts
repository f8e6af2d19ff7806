import type { EntityMetadata } from 'typeorm'
import { all, any, matching, oneOf, type Predicate } from '../../model/predicate.js'
import type { GroupValues } from '../../model/rule-context.js'
import type { ModelDataSource } from '../data-source.js'
import { columnOf } from '../schema/column-terms.js'
import type { TableStatement } from './table-statement.js'

/** How many values one statement names. */
const mostValues = 500

/** The groups, cut so that each part can be asked by one statement. */
export function askedParts(groups: readonly GroupValues[]): readonly (readonly GroupValues[])[] {
  const parts: GroupValues[][] = []
  let room = 0
  for (const { group, property, values } of groups) {
    const distinct = [...new Set(values)]
    for (let start = 0; start < distinct.length; ) {
      if (room === 0) parts.push([])
      if (room === 0) room = mostValues
      const some = distinct.slice(start, start + room)
      parts.at(-1)!.push({ group, property, values: some })
      start += some.length
      room -= some.length
    }
  }
  return parts
}

/**
 * The condition of the rows that have one of the values in its group. What else is asked of them is said of each group: an
 * index with a condition is only read where it is.
 */
export function inGroups(groups: readonly GroupValues[], where: Predicate): Predicate {
  const conditions = groups.map(({ group, property, values }) => all(matching(group), oneOf(property, values), where))
  return conditions.length === 1 ? conditions[0]! : any(...conditions)
}

/**
 * A SELECT that looks up each value of each group by itself, so that it reads an index of these properties whatever the
 * server believes of the table; undefined where the engine has none, or a condition does as well.
 * @param groups with different values in the same properties.
 */
export function lookup(
  { dialect, driver }: ModelDataSource,
  metadata: EntityMetadata,
  statement: TableStatement,
  groups: readonly GroupValues[],
  rest: { readonly columns: string; readonly where: string },
): string | undefined {
  const [first, ...others] = groups
  if (!first || others.length === 0 || !dialect.lookup || !dialect.typed) return undefined
  const properties = [...Object.keys(first.group), first.property]
  const types = properties.map((property) => {
    const column = columnOf(metadata, property)!
    return column.isArray || column.enum ? undefined : driver.normalizeType(column)
  })
  const lists = groups.flatMap(({ group, values }) => values.map((value) => [...Object.values(group), value]))
  // Null is equal to nothing, and what is no type of the server cannot be named.
  if (types.includes(undefined) || lists.some((list) => list.includes(null))) return undefined
  const tuples = lists.map((list, row) => {
    const terms = list.map((value, index) => {
      const bound = statement.bind(value, properties[index])
      // The first tuple says for all which types they have.
      return row === 0 ? dialect.typed!(bound, types[index]!) : bound
    })
    return `(${terms.join(', ')})`
  })
  const names = properties.map((property) => statement.column(property))
  return dialect.lookup({ table: statement.table, names, tuples: tuples.join(', '), ...rest })
}
