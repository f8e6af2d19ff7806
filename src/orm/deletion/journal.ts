import type { EntityMetadata, QueryRunner } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import { shortText } from '../../helpers/short-text.js'
import { type Columns, column } from '../../model/column.js'
import type { RowData } from '../../model/matches.js'
import type { Model } from '../../model/model.js'
import { all, eq, matching, oneOf, type Predicate } from '../../model/predicate.js'
import type { ModelDataSource } from '../data-source.js'
import { currentRead } from '../unit-of-work/current-read.js'
import { chunks, longestList } from '../writes/groups.js'
import { TableStatement } from '../writes/table-statement.js'
import { type Reference, referencesOf, referencesTo } from './references.js'

/** The table of links that deletes took away, one for each data source that has a relation with the policy `detach`. */
export const journalTable = 'plinth_detachments'

/** The most characters of names and of keys: an index of MariaDB holds 768 in all. */
const longestName = 100
const longestKey = 255

/** A row for each link: whose it was, which property held it, which call took it away, and what it was. */
export const journalColumns: Columns = {
  /** The table of the row, and the property: what is longer than the column is told by a digest. */
  entity: column.string({ length: longestName, primary: true, exact: true }),
  property: column.string({ length: longestName, primary: true, exact: true }),
  /** The primary key of the row, as a JSON array, and the key that it held, as JSON: they are looked for in the same way. */
  rowKey: column.string({ length: longestKey, primary: true, exact: true }),
  operation: column.uuid({ primary: true }),
  oldValue: column.string({ length: longestKey, index: true, exact: true }),
  /** Both as a JSON array, where one is longer than its column. */
  whole: column.text({ nullable: true }),
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
      (row): RowData => entryOf(placeOf(metadata, property), operation, keyText(metadata, row), valueText(key, row)),
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
    const [row, value, whole] = ['rowKey', 'oldValue', 'whole'].map((name) => statement.column(name))
    const condition = statement.where(where)
    const rest = `${condition} ORDER BY ${row}${currentRead(journal.runner)}`
    const sql = `SELECT ${row} AS k, ${value} AS v, ${whole} AS w FROM ${statement.table}${rest}`
    const { records } = await statement.run(journal.runner, sql)
    if (records.length === 0) continue
    await forget(journal, where)
    for (const { k, v, w } of records) {
      const [text, held] = typeof w === 'string' ? (JSON.parse(w) as [string, string]) : [String(k), String(v)]
      taken.push({ row: keyFrom(reference.metadata, text), value: JSON.parse(held) as unknown })
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
      chunk.map((row) => shortText(keyText(metadata, row), longestKey)),
    )
    for (const { property } of from) await forget(journal, all(matching(placeOf(metadata, property)), keys))
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
  const values = parents.map((row) => shortText(valueText(referenced, row), longestKey))
  return all(matching(placeOf(metadata, property)), oneOf('oldValue', values))
}

/** Whose links they are. */
type LinkPlace = Readonly<Record<'entity' | 'property', string>>

const placeOf = ({ tablePath }: EntityMetadata, property: string): LinkPlace => ({
  entity: shortText(tablePath, longestName),
  property: shortText(property, longestName),
})

function entryOf({ entity, property }: LinkPlace, operation: string, key: string, value: string): RowData {
  const [rowKey, oldValue] = [shortText(key, longestKey), shortText(value, longestKey)]
  const whole = rowKey === key && oldValue === value ? null : JSON.stringify([key, value])
  return { entity, property, rowKey, operation, oldValue, whole }
}

const valueText = (column: ColumnMetadata, row: RowData): string => JSON.stringify(column.getEntityValue(row))

const keyText = ({ primaryColumns }: EntityMetadata, row: RowData): string =>
  JSON.stringify(primaryColumns.map((primary) => primary.getEntityValue(row) as unknown))

function keyFrom({ primaryColumns }: EntityMetadata, text: string): RowData {
  const values = JSON.parse(text) as readonly unknown[]
  return Object.fromEntries(primaryColumns.map(({ propertyName }, index) => [propertyName, values[index]]))
}
