import type { ObjectLiteral } from 'typeorm'
import { lockTable } from '../../counters.js'
import type { ModelDataSource } from '../../data-source.js'
import type { InsertPlan } from '../insert-plan.js'
import { addAbsence, addPresence } from './absence-condition.js'
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
  const held = underLocks?.taken === 'by the statement' ? locks : []
  if (underLocks && held.length > 0) {
    const keys = held.map((key) => statement.placeholderOf(key))
    statement.add(underLocks.before(lockTable(dataSource), keys))
  }
  statement.add(`INSERT INTO ${plan.table}(${terms.map(({ name }) => name).join(', ')}) `)
  if (!underLocks || (held.length + absent.length === 0 && !present))
    return addTerms(statement.add('VALUES ('), terms).add(')')
  addTerms(statement.add('SELECT '), terms).add(` ${underLocks.from(held.length)}`)
  for (const [index, rows] of absent.entries()) {
    statement.add(index === 0 ? ' WHERE ' : ' AND ')
    if (!addAbsence(dataSource, rows, statement)) return undefined
  }
  if (!present) return statement
  statement.add(absent.length === 0 ? ' WHERE ' : ' AND ')
  return addPresence(dataSource, present, statement) ? statement : undefined
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
    const bound = inserts.bound ? inserts.bound(value, column) : value
    if (bound === undefined) return undefined
    terms.push({ name, around, bound: { value: bound } })
  }
  return terms.length > 0 ? terms : undefined
}
