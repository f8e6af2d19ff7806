import { runRead } from '../../reads/run-read.js'
import { readerOf } from '../stored-rows.js'
import { TableStatement } from '../table-statement.js'
import type { NamedRows, NamingRows } from './all-or-none.js'
import { decidingReader, type RowDecision } from './allowed-row.js'
import { preparedStatement } from './send.js'
import { StatementText } from './statement-text.js'

/**
 * Reads the rows that are named, and asks whether each may be written.
 * @returns the versions of the rows, in the order of the keys, where rows have any; undefined where one may not, or is not there.
 */
export async function allowedRows(
  naming: NamingRows,
  named: NamedRows,
  decide: RowDecision,
): Promise<readonly unknown[] | undefined> {
  const { metadata, manager } = named.rows.repository
  const { dataSource } = manager
  const reader = decidingReader(dataSource, metadata)
  const { table } = new TableStatement(dataSource, metadata)
  const version = naming.version === undefined ? '' : `, ${naming.version}`
  const statement = new StatementText(dataSource.driver, `SELECT ${reader.names}${version} FROM ${table} WHERE `)
  if (!naming.add(statement, named)) return undefined
  const raw = await runRead(dataSource, preparedStatement(dataSource, statement), undefined, 'master')
  if (raw.rows.length < named.keys.length) return undefined
  const keyOf = readerOf(metadata.primaryColumns[0]!)
  const versions = new Map<string, unknown>()
  for (const [index, entity] of reader.all(raw).entries()) {
    if (decide(entity) !== true) return undefined
    versions.set(String(keyOf(entity)), raw.rows[index]!.at(-1))
  }
  return naming.version === undefined ? [] : named.keys.map((key) => versions.get(String(key)))
}
