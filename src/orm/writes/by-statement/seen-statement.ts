import { AppException } from '../../../errors/app-exception.js'
import { type Awaitable, andThen } from '../../../helpers/awaitable.js'
import { copied } from '../../../helpers/copied.js'
import { evaluated } from '../../../model/expression.js'
import type { RowData } from '../../../model/matches.js'
import type { ModelDataSource } from '../../data-source.js'
import type { EntityRow } from '../../entity-row.js'
import type { Selection } from '../../selection.js'
import { escapedPath } from '../../table-names.js'
import { withDocuments } from '../expressions.js'
import { columnNames, rowOf } from '../stored-rows.js'
import type { Target } from '../write.js'
import { type AddCondition, addConditions, addLocks } from './add-locks.js'
import { type AsDecided, allowedRow, canDecide, decidingReader, type RowDecision } from './allowed-row.js'
import { askedValues, type ReadyValues } from './asked-values.js'
import { addAssignments } from './assignments.js'
import { type HowDecided, writtenBy } from './decided-statement.js'
import { entityReaderOf } from './entity-reader.js'
import { conditionsOf } from './insert-unless.js'
import { canProposeFor, type ProposedValues, proposing } from './proposed-values.js'
import { addRowsCondition } from './rows-condition.js'
import { StatementText } from './statement-text.js'
import { isAsGiven, type LoneWrite, passesBy } from './why-rows.js'

/** A write whose values depend on the row as it is. */
export interface SeeingWrite extends Pick<LoneWrite, 'values' | 'context' | 'passes'> {
  /** What the caller gave. */
  readonly given: RowData
}

/**
 * The statement that writes a row of a selection, once it is read: with what is computed of it, and with what rules propose where it
 * comes into sight, on the condition that it is still so and that no row is in the way. Undefined where a rule has to look at other
 * rows, or a statement cannot write it.
 * @param decide whether the row may be written, if that is asked.
 */
export function seenStatement(
  row: Selection<EntityRow>,
  decide: RowDecision | undefined,
  write: SeeingWrite,
  { past, returned = '' }: HowDecided,
): Awaitable<StatementText | undefined> {
  const { dataSource, ...target } = writtenBy(row)
  // A unit locks what it sees, behind the locks of rules.
  if (dataSource.isInUnit) return undefined
  if (!isReadWhole(dataSource, target) || (write.passes && !canProposeFor(dataSource, target.model, write.values)))
    return undefined
  let seen: ProposedValues | undefined
  const look = (entity: EntityRow): boolean => {
    if (decide && decide(entity) !== true) return false
    seen = valuesFor(dataSource, target, entity, write)
    return seen !== undefined
  }
  return andThen(allowedRow(row, look, past), (asDecided) => {
    const ready = asDecided && seen && askedValues(dataSource, target, seen, false)
    return andThen(ready, (proposed) => {
      const statement = proposed && asDecided && updateUnless(row, proposed, { past, asDecided })
      return statement?.add(returned)
    })
  })
}

/** Whether a row can be read before it is written, with all that rules may look at. */
function isReadWhole(dataSource: ModelDataSource, { metadata }: Target): boolean {
  if (!canDecide(dataSource) || !entityReaderOf(dataSource, metadata)) return false
  const names = new Set(decidingReader(dataSource, metadata).read.map(({ databaseName }) => databaseName))
  return columnNames(metadata).every((name) => names.has(name))
}

function valuesFor(
  dataSource: ModelDataSource,
  target: Target,
  entity: EntityRow,
  write: SeeingWrite,
): ProposedValues | undefined {
  const before = rowOf(target.metadata, entity)
  const { given } = write
  try {
    const values = withDocuments(write.values, before)
    const computed = evaluated(values, before)
    if (!isAsGiven(dataSource, target, computed)) return undefined
    if (!passesBy(target, computed)) return { values, absent: [], locks: [], counts: [], asking: [] }
    if (!canProposeFor(dataSource, target.model, computed)) return undefined
    const row = copied(before, rowOf(target.metadata, computed))
    const propose = proposing(dataSource, target, { now: write.context.now, isNumbered: false })
    const proposed = propose({ before, row, given })
    if (!proposed || !isAsGiven(dataSource, target, proposed.values)) return undefined
    return { ...proposed, values: copied(values, proposed.values) }
  } catch (error) {
    // Whoever looks says what is refused.
    if (error instanceof AppException) return undefined
    throw error
  }
}

/** How a row is known again. */
interface KnownAgain {
  readonly past: readonly string[] | undefined
  readonly asDecided: AsDecided
}

/** An UPDATE that writes a row only where it is as it was and some rows are not there, under the locks that keep it so. */
function updateUnless(
  row: Selection<EntityRow>,
  proposed: ReadyValues,
  { past, asDecided }: KnownAgain,
): StatementText | undefined {
  const { dataSource, metadata } = writtenBy(row)
  const statement = new StatementText(dataSource.driver, '')
  const table = escapedPath(dataSource, metadata)
  const isSame: AddCondition = () => {
    if (!addRowsCondition(dataSource, row, statement, past)) return false
    asDecided(statement)
    return true
  }
  const conditions = conditionsOf(dataSource, proposed, statement)
  if (proposed.counts.length > 0) {
    conditions.push(() => {
      statement.add(`EXISTS (SELECT 1 FROM ${table} WHERE `)
      const isAdded = isSame()
      statement.add(')')
      return isAdded
    })
  }
  const held = addLocks(dataSource, dataSource.dialect.inserts.underLocks, proposed, conditions, statement)
  if (!held || !addAssignments(dataSource, metadata, proposed.values, statement.add(`UPDATE ${table} SET `)))
    return undefined
  return addConditions([isSame, ...held], ' WHERE ', statement) ? statement : undefined
}
