import { UsageError } from '../errors/usage-error.js'
import { type Awaitable, andThen } from '../helpers/awaitable.js'
import { matches, type RowData } from '../model/matches.js'
import { isPredicate, matching, type Operand, type Predicate, relatedIn } from '../model/predicate.js'
import type { Values } from '../orm/selection.js'
import type { Call } from './call.js'
import type { Permission, RowTest } from './permission.js'

/** Values that the row must have, or a condition about it; null and false where the caller may have no row. */
export type RowCondition<E> = Values<E> | Predicate | null | false

/** The conditions that tests of rows ask. */
const conditions = new WeakMap<RowTest<never>, Predicate>()

/**
 * A rule about the row an action is for, as data: `rowWhere<{ ownerId: string }>('owner', ({ user }) => user && { ownerId: user.id })`.
 * It says what a `rowRule` with the same condition says. A statement can ask it too, so that a row is read, changed or
 * deleted under it by one, and nobody has to see the row before.
 * @throws {UsageError} `E_RULE_ANSWER`, when it is asked, where the condition has no value for a property, is about related rows,
 * or is none, so that nobody is let in by mistake.
 */
export function rowWhere<E>(name: string, condition: (call: Call) => Awaitable<RowCondition<E>>): Permission<E> {
  const decided = (answer: RowCondition<E>) =>
    answer === null || answer === false ? false : testOf(predicateOf(name, answer))
  return Object.freeze({ name, allows: (call: Call) => andThen(condition(call), decided), needsRow: true })
}

/** The test of a row that a condition stands for. */
export function testOf(condition: Predicate): RowTest<unknown> {
  const test = (row: unknown): boolean => matches(condition, row as RowData)
  conditions.set(test, condition)
  return test
}

/** What a test asks of a row, where it is a condition; undefined where only code knows. */
export function conditionOf(test: RowTest<never>): Predicate | undefined {
  return conditions.get(test)
}

function predicateOf(name: string, answer: object): Predicate {
  if (typeof answer !== 'object') throw mistaken(name, 'answered neither values nor a condition')
  if (isPredicate(answer)) {
    if (relatedIn(answer).length > 0) throw mistaken(name, 'asks about related rows, which are not loaded with the row')
    return answer
  }
  const values = Object.entries(answer as Readonly<Record<string, Operand | null | undefined>>)
  const [missing] = values.filter(([, value]) => value === undefined)
  if (missing) throw mistaken(name, `has no value for "${missing[0]}"`)
  if (values.length === 0) throw mistaken(name, 'names no property, so that every row would do')
  return matching(answer as Readonly<Record<string, Operand | null>>)
}

function mistaken(name: string, problem: string): UsageError {
  return new UsageError(
    'E_RULE_ANSWER',
    `The rule "${name}" ${problem}; it must answer values that the row must have, a condition about the row itself, null or false.`,
  )
}
