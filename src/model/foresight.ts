import { ContextVariable } from '../helpers/context-variable.js'
import type { RowData } from './matches.js'
import type { Operand, Predicate } from './predicate.js'
import type { ChangesOf } from './rule.js'
import type { RuleContext } from './rule-context.js'
import type { Ordering } from './scope.js'

/** A question about the rows beside one: the value that a property has in the first of those that meet a condition. */
export interface Question {
  readonly property: string
  readonly where: Predicate
  /** Ties are not broken. */
  readonly order?: readonly Ordering[]
  /** How many rows come before the one that is meant. */
  readonly offset?: number
}

/**
 * How a verb writes one row by three statements. The row is read together with what it asks of the rows beside it, without
 * a lock; then the first of its locks is taken by counting it; then the row is written on the condition that it is as it
 * was, and that the questions have the same answers. Where that cannot be, nothing is written, and the verb is carried out
 * as if it had no foresight.
 */
export interface Foresight<I, R> {
  /**
   * The questions about a row; undefined where the call needs a closer look. It is asked before the row is known, with a
   * row whose values stand for those of the row in conditions, and again with the row itself.
   */
  asks(row: R, context: RuleContext<I>): readonly Question[] | undefined
  /**
   * What is written into the row, by the answers in the order of the questions, null where no row meets the condition.
   * Undefined where that takes a closer look; so does everything that has to be refused.
   */
  values(row: R, answers: readonly unknown[], context: RuleContext<I>): ChangesOf<R> | undefined
  /**
   * Hears which number the counter of the lock has reached, this call counted; false where the call must look closer.
   * It stands for `after` of the verb, which does not run.
   */
  counted?(number: number, row: R, context: RuleContext<I>): boolean
}

/** Stands for a value of a row in conditions that are written before the row is known. */
export class OwnValue extends ContextVariable<never> {
  readonly property: string

  constructor(property: string) {
    super(`own ${property}`)
    this.property = property
  }
}

/** Stands for the answer to a question in the condition of another one. */
export class AnswerTo extends ContextVariable<never> {
  readonly question: Question

  constructor(question: Question) {
    super('answer')
    this.question = question
  }
}

/** The answer to a question, for the condition of another one. */
export function answerTo(question: Question): Operand {
  return new AnswerTo(question)
}

/** A row, and which of its properties somebody has looked at. */
export interface LookedAt {
  readonly row: RowData
  readonly properties: ReadonlySet<string>
}

/** A row that is not known yet: each value stands for that of the row. */
export function rowToBe(): LookedAt {
  return looking({}, (property) => new OwnValue(property))
}

/** A row that notes what is looked at. */
export function watchedRow(row: RowData): LookedAt {
  return looking(row, (property) => row[property])
}

function looking(row: RowData, valueOf: (property: string) => unknown): LookedAt {
  const properties = new Set<string>()
  const seen = new Proxy<RowData>(row, {
    get: (_, property) => {
      if (typeof property !== 'string') return undefined
      properties.add(property)
      return valueOf(property)
    },
  })
  return { row: seen, properties }
}
