import type { RowData } from '../../model/matches.js'
import { valueOf } from '../../model/operand.js'
import { matching, type Operand } from '../../model/predicate.js'
import { predicateSql } from '../predicate-sql.js'
import { columnOf, columnTerm } from '../schema/column-terms.js'
import type { Target, WriteBuilder } from './write.js'

/** Adds to a statement that these values must still be stored. */
export function addGuard(builder: WriteBuilder, { metadata }: Target, guard: RowData): void {
  if (Object.keys(guard).length === 0) return
  const { dialect, driver } = builder.dataSource
  const parameters: Record<string, unknown> = {}
  const condition = predicateSql(matching(guard as Readonly<Record<string, Operand | null>>), {
    dialect,
    column: (property) => columnTerm(metadata, property, ''),
    value: (operand, property) => {
      const column = columnOf(metadata, property)
      const value = valueOf(operand)
      const name = `guard_${property}`
      parameters[name] = column ? driver.preparePersistentValue(value, column) : value
      return `:${name}`
    },
    plain: () => {
      throw new TypeError('A guard compares the values of properties.')
    },
  })
  ;(builder as unknown as { andWhere(condition: string, parameters: object): unknown }).andWhere(condition, parameters)
}
