import type { EntityMetadata } from 'typeorm'
import type { RowData } from '../../model/matches.js'

/**
 * Values without those that no UPDATE writes: of columns the database computes, and of those with `update: false`. TypeORM
 * leaves them out of its statement, which it refuses to make where nothing else is in it.
 */
export function withoutUnwritable({ columns }: EntityMetadata, values: RowData): RowData {
  if (columns.every(({ isUpdate }) => isUpdate)) return values
  const isWritable = (value: RowData): boolean => {
    const given = columns.filter((column) => column.getEntityValue(value) !== undefined)
    // A name that is no column's is for TypeORM to refuse.
    return given.length === 0 || given.some(({ isUpdate }) => isUpdate)
  }
  return Object.fromEntries(Object.entries(values).filter(([property, value]) => isWritable({ [property]: value })))
}
