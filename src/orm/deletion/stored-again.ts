import type { RowData } from '../../model/matches.js'
import { any, matching, type Operand } from '../../model/predicate.js'
import { chunks } from '../writes/groups.js'
import { rowReading } from '../writes/stored-rows.js'
import { TableStatement } from '../writes/table-statement.js'
import type { WrittenRows } from './follow.js'
import { type Search, scopesOf } from './related-rows.js'

/** Few enough that the condition stays shallow. */
const atOnce = 100

/** Rows of which little is known but their primary keys, as they are stored. */
export async function storedAgain(
  { dataSource, runner }: Search,
  { model, metadata, rows }: WrittenRows,
): Promise<readonly RowData[]> {
  const { names, rowFrom } = rowReading(metadata)
  const found: RowData[] = []
  for (const chunk of chunks(rows, atOnce)) {
    const statement = new TableStatement(dataSource, metadata)
    const named = any(...chunk.map((row) => matching(keyOf(metadata, row))))
    const condition = statement.where(...scopesOf(model, 'everything'), named)
    const { records } = await statement.run(runner, `SELECT ${names} FROM ${statement.table}${condition}`)
    found.push(...records.map(rowFrom))
  }
  return found
}

function keyOf({ primaryColumns }: WrittenRows['metadata'], row: RowData): Readonly<Record<string, Operand>> {
  return Object.fromEntries(primaryColumns.map((key) => [key.propertyPath, key.getEntityValue(row) as Operand]))
}
