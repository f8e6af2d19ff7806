import type { EntityMetadata, QueryRunner } from 'typeorm'
import { type Columns, column } from '../../model/column.js'
import type { RowData } from '../../model/matches.js'
import type { Model } from '../../model/model.js'
import { all, eq, oneOf, type Predicate } from '../../model/predicate.js'
import type { ModelDataSource } from '../data-source.js'
import { currentRead } from '../unit-of-work/current-read.js'
import { chunks, longestList } from '../writes/groups.js'
import { TableStatement } from '../writes/table-statement.js'
import { type Reference, referencesOf, referencesTo } from './references.js'

/** The table of links that deletes took away, one for each data source that has a relation with the policy `detach`. */
export const journalTable = 'plinth_detachments'

/** A row for each link: whose it was, which property held it, which call took it away, and what it was. */
export const journalColumns: Columns = {
  /** The table of the row. */
  entity: column.string({ length: 100, primary: true }),
  property: column.string({ length: 100, primary: true }),
  /** The primary key of the row, as a JSON array. */
  rowKey: column.string({ length: 255, primary: true }),
  operation: column.uuid({ primary: true }),
  /** The key that it held, as JSON. */
  oldValue: column.string({ length: 255, index: true }),
}

/** Whether rows of an entity may lose a link. */
export function usesJournal({ deletions }: Model): boolean {
  return Object.values(deletions).some(({ policy }) => policy === 'detach')
}

/** Where the journal is written. */
export interface Journal {
  readonly dataSource: ModelDataSource
  readonly runner: QueryRunner
}

/** A link that was taken away. */
export interface TakenLink {
  /** The primary key of the row that held it, by property. */
  readonly row: RowData
  readonly value: unknown
}

/** Remembers the links that rows have by a reference. */
export async function rememberLinks(
  { dataSource, runner }: Journal,
  operation: string,
  { metadata, key, property }: Reference,
  rows: readonly RowData[],
): Promise<void> {
  for (const chunk of chunks(rows, longestList)) {
    const statement = new TableStatement(dataSource, dataSource.getMetadata(journalTable))
    const entries = chunk.map(
      (row): RowData => ({
        entity: metadata.tablePath,
        property,
        rowKey: keyText(metadata, row),
        operation,
        oldValue: JSON.stringify(key.getEntityValue(row)),
      }),
    )
    const values = entries.map((entry) => Object.entries(entry).map(([name, value]) => statement.bind(value, name)))
    const names = Object.keys(journalColumns).map((name) => statement.column(name))
    const tuples = values.map((bound) => `(${bound.join(', ')})`).join(', ')
    await statement.run(runner, `INSERT INTO ${statement.table} (${names.join(', ')}) VALUES ${tuples}`)
  }
}

/** Takes the links out of the journal that a call took away from rows that referred to these ones. */
export async function takeLinks(
  journal: Journal,
  operation: string,
  reference: Reference,
  parents: readonly RowData[],
): Promise<readonly TakenLink[]> {
  const taken: TakenLink[] = []
  for (const chunk of chunks(parents, longestList)) {
    const where = all(eq('operation', operation), linksTo(reference, chunk))
    const statement = new TableStatement(journal.dataSource, journal.dataSource.getMetadata(journalTable))
    const [row, value] = [statement.column('rowKey'), statement.column('oldValue')]
    const condition = statement.where(where)
    const rest = `${condition} ORDER BY ${row}${currentRead(journal.runner)}`
    const sql = `SELECT ${row} AS k, ${value} AS v FROM ${statement.table}${rest}`
    const { records } = await statement.run(journal.runner, sql)
    if (records.length === 0) continue
    await forget(journal, where)
    for (const { k, v } of records) {
      taken.push({ row: keyFrom(reference.metadata, String(k)), value: JSON.parse(String(v)) as unknown })
    }
  }
  return taken
}

/** How many links to rows the journal holds that were taken away by the calls which the rows record in a property. */
export async function linksOf(
  { dataSource, runner }: Journal,
  records: string,
  reference: Reference,
  parents: readonly RowData[],
): Promise<number> {
  let count = 0
  for (const chunk of chunks(parents, longestList)) {
    const calls = [...new Set(chunk.map((row) => row[records]).filter((call) => typeof call === 'string'))]
    const statement = new TableStatement(dataSource, dataSource.getMetadata(journalTable))
    const condition = statement.where(oneOf('operation', calls), linksTo(reference, chunk))
    const { records: found } = await statement.run(runner, `SELECT COUNT(*) AS n FROM ${statement.table}${condition}`)
    count += Number(found[0]?.['n'])
  }
  return count
}

/** Forgets the links of rows that are gone, and the links to them: their keys may be used again by others. */
export async function forgetRemoved(
  journal: Journal,
  { metadata, rows }: { readonly metadata: EntityMetadata; readonly rows: readonly RowData[] },
): Promise<void> {
  const { dataSource } = journal
  const to = referencesTo(dataSource, metadata).filter(isDetached)
  const from = referencesOf(dataSource, metadata).filter(isDetached)
  for (const chunk of chunks(rows, longestList)) {
    for (const reference of to) await forget(journal, linksTo(reference, chunk))
    const keys = oneOf(
      'rowKey',
      chunk.map((row) => keyText(metadata, row)),
    )
    for (const { property } of from) {
      await forget(journal, all(eq('entity', metadata.tablePath), eq('property', property), keys))
    }
  }
}

/** Whether the journal may hold links of rows of an entity, or to them. */
export function isJournaled(dataSource: ModelDataSource, metadata: EntityMetadata): boolean {
  return [...referencesTo(dataSource, metadata), ...referencesOf(dataSource, metadata)].some(isDetached)
}

const isDetached = ({ policy }: Reference): boolean => policy === 'detach'

async function forget({ dataSource, runner }: Journal, where: Predicate): Promise<void> {
  const statement = new TableStatement(dataSource, dataSource.getMetadata(journalTable))
  await statement.run(runner, `DELETE FROM ${statement.table}${statement.where(where)}`)
}

function linksTo({ metadata, property, referenced }: Reference, parents: readonly RowData[]): Predicate {
  const values = parents.map((row) => JSON.stringify(referenced.getEntityValue(row)))
  return all(eq('entity', metadata.tablePath), eq('property', property), oneOf('oldValue', values))
}

const keyText = ({ primaryColumns }: EntityMetadata, row: RowData): string =>
  JSON.stringify(primaryColumns.map((primary) => primary.getEntityValue(row) as unknown))

function keyFrom({ primaryColumns }: EntityMetadata, text: string): RowData {
  const values = JSON.parse(text) as readonly unknown[]
  return Object.fromEntries(primaryColumns.map(({ propertyName }, index) => [propertyName, values[index]]))
}
