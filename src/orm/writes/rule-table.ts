import type { EntityMetadata, QueryRunner } from 'typeorm'
import type { RowData } from '../../model/matches.js'
import type { Model } from '../../model/model.js'
import { all, eq, gte, isNull, lt, lte, matching, not, type Predicate } from '../../model/predicate.js'
import type { RuleTable } from '../../model/rule-context.js'
import type { ModelDataSource } from '../data-source.js'
import { parseId } from '../parse-id.js'
import { chunks, longestList } from './groups.js'
import { columnNames, rowFrom } from './stored-rows.js'
import { TableStatement } from './table-statement.js'

/** Where the statements of rules go. */
export interface Connection {
  readonly dataSource: ModelDataSource
  /** A runner that belongs to the unit of work of the write. */
  readonly runner: QueryRunner
}

/** A table as rules see it. */
export class RowsOfTable implements RuleTable {
  readonly #connection: Connection
  readonly #metadata: EntityMetadata
  /** The conditions of locked scopes. */
  readonly #locked: readonly Predicate[]

  constructor(connection: Connection, metadata: EntityMetadata, model?: Model) {
    this.#connection = connection
    this.#metadata = metadata
    const scopes = Object.values(model?.scopes ?? {})
    this.#locked = scopes.filter(({ locked }) => locked).map(({ where }) => where)
  }

  async count(where: Predicate): Promise<number> {
    const statement = this.#statement()
    const sql = `SELECT COUNT(*) AS n FROM ${statement.table}${statement.where(where, ...this.#locked)}`
    const { records } = await statement.run(this.#connection.runner, sql)
    return Number(records[0]?.['n'])
  }

  async find(where: Predicate): Promise<RowData | undefined> {
    const [row] = await this.#read(where, ' LIMIT 1')
    return row
  }

  rows(where: Predicate): Promise<readonly RowData[]> {
    return this.#read(where)
  }

  async #read(where: Predicate, limit = ''): Promise<readonly RowData[]> {
    const statement = this.#statement()
    const { driver } = this.#connection.dataSource
    const columns = columnNames(this.#metadata).map((name) => driver.escape(name))
    const condition = statement.where(where, ...this.#locked)
    const sql = `SELECT ${columns.join(', ')} FROM ${statement.table}${condition} ORDER BY ${statement.key}${limit}`
    const { records } = await statement.run(this.#connection.runner, sql)
    return records.map((record) => rowFrom(this.#metadata, record))
  }

  async byId(id: unknown, where: Predicate): Promise<RowData | undefined> {
    const key = typeof id === 'string' || typeof id === 'number' ? parseId(this.#metadata, id) : undefined
    const [primary] = this.#metadata.primaryColumns
    return key === undefined ? undefined : this.find(all(eq(primary!.propertyPath, key), where))
  }

  identify(row: RowData): Predicate {
    const keys = this.#metadata.primaryColumns.map(({ propertyPath }) => [propertyPath, row[propertyPath]])
    return matching(Object.fromEntries(keys))
  }

  update(values: RowData, where: Predicate): Promise<number> {
    return this.#write((statement) => statement.assignments(values), where)
  }

  async insert(rows: RowData | readonly RowData[]): Promise<void> {
    for (const chunk of chunks([rows].flat() as readonly RowData[], longestList)) {
      const statement = this.#statement()
      const properties = Object.keys(chunk[0]!)
      const columns = properties.map((property) => statement.column(property)).join(', ')
      const tuples = chunk.map((row) =>
        properties.map((property) => statement.bind(row[property], property)).join(', '),
      )
      const values = tuples.map((tuple) => `(${tuple})`).join(', ')
      await statement.run(this.#connection.runner, `INSERT INTO ${statement.table} (${columns}) VALUES ${values}`)
    }
  }

  async remove(where: Predicate): Promise<number> {
    const statement = this.#statement()
    const sql = `DELETE FROM ${statement.table}${statement.where(where, ...this.#locked)}`
    const { affected } = await statement.run(this.#connection.runner, sql)
    return affected
  }

  async shift(property: string, by: number, where: Predicate, from: number, to?: number): Promise<void> {
    const range = all(where, gte(property, from), ...(to === undefined ? [] : [lte(property, to)]))
    // A unique key is checked row by row, so the values make a detour by negative ones, which no other row has.
    const away = await this.#write(
      (sql) => `${sql.column(property)} = -(${sql.column(property)} + ${sql.bind(by)})`,
      range,
    )
    if (away === 0) return
    await this.#write((sql) => `${sql.column(property)} = -${sql.column(property)}`, all(where, lt(property, 0)))
  }

  async renumber(property: string, where: Predicate): Promise<void> {
    const statement = this.#statement()
    const condition = statement.where(where, not(isNull(property)), ...this.#locked)
    const column = statement.column(property)
    const sql = `SELECT ${column} AS n FROM ${statement.table}${condition} ORDER BY ${column}, ${statement.key}`
    const { records } = await statement.run(this.#connection.runner, sql)
    for (const { by, from, to } of displaced(records.map(({ n }) => Number(n)))) {
      await this.shift(property, by, where, from, to)
    }
  }

  async #write(set: (statement: TableStatement) => string, where: Predicate): Promise<number> {
    const statement = this.#statement()
    const sql = `UPDATE ${statement.table} SET ${set(statement)}${statement.where(where, ...this.#locked)}`
    const { affected } = await statement.run(this.#connection.runner, sql)
    return affected
  }

  #statement(): TableStatement {
    return new TableStatement(this.#connection.dataSource, this.#metadata)
  }
}

interface Range {
  readonly by: number
  readonly from: number
  readonly to: number
}

/** The ranges of sorted numbers that are not where they belong, and how far they must move; lowest first. */
function displaced(numbers: readonly number[]): readonly Range[] {
  const ranges: Range[] = []
  for (const [index, number] of numbers.entries()) {
    const by = index + 1 - number
    const last = ranges.at(-1)
    if (last?.by === by) ranges[ranges.length - 1] = { ...last, to: number }
    else ranges.push({ by, from: number, to: number })
  }
  return ranges.filter(({ by }) => by !== 0)
}
