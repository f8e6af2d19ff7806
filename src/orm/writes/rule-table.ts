import type { EntityMetadata, QueryRunner } from 'typeorm'
import type { AnyClass } from '../../metadata/fact-kind.js'
import type { RowData } from '../../model/matches.js'
import type { Model } from '../../model/model.js'
import { all, any, isNull, matching, not, type Operand, oneOf, type Predicate } from '../../model/predicate.js'
import type { GroupValues, Numbering, RowsPage, RuleTable } from '../../model/rule-context.js'
import { isLocked } from '../../model/scope.js'
import type { ModelDataSource } from '../data-source.js'
import { parseId } from '../parse-id.js'
import { columnOf } from '../schema/column-terms.js'
import { chunks, longestList } from './groups.js'
import { askedParts, inGroups, lookup } from './rows-in-groups.js'
import { keyAndProperties, type RowReading, rowReading } from './stored-rows.js'
import { TableStatement } from './table-statement.js'
import { afterCommitIn } from './transactions.js'
import { UniqueNumbers } from './unique-numbers.js'
import { noteWrittenBesides } from './written-besides.js'

/** Where the statements of rules go. */
export interface Connection {
  readonly dataSource: ModelDataSource
  /** A runner that belongs to the unit of work of the write. */
  readonly runner: QueryRunner
  /** The id of the call. */
  readonly operation: string
  /** What stands behind a SELECT, and behind each inside of another. */
  readonly reading: () => string
}

/** How many conditions one statement asks about, each in a column of its answer. */
const mostQuestions = 200

/** A table as rules see it. */
export class RowsOfTable implements RuleTable {
  readonly #connection: Connection
  readonly #metadata: EntityMetadata
  /** The conditions of locked scopes. */
  readonly #locked: readonly Predicate[]
  /** The entity, where it is its table and not one of a trait's own. */
  readonly #entity: AnyClass | undefined

  constructor(connection: Connection, metadata: EntityMetadata, model?: Model) {
    this.#connection = connection
    this.#metadata = metadata
    this.#entity = model?.entity
    const scopes = Object.values(model?.scopes ?? {})
    this.#locked = scopes.filter(isLocked).map(({ where }) => where)
  }

  async count(where: Predicate): Promise<number> {
    const statement = this.#statement()
    const from = `FROM ${statement.table}${statement.where(where, ...this.#locked)}${this.#connection.reading()}`
    const { records } = await statement.run(this.#connection.runner, `SELECT COUNT(*) AS n ${from}`)
    return Number(records[0]?.['n'])
  }

  async find(where: Predicate): Promise<RowData | undefined> {
    return (await this.rows(where, { limit: 1 }))[0]
  }

  async rows(
    where: Predicate,
    { order = [], nullsLast = false, offset = 0, limit, properties }: RowsPage = {},
  ): Promise<readonly RowData[]> {
    const statement = this.#statement()
    const { names, rowFrom } = this.#reading(properties)
    const page = limit === undefined ? '' : ` LIMIT ${limit} OFFSET ${offset}`
    const from = `FROM ${statement.table}${statement.where(where, ...this.#locked)}`
    const rest = `ORDER BY ${statement.order(order, nullsLast)}${page}${this.#connection.reading()}`
    const { records } = await statement.run(this.#connection.runner, `SELECT ${names} ${from} ${rest}`)
    return records.map(rowFrom)
  }

  async rowsInGroups(
    groups: readonly GroupValues[],
    where: Predicate,
    properties?: readonly string[],
  ): Promise<readonly RowData[]> {
    const found: RowData[] = []
    const { names, rowFrom } = this.#reading(properties)
    for (const part of askedParts(groups)) {
      const statement = this.#statement()
      const rest = { columns: names, where: statement.where(where, ...this.#locked) }
      const sql = lookup(this.#connection.dataSource, this.#metadata, statement, part, rest)
      if (sql === undefined) found.push(...(await this.rows(inGroups(part, where), properties && { properties })))
      else found.push(...(await statement.run(this.#connection.runner, sql)).records.map(rowFrom))
    }
    return found
  }

  async greatest(property: string, conditions: readonly Predicate[]): Promise<readonly unknown[]> {
    const column = columnOf(this.#metadata, property)!
    const { driver } = this.#connection.dataSource
    const values: unknown[] = []
    for (const some of chunks(conditions, mostQuestions)) {
      const statement = this.#statement()
      const name = statement.column(property)
      const questions = some.map((where, index) => {
        const condition = statement.where(where, not(isNull(property)), ...this.#locked)
        return `(SELECT ${name} FROM ${statement.table}${condition} ORDER BY ${name} DESC LIMIT 1${this.#connection.reading()}) AS v${index}`
      })
      const { records } = await statement.run(this.#connection.runner, `SELECT ${questions.join(', ')}`)
      for (const index of some.keys()) {
        values.push((driver.prepareHydratedValue(records[0]?.[`v${index}`], column) as unknown) ?? null)
      }
    }
    return values
  }

  async byId(id: unknown, where: Predicate): Promise<RowData | undefined> {
    const key = this.keyNamed(id)
    return key && this.find(all(matching(key as Readonly<Record<string, Operand>>), where))
  }

  keyNamed(id: unknown): RowData | undefined {
    const key = typeof id === 'string' || typeof id === 'number' ? parseId(this.#metadata, id) : undefined
    const [primary] = this.#metadata.primaryColumns
    return key === undefined ? undefined : { [primary!.propertyPath]: key }
  }

  keyOf(row: RowData): RowData {
    return Object.fromEntries(this.#metadata.primaryColumns.map(({ propertyPath: path }) => [path, row[path]]))
  }

  async assign(property: string, rows: readonly RowData[], values: readonly unknown[]): Promise<void> {
    const pairs = rows.map((row, index) => ({ row, value: values[index] }))
    for (const part of chunks(pairs, longestList)) {
      const where = this.identify(...part.map(({ row }) => row))
      await this.#write((sql) => `${sql.column(property)} = ${sql.cases(property, part)}`, where)
    }
  }

  identify(...rows: readonly RowData[]): Predicate {
    const paths = this.#metadata.primaryColumns.map(({ propertyPath }) => propertyPath)
    const [path = ''] = paths
    if (paths.length === 1 && rows.length !== 1)
      return oneOf(
        path,
        rows.map((row) => row[path] as Operand),
      )
    const keys = rows.map((row) => paths.map((property) => [property, row[property]]))
    const [first, ...others] = keys.map((key) => matching(Object.fromEntries(key)))
    return first && others.length === 0 ? first : any(...(first ? [first, ...others] : []))
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
    this.#confirm('insert')
  }

  async remove(where: Predicate): Promise<number> {
    const statement = this.#statement()
    const sql = `DELETE FROM ${statement.table}${statement.where(where, ...this.#locked)}`
    const { affected } = await statement.run(this.#connection.runner, sql)
    if (affected > 0) this.#confirm('delete')
    return affected
  }

  shift(property: string, by: number, where: Predicate, from: number, to?: number): Promise<void> {
    const numbers = this.#numbers(property, where)
    const { ordersUpdates } = this.#connection.dataSource.dialect
    return ordersUpdates ? numbers.shiftInOrder(by, from, to) : numbers.shift(by, from, to)
  }

  rotate(property: string, where: Predicate, from: number, to: number): Promise<void> {
    return this.#numbers(property, where).rotate(from, to)
  }

  async numbered(where: Predicate, { within, order }: Required<Numbering>, some: Predicate) {
    const statement = this.#statement()
    const { names, rowFrom } = this.#reading()
    const counted = `${names}, ${statement.rowNumber(within, order)} AS plinth_number`
    const condition = statement.where(where, ...this.#locked)
    const all = `SELECT ${counted} FROM ${statement.table}${condition}${this.#connection.reading()}`
    const sql = `SELECT * FROM (${all}) AS found${statement.where(some)}`
    const { records } = await statement.run(this.#connection.runner, sql)
    return records.map((record) => ({ row: rowFrom(record), number: Number(record['plinth_number']) }))
  }

  async renumber(property: string, where: Predicate, { within = [], order }: Numbering = {}): Promise<number> {
    const statement = this.#statement()
    const { dialect, driver } = this.#connection.dataSource
    const column = statement.column(property)
    const keys = this.#metadata.primaryColumns.map(({ databaseName }) => driver.escape(databaseName))
    const numbered = order === undefined ? [not(isNull(property))] : []
    const number = statement.rowNumber(within, order ?? [{ property, direction: 'ASC' }])
    const query =
      `SELECT ${keys.join(', ')}, ${number} AS n ` +
      `FROM ${statement.table}${statement.where(where, ...numbered, ...this.#locked)}`
    const own = keys.map((key) => `${statement.table}.${key} = found.${key}`)
    const isOther = `(${statement.table}.${column} IS NULL OR ${statement.table}.${column} <> found.n)`
    const joined = { table: statement.table, query, column, value: '-found.n', on: [...own, isOther].join(' AND ') }
    const { affected } = await statement.run(this.#connection.runner, dialect.updateFrom(joined))
    if (affected > 0) await this.#numbers(property, where).turn()
    return affected
  }

  #numbers(property: string, where: Predicate): UniqueNumbers {
    return new UniqueNumbers(property, where, (...parts) => this.#write(...parts))
  }

  async #write(
    set: (statement: TableStatement) => string,
    where: Predicate,
    order: (statement: TableStatement) => string = () => '',
  ): Promise<number> {
    const statement = this.#statement()
    const condition = statement.where(where, ...this.#locked)
    const sql = `UPDATE ${statement.table} SET ${set(statement)}${condition}${order(statement)}`
    const { affected } = await statement.run(this.#connection.runner, sql)
    if (affected > 0) this.#confirm('update')
    return affected
  }

  /** Tells of rows that a rule has written besides those of its call. */
  #confirm(kind: string): void {
    noteWrittenBesides(this.#metadata)
    const { dataSource, runner, operation } = this.#connection
    const entity = this.#entity
    if (!entity || !dataSource.events.watched) return
    afterCommitIn(runner, () => dataSource.events.tell({ kind, entity, ids: 'many', operation }))
  }

  /** How whole rows are read, or their keys with some properties. */
  #reading(properties?: readonly string[]): RowReading {
    return rowReading(this.#metadata, properties && keyAndProperties(this.#metadata, properties))
  }

  #statement(): TableStatement {
    return new TableStatement(this.#connection.dataSource, this.#metadata)
  }
}
