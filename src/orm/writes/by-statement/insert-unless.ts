import type { ObjectLiteral } from 'typeorm'
import type { ModelDataSource } from '../../data-source.js'
import type { InsertPlan } from '../insert-plan.js'
import { addAbsence, addPresence } from './absence-condition.js'
import { type AddCondition, addConditions, addLocks } from './add-locks.js'
import { addAnswered } from './answers.js'
import type { ReadyValues } from './asked-values.js'
import type { BoundInsert } from './known-rows.js'
import { StatementText } from './statement-text.js'
import type { ValueList } from './value-list.js'

/** What stands in a SELECT for one column of a new row: one value, or none where nothing is bound. */
interface Term extends ValueList {
  readonly name: string
  readonly around: readonly [string, string]
}

/**
 * An INSERT of one row that writes it only where some rows are not there, under the locks that keep it so; undefined where
 * a value is more than a bound one, or the engine cannot make sure of it.
 */
export function insertUnless(
  dataSource: ModelDataSource,
  plan: InsertPlan,
  row: ObjectLiteral,
  proposed: ReadyValues,
): BoundInsert | undefined {
  const { underLocks } = plan.inserts
  if (!underLocks && proposed.absent.length + proposed.locks.length > 0) return undefined
  const terms = termsOf(plan, row)
  if (!terms) return undefined
  const statement = new StatementText(dataSource.driver, '')
  const conditions = addLocks(
    dataSource,
    underLocks,
    proposed,
    conditionsOf(dataSource, proposed, statement),
    statement,
  )
  if (!conditions) return undefined
  statement.add(`INSERT INTO ${plan.table}(${terms.map(({ name }) => name).join(', ')}) `)
  const lists = terms.filter(({ values }) => values.length > 0)
  if (!underLocks || conditions.length === 0) {
    return { statement: addTerms(statement.add('VALUES ('), terms).add(')'), lists }
  }
  addTerms(statement.add('SELECT '), terms).add(` ${underLocks.from}`)
  return addConditions(conditions, ' WHERE ', statement) ? { statement, lists } : undefined
}

/** What must be true of other rows where a row is written with what is proposed for it. */
export function conditionsOf(
  dataSource: ModelDataSource,
  { absent, present, answered }: ReadyValues,
  statement: StatementText,
): AddCondition[] {
  const conditions = absent.map(
    (rows): AddCondition =>
      () =>
        addAbsence(dataSource, rows, statement),
  )
  if (present) conditions.push(() => addPresence(dataSource, present, statement))
  if (answered) conditions.push(() => addAnswered(dataSource, answered, statement))
  return conditions
}

function addTerms(statement: StatementText, terms: readonly Term[]): StatementText {
  for (const [index, { around, values }] of terms.entries()) {
    statement.add(index === 0 ? around[0] : `, ${around[0]}`)
    if (values.length > 0) statement.bind(values[0])
    statement.add(around[1])
  }
  return statement
}

function termsOf({ columns, inserts }: InsertPlan, row: ObjectLiteral): readonly Term[] | undefined {
  const terms: Term[] = []
  for (const { column, valueOf, prepared, absent, around, name } of columns) {
    const given = valueOf(row)
    // Text of SQL may name parameters of its builder.
    if (typeof given === 'function') return undefined
    const value = prepared(given)
    if (value === undefined) {
      // A SELECT has no word for the default of a column, and a column that is not named gets it.
      if (absent !== 'DEFAULT') terms.push({ column, name, around: [absent, ''], values: [] })
      continue
    }
    const bound = inserts.bound(value, column)
    if (bound === undefined) return undefined
    terms.push({ column, name, around, values: [bound] })
  }
  return terms.length > 0 ? terms : undefined
}
