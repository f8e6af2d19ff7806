import type { EntityMetadata, QueryRunner } from 'typeorm'
import { lockedConditions } from '../../../model/context-values.js'
import type { Question } from '../../../model/foresight.js'
import type { RowData } from '../../../model/matches.js'
import { matching, type Operand, type Predicate } from '../../../model/predicate.js'
import { nextNumberText } from '../../counters.js'
import type { ModelDataSource } from '../../data-source.js'
import type { EntityRow } from '../../entity-row.js'
import { isServerError, isTimeout } from '../../errors/error-kind.js'
import { runRead } from '../../reads/run-read.js'
import { columnOf } from '../../schema/column-terms.js'
import type { Selection } from '../../selection.js'
import { takesTurns } from '../../unit-of-work/takes-turns.js'
import { columnNames, rowReading } from '../stored-rows.js'
import { TableStatement } from '../table-statement.js'
import { internalsOf } from '../write.js'
import { answeredTerms, answersIn, boundBy, parsed } from './answers.js'
import { addAssignments } from './assignments.js'
import type { ForeseenCall } from './foreseen-row.js'
import { addRowsCondition } from './rows-condition.js'
import { preparedStatement } from './send.js'
import { StatementText } from './statement-text.js'

/** A row with what was asked of the rows beside it. */
export interface Beside {
  readonly row: RowData
  readonly answers: readonly unknown[]
  /** The questions, about the row itself. */
  readonly questions: readonly Question[]
  /** The properties of the row that were looked at. */
  readonly properties: ReadonlySet<string>
}

const ownName = 'plinth_row'

/** The statements that read and write one row by what is beside it. */
export class ForeseenStatements {
  readonly #dataSource: ModelDataSource
  readonly #metadata: EntityMetadata
  readonly #row: Selection<EntityRow>
  readonly #runner: QueryRunner | undefined
  readonly #counting: readonly [before: string, after: string]
  readonly #locked: readonly Predicate[]

  private constructor(call: ForeseenCall, row: Selection<EntityRow>, counting: readonly [string, string]) {
    this.#dataSource = call.manager.dataSource
    this.#metadata = call.metadata
    this.#row = row
    this.#runner = internalsOf(call.builder).queryRunner
    this.#counting = counting
    this.#locked = lockedConditions(call.model)
  }

  /** Undefined where the engine needs more statements. */
  static of(call: ForeseenCall): ForeseenStatements | undefined {
    const { manager, model, id } = call
    const counting = nextNumberText(manager.dataSource)
    const rows = manager.getRepository<EntityRow>(model.entity).select()
    return counting && new ForeseenStatements(call, rows.byId(id), counting)
  }

  /** Reads the row with the answers to questions about it. */
  async read(questions: readonly Question[]): Promise<Pick<Beside, 'row' | 'answers'> | undefined> {
    const own = new TableStatement(this.#dataSource, this.#metadata, ownName)
    const names = columnNames(this.#metadata)
    const columns = names.map((name) => `${ownName}.${this.#escaped(name)}`)
    const asked = questions.map((question) => own.question(question, ...this.#locked))
    const statement = this.#text(own, `SELECT ${[...columns, ...asked].join(', ')} FROM ${own.table} AS ${ownName}`)
    if (!addRowsCondition(this.#dataSource, this.#row, statement.add(' WHERE '))) return undefined
    const raw = await this.#send(statement)
    const [found] = raw.rows
    if (!found) return undefined
    const record = Object.fromEntries(names.map((name, index) => [name, parsed(raw, found, index)]))
    const answers = answersIn(this.#metadata, questions, raw, names.length)
    return { row: rowReading(this.#metadata).rowFrom(record), answers }
  }

  /** Takes the next number of a counter, and locks it. */
  async count(key: string): Promise<number> {
    const [before, after] = this.#counting
    const raw = await this.#send(new StatementText(this.#dataSource.driver, before).bind(key).add(after))
    return Number(raw.rows[0]?.[0])
  }

  /**
   * Writes the row, where it and all beside it is as it was.
   * @returns false where it is not; undefined where the row cannot be written so, or the database refuses it.
   */
  async write({ values, ...seen }: Beside & { readonly values: RowData }): Promise<boolean | undefined> {
    const known = new TableStatement(this.#dataSource, this.#metadata)
    const as = this.#asSeen(seen)
    const statement = new StatementText(this.#dataSource.driver, `UPDATE ${known.table} SET `)
    if (!as || !addAssignments(this.#dataSource, this.#metadata, values, statement)) return undefined
    if (!addRowsCondition(this.#dataSource, this.#row, statement.add(' WHERE '))) return undefined
    known.addTo(
      statement,
      `${known.where(as).replace(/^ WHERE/, ' AND')}${this.#answered(known, seen)}`,
      boundBy(this.#dataSource),
    )
    try {
      const { affected } = await this.#send(statement)
      return affected === 1
    } catch (error) {
      // The unit is undone, and whoever looks closer knows what to say.
      if (isServerError(error) && !isTimeout(error)) return undefined
      throw error
    }
  }

  /** The condition that the row is as it was, as far as somebody has looked; undefined where that cannot be told. */
  #asSeen({ row, properties }: Pick<Beside, 'row' | 'properties'>): Predicate | undefined {
    const values = [...properties].map((property) => [property, row[property] ?? null] as const)
    const isTold = values.every(([property, value]) => columnOf(this.#metadata, property) && isOperand(value))
    return isTold ? matching(Object.fromEntries(values) as Readonly<Record<string, Operand | null>>) : undefined
  }

  /** The condition that what was asked has the same answers. */
  #answered(statement: TableStatement, { questions, answers }: Pick<Beside, 'questions' | 'answers'>): string {
    // Where units take turns nobody has written since the unit began.
    if (takesTurns(this.#dataSource)) return ''
    return answeredTerms(statement, questions, answers, this.#locked)
      .map((term) => ` AND ${term}`)
      .join('')
  }

  #text(own: TableStatement, sql: string): StatementText {
    const statement = new StatementText(this.#dataSource.driver, '')
    own.addTo(statement, sql, boundBy(this.#dataSource))
    return statement
  }

  #escaped(name: string): string {
    return this.#dataSource.driver.escape(name)
  }

  #send(statement: StatementText) {
    return runRead(this.#dataSource, preparedStatement(this.#dataSource, statement, true), this.#runner, 'master')
  }
}

const isOperand = (value: unknown): boolean =>
  value === null || value instanceof Date || ['string', 'number', 'boolean'].includes(typeof value)
