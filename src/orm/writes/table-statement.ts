import type { EntityMetadata, QueryRunner } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import { AnswerTo, OwnValue, type Question } from '../../model/foresight.js'
import type { RowData } from '../../model/matches.js'
import { valueOf } from '../../model/operand.js'
import { all, type Operand, type Predicate } from '../../model/predicate.js'
import type { Ordering } from '../../model/scope.js'
import type { ModelDataSource } from '../data-source.js'
import { predicateSql } from '../predicate-sql.js'
import { columnOf, columnTerm, indexedTerm } from '../schema/column-terms.js'
import { escapedPath } from '../table-names.js'
import type { StatementText } from './by-statement/statement-text.js'
import { storedValue } from './stored-rows.js'

/** One statement about a table, whose values are bound as it is written. */
export class TableStatement {
  readonly #dataSource: ModelDataSource
  readonly #metadata: EntityMetadata
  readonly #parameters: Record<string, unknown> = {}
  #bound = 0

  /** By which name the row of the statement is known where it asks about others. */
  readonly #own: string

  constructor(dataSource: ModelDataSource, metadata: EntityMetadata, own = '') {
    this.#dataSource = dataSource
    this.#metadata = metadata
    this.#own = own
  }

  /** The table's own name, with its schema. */
  get table(): string {
    return escapedPath(this.#dataSource, this.#metadata)
  }

  column(property: string): string {
    return columnTerm(this.#metadata, property, '').sql
  }

  /** The primary key, to order by. */
  get key(): string {
    return this.#metadata.primaryColumns
      .map(({ databaseName }) => this.#dataSource.driver.escape(databaseName))
      .join(', ')
  }

  /** Terms to order by; ties are broken by the primary key. */
  order(ordering: readonly Ordering[], nullsLast: boolean): string {
    const terms = ordering.flatMap(({ property, direction }) => {
      const { sql, nullable } = columnTerm(this.#metadata, property, '')
      return [...(nullable && nullsLast ? [`CASE WHEN ${sql} IS NULL THEN 1 ELSE 0 END`] : []), `${sql} ${direction}`]
    })
    return [...terms, this.key].join(', ')
  }

  /** The number of a row among those with equal values of some properties. */
  rowNumber(within: readonly string[], ordering: readonly Ordering[]): string {
    const groups = within.map((name) => this.column(name)).join(', ')
    return `ROW_NUMBER() OVER (${groups && `PARTITION BY ${groups} `}ORDER BY ${this.order(ordering, true)})`
  }

  bind(value: unknown, property?: string): string {
    const { driver } = this.#dataSource
    const column = property === undefined ? undefined : columnOf(this.#metadata, property)
    const name = `value${this.#bound++}`
    this.#parameters[name] = column ? driver.preparePersistentValue(value, column) : value
    return `:${name}`
  }

  /** The value of each row, by its primary key. */
  cases(property: string, parts: readonly { readonly row: RowData; readonly value: unknown }[]): string {
    const { dialect, driver } = this.#dataSource
    const type = driver.normalizeType(columnOf(this.#metadata, property)!)
    const cases = parts.map(({ row, value }) => {
      const keys = this.#metadata.primaryColumns.map(
        ({ propertyPath }) => `${this.column(propertyPath)} = ${this.bind(row[propertyPath], propertyPath)}`,
      )
      const bound = this.bind(value, property)
      return `WHEN ${keys.join(' AND ')} THEN ${dialect.typed?.(bound, type) ?? bound}`
    })
    return `CASE ${cases.join(' ')} END`
  }

  /** `property = value` for an UPDATE. */
  assignments(values: RowData): string {
    return Object.entries(values)
      .map(([property, value]) => `${this.column(property)} = ${this.bind(value, property)}`)
      .join(', ')
  }

  /** That columns hold what a row holds, as the database compares them: its collations count. */
  holds(columns: readonly ColumnMetadata[], row: RowData): string {
    const { driver } = this.#dataSource
    const terms = columns.map((column) => {
      const value: unknown = driver.preparePersistentValue(storedValue(row, column), column)
      return `${driver.escape(column.databaseName)} = ${this.bind(value)}`
    })
    return `(${terms.join(' AND ')})`
  }

  where(...predicates: readonly Predicate[]): string {
    const condition = predicateSql(all(...predicates), {
      dialect: this.#dataSource.dialect,
      column: (property) => columnTerm(this.#metadata, property, ''),
      indexed: indexedTerm(this.#metadata, ''),
      value: (operand, property) => this.#operand(operand, property),
      plain: (value) => this.bind(value),
    })
    return ` WHERE ${[condition, ...this.#kinds()].join(' AND ')}`
  }

  /** The answer to a question about rows of the table, also where it is another one than that of the statement's row. */
  question({ property, where, order = [], offset = 0 }: Question, ...more: readonly Predicate[]): string {
    const condition = this.where(where, ...more)
    const terms = order.map(({ property: name, direction }) => `${this.column(name)} ${direction}`)
    const ordered = terms.length > 0 ? ` ORDER BY ${terms.join(', ')}` : ''
    const skipped = offset > 0 ? ` OFFSET ${offset}` : ''
    return `(SELECT ${this.column(property)} FROM ${this.table}${condition}${ordered} LIMIT 1${skipped})`
  }

  /** Adds text that was written by this one to a statement of another kind. */
  addTo(statement: StatementText, sql: string, bound: (value: unknown) => unknown): void {
    for (const [index, part] of sql.split(/:(value\d+)/).entries()) {
      if (index % 2 === 0) statement.add(part)
      else statement.bind(bound(this.#parameters[part]))
    }
  }

  #operand(operand: Operand, property: string): string {
    if (operand instanceof OwnValue) return `${this.#own}.${this.column(operand.property)}`
    return operand instanceof AnswerTo ? this.question(operand.question) : this.bind(valueOf(operand), property)
  }

  /** Sends the statement. */
  async run(runner: QueryRunner, sql: string): Promise<{ readonly records: RowData[]; readonly affected: number }> {
    const [query, parameters] = this.#dataSource.driver.escapeQueryWithParameters(sql, this.#parameters)
    const { records, affected = 0 } = await runner.query(query, parameters, true)
    return { records: records as RowData[], affected }
  }

  /** In a shared table, the rows of the entity and of those below it. */
  #kinds(): readonly string[] {
    const { tableType, discriminatorColumn, discriminatorValue, childEntityMetadatas } = this.#metadata
    if (tableType !== 'entity-child' || !discriminatorColumn) return []
    const kinds = [discriminatorValue, ...childEntityMetadatas.map((child) => child.discriminatorValue)]
    const column = this.#dataSource.driver.escape(discriminatorColumn.databaseName)
    return [`${column} IN (${kinds.map((kind) => this.bind(kind)).join(', ')})`]
  }
}
