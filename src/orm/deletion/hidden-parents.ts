import type { QueryRunner } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import { matches, type RowData } from '../../model/matches.js'
import { all, type Predicate, propertiesOf } from '../../model/predicate.js'
import type { ModelDataSource } from '../data-source.js'
import { columnOf } from '../schema/column-terms.js'
import { shareLockOf } from '../unit-of-work/locked-rows.js'
import { chunks, longestList } from '../writes/groups.js'
import { rowReading } from '../writes/stored-rows.js'
import { TableStatement } from '../writes/table-statement.js'
import type { Reference } from './references.js'
import { scopesOf } from './related-rows.js'

/** What hides rows of the entity a reference points to; undefined where nothing does. */
export function hidingScopes(dataSource: ModelDataSource, { parent }: Reference): Predicate | undefined {
  const model = dataSource.modelOf(parent.target)
  const scopes = model ? scopesOf(model, 'visible') : []
  return scopes.length > 0 ? all(...scopes) : undefined
}

/**
 * The keys of those rows that are there but that the default scopes of their entity hide. All that are there are locked
 * against being written until the transaction ends, so that what is shown now is shown when it is committed. Keys of
 * rows that are not there are for the foreign key to refuse: they may come with the same statement.
 */
export async function hiddenParents(
  { dataSource, runner }: { readonly dataSource: ModelDataSource; readonly runner: QueryRunner },
  reference: Reference,
  keys: readonly unknown[],
): Promise<readonly unknown[]> {
  const shown = hidingScopes(dataSource, reference)
  if (!shown) return []
  const { parent, referenced } = reference
  const columns = [...new Set([referenced, ...columnsOf(reference, shown)])]
  const { names, rowFrom } = rowReading(parent, columns)
  const shareLock = shareLockOf(dataSource, runner)
  const hidden: unknown[] = []
  for (const chunk of chunks([...new Set(keys)], longestList)) {
    const statement = new TableStatement(dataSource, parent)
    const values = chunk.map((key) => statement.bind(dataSource.driver.preparePersistentValue(key, referenced)))
    const where = `${dataSource.driver.escape(referenced.databaseName)} IN (${values.join(', ')})`
    const sql = `SELECT ${names} FROM ${statement.table} WHERE ${where} ORDER BY ${statement.key}${shareLock}`
    const { records } = await statement.run(runner, sql)
    const rows: readonly RowData[] = records.map(rowFrom)
    hidden.push(...rows.filter((row) => !matches(shown, row)).map((row) => referenced.getEntityValue(row) as unknown))
  }
  return hidden
}

function columnsOf({ parent }: Reference, predicate: Predicate): readonly ColumnMetadata[] {
  return propertiesOf(predicate).flatMap((property) => columnOf(parent, property) ?? [])
}
