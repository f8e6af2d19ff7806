import { AppException } from '../../../errors/app-exception.js'
import { type Awaitable, andThen } from '../../../helpers/awaitable.js'
import { copied } from '../../../helpers/copied.js'
import type { RowData } from '../../../model/matches.js'
import type { ModelDataSource } from '../../data-source.js'
import type { EntityRow } from '../../entity-row.js'
import type { Selection } from '../../selection.js'
import { columnNames, rowOf } from '../stored-rows.js'
import { escapedPath } from '../table-statement.js'
import type { Target } from '../write.js'
import { addAbsence } from './absence-condition.js'
import { addLocks } from './add-locks.js'
import { allowedRow, canDecide, decidingReader, type RowDecision } from './allowed-row.js'
import { addAssignments } from './assignments.js'
import { type HowDecided, writtenBy } from './decided-statement.js'
import { entityReaderOf } from './entity-reader.js'
import { canPropose, type ProposedValues, proposing } from './proposed-values.js'
import { addRowsCondition } from './rows-condition.js'
import { StatementText } from './statement-text.js'
import { isAsGiven, type LoneWrite } from './why-rows.js'

/** A write by which a row comes into sight. */
export interface EnteringWrite extends LoneWrite {
  /** What the caller gave. */
  readonly given: RowData
}

/**
 * The statement that brings a row of a selection into sight: what rules propose for it as it is read, on the condition that it
 * is still so and that no row is in the way. Undefined where a rule has to look at other rows, or a statement cannot write it.
 * @param decide whether the row may be written, if that is asked.
 */
export function enteringStatement(
  row: Selection<EntityRow>,
  decide: RowDecision | undefined,
  write: EnteringWrite,
  { past, returned = '' }: HowDecided,
): Awaitable<StatementText | undefined> {
  const { dataSource, ...target } = writtenBy(row)
  if (!canPropose(target.model) || !isReadWhole(dataSource, target)) return undefined
  let proposed: ProposedValues | undefined
  const propose = (entity: EntityRow): boolean => {
    if (decide && decide(entity) !== true) return false
    proposed = proposedFor(dataSource, target, entity, write)
    return proposed !== undefined
  }
  return andThen(allowedRow(row, propose, past), (asDecided) => {
    const statement = asDecided && proposed && updateUnless(row, write.values, proposed, past)
    if (statement) asDecided(statement)
    return statement?.add(returned)
  })
}

/** Whether a row can be read before it is written, with all that rules may look at. */
function isReadWhole(dataSource: ModelDataSource, { metadata }: Target): boolean {
  if (!canDecide(dataSource) || !entityReaderOf(dataSource, metadata)) return false
  const names = new Set(decidingReader(dataSource, metadata).read.map(({ databaseName }) => databaseName))
  return columnNames(metadata).every((name) => names.has(name))
}

function proposedFor(
  dataSource: ModelDataSource,
  target: Target,
  entity: EntityRow,
  { values, given, context }: EnteringWrite,
): ProposedValues | undefined {
  const before = rowOf(target.metadata, entity)
  const row = copied(before, rowOf(target.metadata, values))
  try {
    const propose = proposing(dataSource, target, { now: context.now, isNumbered: false })
    const proposed = propose({ before, row, given })
    return proposed && isAsGiven(dataSource, target, proposed.values) ? proposed : undefined
  } catch (error) {
    // Whoever looks says what is refused.
    if (error instanceof AppException) return undefined
    throw error
  }
}

/** An UPDATE that writes a row only where some rows are not there, under the locks that keep it so. */
function updateUnless(
  row: Selection<EntityRow>,
  values: RowData,
  proposed: ProposedValues,
  past: readonly string[] | undefined,
): StatementText | undefined {
  const { dataSource, metadata } = writtenBy(row)
  const statement = new StatementText(dataSource.driver, '')
  const { underLocks } = dataSource.dialect.inserts
  const conditions = addLocks(dataSource, underLocks, proposed.locks, statement)
  for (const rows of proposed.absent) conditions.push(() => addAbsence(dataSource, rows, statement))
  statement.add(`UPDATE ${escapedPath(dataSource, metadata)} SET `)
  if (!addAssignments(dataSource, metadata, copied(values, proposed.values), statement)) return undefined
  if (!addRowsCondition(dataSource, row, statement.add(' WHERE '), past)) return undefined
  const isAdded = conditions.every((add) => {
    statement.add(' AND ')
    return add()
  })
  return isAdded ? statement : undefined
}
