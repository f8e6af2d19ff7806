import { matching, type Operand, type Predicate, type RowData, type RuleTable } from 'plinth'

/** The primary key of a row by property; values are undefined where the database makes them. */
export function keyValues(table: RuleTable, row: RowData): Readonly<Record<string, unknown>> {
  return table.keyOf(row)
}

/** The primary key of a row as text, which `rowWith` reads. */
export function keyText(table: RuleTable, row: RowData): string {
  return JSON.stringify(keyValues(table, row))
}

/** The condition that the row with this key meets. */
export function rowWith(key: string): Predicate {
  return matching(JSON.parse(key) as Record<string, Operand>)
}
