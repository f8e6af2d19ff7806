import { type Awaitable, andThen } from '../../../helpers/awaitable.js'
import type { Id } from '../../../model/verb.js'
import type { ModelDataSource } from '../../data-source.js'
import type { EntityRow } from '../../entity-row.js'
import { parseId } from '../../parse-id.js'
import type { Selection } from '../../selection.js'
import { escapedPath } from '../../table-names.js'
import type { Target } from '../write.js'
import { allowedRow, canDecide, type RowDecision } from './allowed-row.js'
import { entityReaderOf } from './entity-reader.js'
import { addRowsCondition } from './rows-condition.js'
import { sendWrite } from './send.js'
import { StatementText } from './statement-text.js'

/** The key of a row as it is stored. */
export const keyIn = ({ metadata }: Target, id: Id): unknown => parseId(metadata, id)

/** The entity whose rows a selection is of. */
export function writtenBy({ repository }: Selection<EntityRow>): Target & { readonly dataSource: ModelDataSource } {
  const { metadata, model, manager } = repository
  return { metadata, model, dataSource: manager.dataSource }
}

/**
 * The statement that writes a row, once it is decided that the row may be written; undefined where it may not, or a
 * statement cannot write it.
 * @param written is told what stands behind the statement.
 */
export function decidedStatement(
  row: Selection<EntityRow>,
  decide: RowDecision | undefined,
  written: (returned: string) => StatementText | undefined,
  { past, returned = '' }: HowDecided = {},
): Awaitable<StatementText | undefined> {
  const { dataSource, metadata } = writtenBy(row)
  if (!decide) return written(returned)
  if (!(canDecide(dataSource) && entityReaderOf(dataSource, metadata))) return undefined
  const statement = written('')
  if (!statement) return undefined
  return andThen(allowedRow(row, decide, past), (asDecided) => {
    asDecided?.(statement)
    return asDecided && statement.add(returned)
  })
}

/** How a row that is decided about is written. */
export interface HowDecided {
  /** The scopes that what is done to the row does not see. */
  readonly past?: readonly string[] | undefined
  /** What stands behind the statement: what it returns. */
  readonly returned?: string
}

/** The DELETE that removes a row. */
export function removalStatement(
  dataSource: ModelDataSource,
  { metadata }: Target,
  row: Selection<EntityRow>,
  past?: readonly string[],
): StatementText | undefined {
  const statement = new StatementText(dataSource.driver, `DELETE FROM ${escapedPath(dataSource, metadata)} WHERE `)
  return addRowsCondition(dataSource, row, statement, past) ? statement : undefined
}

/** Sends a statement, and tells how many rows it has written; undefined where the database refuses it. */
export function affectedBy(dataSource: ModelDataSource, statement: StatementText): Awaitable<number | undefined> {
  return andThen(sendWrite(dataSource, statement), (raw) => raw && (raw.affected ?? 0))
}
