import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import { isStorable } from '../../../model/path.js'
import type { EngineType } from '../../dialects/engines.js'
import { rowsAsBound } from './rows-as-bound.js'
import type { StatementText } from './statement-text.js'
import type { ValueList } from './value-list.js'

/** How rows of values stand in statements of an engine as something to select from. */
export interface RowSources {
  /** Whether the rows of an INSERT are returned in the order in which the source gives them. */
  readonly isOrdered: boolean
  /**
   * Adds the SELECT of the rows that are inserted, up to its condition; false where a value cannot stand in it.
   * @param lists not all of them are shared.
   */
  addGiven(statement: StatementText, lists: readonly ValueList[]): boolean
  /** What stands behind the condition of a SELECT from it. */
  readonly behindGiven: string
  /**
   * The rows as they are stored, as a statement would give some columns of them; undefined where that is not certain before they
   * are read. Absent where it never is.
   */
  asBound?(lists: readonly ValueList[], columns: readonly ColumnMetadata[]): readonly (readonly unknown[])[] | undefined
  /** The names of the columns of rows that are asked about. */
  namesOfAsked(count: number): readonly string[]
  /** Adds the source of rows that are asked about, and what joins a table to it so that each is looked up by itself. */
  addAsked(statement: StatementText, lists: readonly ValueList[]): boolean
}

/**
 * What a list is cast to by the type of its column as TypeORM calls it: without a length, which a cast would cut texts to. Types
 * that have other names on the server, or mean another length without one, are left out.
 */
const listTypes: Readonly<Record<string, string>> = {
  uuid: 'uuid',
  'character varying': 'character varying',
  text: 'text',
  integer: 'integer',
  smallint: 'smallint',
  bigint: 'bigint',
  boolean: 'boolean',
  numeric: 'numeric',
  real: 'real',
  'double precision': 'double precision',
  json: 'json',
  jsonb: 'jsonb',
  date: 'date',
  'time without time zone': 'time without time zone',
  'timestamp without time zone': 'timestamp without time zone',
  'timestamp with time zone': 'timestamp with time zone',
}

function listType(column: ColumnMetadata): string | undefined {
  if (column.isArray || column.enum) return undefined
  return listTypes[column.entityMetadata.dataSource.driver.normalizeType(column)]
}

function addUnnested(statement: StatementText, lists: readonly ValueList[]): boolean {
  for (const [index, { column, values }] of lists.entries()) {
    const type = listType(column)
    if (type === undefined) return false
    statement
      .add(index === 0 ? 'unnest(' : ', ')
      .bind(values)
      .add(`::${type}[]`)
  }
  statement.add(')')
  return true
}

const namesOf = (table: string, count: number) => Array.from({ length: count }, (_, index) => `${table}_${index}`)

/**
 * Adds what is selected of the rows that are inserted.
 * @param names those of the columns of the lists that are not shared.
 */
function addSelected(
  statement: StatementText,
  lists: readonly ValueList[],
  names: readonly string[],
  typed: (column: ColumnMetadata) => string,
): void {
  const rest = names.values()
  statement.add('SELECT ')
  for (const [index, { column, values, around = bare, isShared }] of lists.entries()) {
    if (index > 0) statement.add(', ')
    if (isShared)
      statement
        .add(around[0])
        .bind(values[0])
        .add(typed(column) + around[1])
    else statement.add(rest.next().value!)
  }
  statement.add(' FROM ')
}

const bare = ['', ''] as const

const isOwn = ({ isShared }: ValueList): boolean => !isShared

/** Each column is one list, so that the text does not depend on the number of rows. */
const postgres: RowSources = {
  isOrdered: true,
  addGiven(statement, lists) {
    const own = lists.filter(isOwn)
    const names = namesOf('plinth_given', own.length)
    if (lists.some(({ column }) => listType(column) === undefined)) return false
    addSelected(statement, lists, names, (column) => `::${listType(column)}`)
    if (!addUnnested(statement, own)) return false
    statement.add(` WITH ORDINALITY AS plinth_given(${[...names, 'plinth_place'].join(', ')})`)
    return true
  },
  behindGiven: ' ORDER BY plinth_place',
  namesOfAsked: (count) => namesOf('plinth_asked', count),
  addAsked(statement, lists) {
    if (!addUnnested(statement, lists)) return false
    statement.add(` AS plinth_asked(${namesOf('plinth_asked', lists.length).join(', ')}) CROSS JOIN `)
    return true
  },
}

/** What SQLite reads from JSON as it would be bound: it reads the text of a number that is not whole less exactly. */
function isExact(value: unknown): boolean {
  if (typeof value === 'string') return isStorable(value)
  return value === null || (typeof value === 'number' && Number.isSafeInteger(value))
}

/** Rows are read from JSON where they are looked up; those that are inserted are bound, which costs less than JSON of all of them. */
const sqlite: RowSources = {
  isOrdered: false,
  addGiven(statement, lists) {
    const own = lists.filter(isOwn)
    const names = own.map((_, index) => `column${index + 1}`)
    addSelected(statement, lists, names, () => '')
    const { length } = own[0]!.values
    const text = `(${own.map(({ around = bare }) => around.join('?')).join(', ')})`
    const values: unknown[] = []
    for (let place = 0; place < length; place += 1) for (const list of own) values.push(list.values[place])
    statement.addBound(`(VALUES ${`${text}, `.repeat(length - 1)}${text})`, values)
    return true
  },
  behindGiven: '',
  asBound: rowsAsBound,
  namesOfAsked: (count) => Array.from({ length: count }, (_, index) => `json_extract(plinth_row, '$[${index}]')`),
  addAsked(statement, lists) {
    const numbers = lists.map(({ values }) =>
      values.map((value) => (typeof value === 'bigint' ? Number(value) : value)),
    )
    if (!numbers.every((values) => values.every(isExact))) return false
    const rows = numbers[0]?.map((_, row) => numbers.map((values) => values[row])) ?? []
    // The columns of `json_each` have names that those of a table may have as well.
    statement.add('(SELECT value AS plinth_row FROM json_each(').bind(JSON.stringify(rows)).add(')) CROSS JOIN ')
    return true
  },
}

const engines: Partial<Readonly<Record<EngineType, RowSources>>> = { postgres, 'better-sqlite3': sqlite }

/** How rows of values stand in statements of an engine; undefined where rows are not inserted from them. */
export function rowSourcesOf(type: EngineType): RowSources | undefined {
  return engines[type]
}
