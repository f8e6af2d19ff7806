import type { EntityMetadata } from 'typeorm'
import { type Awaitable, andThen } from '../../../helpers/awaitable.js'
import { lockedConditions } from '../../../model/context-values.js'
import type { Question } from '../../../model/foresight.js'
import type { Predicate } from '../../../model/predicate.js'
import type { ModelDataSource } from '../../data-source.js'
import type { EngineType } from '../../dialects/engines.js'
import { readEngineOf } from '../../reads/engines/engines.js'
import type { RawRows } from '../../reads/engines/read-engine.js'
import { runRead } from '../../reads/run-read.js'
import { columnOf } from '../../schema/column-terms.js'
import { TableStatement } from '../table-statement.js'
import type { Target } from '../write.js'
import { preparedStatement } from './send.js'
import { StatementText } from './statement-text.js'

/** Reads the answers to questions about rows of an entity, all from one snapshot; null where no row meets the condition. */
export function answersTo(
  dataSource: ModelDataSource,
  { model, metadata }: Target,
  questions: readonly Question[],
): Awaitable<readonly unknown[]> {
  const table = new TableStatement(dataSource, metadata)
  const asked = questions.map((question) => table.question(question, ...lockedConditions(model)))
  const statement = new StatementText(dataSource.driver, '')
  table.addTo(statement, `SELECT ${asked.join(', ')}`, boundBy(dataSource))
  const read = runRead(dataSource, preparedStatement(dataSource, statement, true), undefined, 'master')
  return andThen(read, (raw) => answersIn(metadata, questions, raw, 0))
}

/** Answers that a statement has read, as entities hold them. @param from the place of the first among what was read. */
export function answersIn(
  metadata: EntityMetadata,
  questions: readonly Question[],
  raw: RawRows,
  from: number,
): readonly unknown[] {
  const [row = []] = raw.rows
  const { driver } = metadata.dataSource
  return questions.map(({ property }, index) => {
    const value = parsed(raw, row, from + index)
    return driver.prepareHydratedValue(value, columnOf(metadata, property)!) as unknown
  })
}

/** Conditions that questions have the same answers, written by the statement that is given. */
export function answeredTerms(
  statement: TableStatement,
  questions: readonly Question[],
  answers: readonly unknown[],
  locked: readonly Predicate[],
): readonly string[] {
  return questions.map((question, index) => {
    const answer = answers[index] ?? null
    const asked = statement.question(question, ...locked)
    return `${asked} ${answer === null ? 'IS NULL' : `= ${statement.bind(answer, question.property)}`}`
  })
}

/** Questions about rows of an entity with the answers they had. */
export interface Answered {
  readonly target: Target
  readonly questions: readonly Question[]
  readonly answers: readonly unknown[]
}

/** Adds to a statement that the answers are still the same. */
export function addAnswered(
  dataSource: ModelDataSource,
  { target, questions, answers }: Answered,
  statement: StatementText,
): boolean {
  const table = new TableStatement(dataSource, target.metadata)
  const terms = answeredTerms(table, questions, answers, lockedConditions(target.model))
  table.addTo(statement, terms.join(' AND '), boundBy(dataSource))
  return true
}

/** How the driver of a data source is given values. */
export function boundBy({ options }: ModelDataSource): (value: unknown) => unknown {
  const engine = readEngineOf(options.type as EngineType)
  return (value) => engine.bound(value)
}

/** A value as the driver gives it where it is not asked for text. */
export function parsed({ types, parserOf }: RawRows, row: readonly unknown[], index: number): unknown {
  const [value, type] = [row[index], types?.[index]]
  return typeof value === 'string' && type !== undefined && parserOf ? parserOf(type)(value) : value
}
