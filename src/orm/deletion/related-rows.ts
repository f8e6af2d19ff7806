import type { EntityMetadata, QueryRunner } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import type { RowData } from '../../model/matches.js'
import type { Model } from '../../model/model.js'
import type { Predicate } from '../../model/predicate.js'
import { isInForce, isLocked } from '../../model/scope.js'
import type { ModelDataSource } from '../data-source.js'
import { currentRead } from '../unit-of-work/current-read.js'
import { rowLockOf } from '../unit-of-work/locked-rows.js'
import { chunks, longestList } from '../writes/groups.js'
import { rowReading } from '../writes/stored-rows.js'
import { TableStatement } from '../writes/table-statement.js'
import { type Reference, referencesOf, referencesTo } from './references.js'

/** Where rows are looked for. */
export interface Search {
  readonly dataSource: ModelDataSource
  readonly runner: QueryRunner
  /** Whether the rows that are found are locked until the transaction ends. */
  readonly locked: boolean
  /** Whether rows are seen as they are now though none is locked, as far as that is possible. */
  readonly current?: boolean
}

/** The rows that default scopes show, or all but those that locked scopes hide. */
export type Seen = 'visible' | 'everything'

/**
 * The rows that refer to some rows: their primary keys, and what others may refer to them by. One statement for each
 * 500 rows they refer to; they come, and are locked, in the order of their primary keys.
 */
export async function relatedRows(
  search: Search,
  reference: Reference,
  parents: readonly RowData[],
  seen: Seen,
  more: readonly Predicate[] = [],
): Promise<readonly RowData[]> {
  const { dataSource, runner } = search
  const { metadata } = reference
  const { names, rowFrom } = rowReading(metadata, keyColumns(dataSource, metadata))
  const lock = lockOf(search)
  const found: RowData[] = []
  for (const chunk of chunks(keysOf(reference, parents), longestList)) {
    const statement = new TableStatement(dataSource, metadata)
    const where = condition(statement, reference, chunk, [...scopesOf(reference.model, seen), ...more])
    const sql = `SELECT ${names} FROM ${statement.table}${where} ORDER BY ${statement.key}${lock}`
    const { records } = await statement.run(runner, sql)
    found.push(...records.map(rowFrom))
  }
  return found
}

/** How many rows refer to some rows, and the first of their primary keys; they are not locked. */
export async function relatedCount(
  search: Search,
  reference: Reference,
  parents: readonly RowData[],
  seen: Seen,
  samples: number,
): Promise<{ readonly count: number; readonly sample: readonly RowData[] }> {
  const { dataSource, runner } = search
  const { metadata } = reference
  const { names, rowFrom } = rowReading(metadata, metadata.primaryColumns)
  const lock = search.locked ? currentRead(runner) : ''
  let count = 0
  const sample: RowData[] = []
  for (const chunk of chunks(keysOf(reference, parents), longestList)) {
    const statement = new TableStatement(dataSource, metadata)
    const where = condition(statement, reference, chunk, scopesOf(reference.model, seen))
    const from = ` FROM ${statement.table}${where}`
    const [total] = (await statement.run(runner, `SELECT COUNT(*) AS n${from}${lock}`)).records
    const here = Number(total?.['n'])
    count += here
    if (here === 0 || sample.length >= samples) continue
    const limit = ` ORDER BY ${statement.key} LIMIT ${samples - sample.length}${lock}`
    const { records } = await statement.run(runner, `SELECT ${names}${from}${limit}`)
    sample.push(...records.map(rowFrom))
  }
  return { count, sample }
}

function lockOf({ dataSource, runner, locked, current }: Search): string {
  if (locked) return rowLockOf(dataSource, runner)
  return current ? currentRead(runner) : ''
}

/** The conditions under which a row of an entity is seen. */
export function scopesOf({ scopes }: Model, seen: Seen): readonly Predicate[] {
  return Object.values(scopes)
    .filter((scope) => isLocked(scope) || (isInForce(scope) && seen === 'visible'))
    .map(({ where }) => where)
}

/** The values by which rows are referred to. */
function keysOf({ referenced }: Reference, parents: readonly RowData[]): readonly unknown[] {
  const keys = parents.map((row) => referenced.getEntityValue(row) as unknown)
  return keys.filter((key) => key !== null && key !== undefined)
}

function condition(
  statement: TableStatement,
  { key }: Reference,
  keys: readonly unknown[],
  predicates: readonly Predicate[],
): string {
  const { driver } = key.entityMetadata.dataSource
  const values = keys.map((value) => statement.bind(driver.preparePersistentValue(value, key)))
  return `${statement.where(...predicates)} AND ${driver.escape(key.databaseName)} IN (${values.join(', ')})`
}

/** The first rows of an entity that meet a condition, whatever hides them; they come, and are locked, like related ones. */
export async function rowsWhere(
  search: Search,
  { model, metadata }: { readonly model: Model; readonly metadata: EntityMetadata },
  where: Predicate,
  limit?: number,
): Promise<readonly RowData[]> {
  const { dataSource, runner } = search
  const { names, rowFrom } = rowReading(metadata, keyColumns(dataSource, metadata))
  const lock = lockOf(search)
  const statement = new TableStatement(dataSource, metadata)
  const condition = statement.where(where, ...scopesOf(model, 'everything'))
  const first = limit === undefined ? '' : ` LIMIT ${limit}`
  const sql = `SELECT ${names} FROM ${statement.table}${condition} ORDER BY ${statement.key}${first}${lock}`
  const { records } = await statement.run(runner, sql)
  return records.map(rowFrom)
}

/** The columns of the primary key, those that other rows refer to, those that refer to others, and what verbs undo. */
function keyColumns(dataSource: ModelDataSource, metadata: EntityMetadata): readonly ColumnMetadata[] {
  const referenced = referencesTo(dataSource, metadata).map((reference) => reference.referenced.databaseName)
  const own = referencesOf(dataSource, metadata).map(({ key }) => key.databaseName)
  const names = new Set([...referenced, ...own])
  const undone = new Set(Object.values(dataSource.modelOf(metadata.target)?.verbs ?? {}).map(({ undoes }) => undoes))
  return metadata.columns.filter(
    ({ isPrimary, databaseName, propertyPath }) => isPrimary || names.has(databaseName) || undone.has(propertyPath),
  )
}
