import type { ObjectLiteral } from 'typeorm'
import type { ModelDataSource } from '../../data-source.js'
import type { InsertPlan } from '../insert-plan.js'
import { addAbsence, addPresence } from './absence-condition.js'
import { addLocks } from './add-locks.js'
import type { ProposedValues } from './proposed-values.js'
import { StatementText } from './statement-text.js'

/** What stands in a SELECT for one column of a new row. */
interface Term {
  readonly name: string
  readonly around: readonly [string, string]
  /** Absent where it is no value that is bound. */
  readonly bound?: { readonly value: unknown }
}

/**
 * An INSERT of one row that writes it only where some rows are not there, under the locks that keep it so; undefined where
 * a value is more than a bound one, or the engine cannot make sure of it.
 */
export function insertUnless(
  dataSource: ModelDataSource,
  plan: InsertPlan,
  row: ObjectLiteral,
  { absent, locks, present }: ProposedValues,
): StatementText | undefined {
  const { underLocks } = plan.inserts
  if (!underLocks && absent.length + locks.length > 0) return undefined
  const terms = termsOf(plan, row)
  if (!terms) return undefined
  const statement = new StatementText(dataSource.driver, '')
  const conditions = addLocks(dataSource, underLocks, locks, statement)
  for (const rows of absent) conditions.push(() => addAbsence(dataSource, rows, statement))
  if (present) conditions.push(() => addPresence(dataSource, present, statement))
  statement.add(`INSERT INTO ${plan.table}(${terms.map(({ name }) => name).join(', ')}) `)
  if (!underLocks || conditions.length === 0) return addTerms(statement.add('VALUES ('), terms).add(')')
  addTerms(statement.add('SELECT '), terms).add(` ${underLocks.from}`)
  const isAdded = conditions.every((add, index) => {
    statement.add(index === 0 ? ' WHERE ' : ' AND ')
    return add()
  })
  return isAdded ? statement : undefined
}

function addTerms(statement: StatementText, terms: readonly Term[]): StatementText {
  for (const [index, { around, bound }] of terms.entries()) {
    statement.add(index === 0 ? around[0] : `, ${around[0]}`)
    if (bound) statement.bind(bound.value)
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
      if (absent !== 'DEFAULT') terms.push({ name, around: [absent, ''] })
      continue
    }
    const bound = inserts.bound(value, column)
    if (bound === undefined) return undefined
    terms.push({ name, around, bound: { value: bound } })
  }
  return terms.length > 0 ? terms : undefined
}
