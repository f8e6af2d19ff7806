import type { EntityMetadata } from 'typeorm'
import { type Awaitable, andThen } from '../../../helpers/awaitable.js'
import type { ModelDataSource } from '../../data-source.js'
import type { EngineType } from '../../dialects/engines.js'
import type { EntityRow } from '../../entity-row.js'
import { runRead } from '../../reads/run-read.js'
import type { Selection } from '../../selection.js'
import { escapedPath } from '../../table-names.js'
import { EntityReader } from './entity-reader.js'
import { addRowsCondition } from './rows-condition.js'
import { preparedStatement } from './send.js'
import { StatementText } from './statement-text.js'
import { unchangedOf } from './unchanged.js'

/** Whether a row may be written, as it is before; anything but `true` leaves it to who looks closer. */
export type RowDecision = (row: EntityRow) => unknown

/** Adds to the condition of a statement that a row is as it was when it was decided about. */
export type AsDecided = (statement: StatementText) => void

const known = new WeakMap<EntityMetadata, EntityReader>()

/**
 * What makes entities of rows that are decided about. Its statements may have a column more than those of other readers, whose
 * types would be looked at again each time.
 */
export function decidingReader(dataSource: ModelDataSource, metadata: EntityMetadata): EntityReader {
  const reader = known.get(metadata) ?? new EntityReader(dataSource, metadata)
  known.set(metadata, reader)
  return reader
}

/** Whether the rows of a data source can be decided about and written without a unit of work. */
export function canDecide({ options }: ModelDataSource): boolean {
  return unchangedOf(options.type as EngineType) !== undefined
}

/**
 * Reads the row of a selection of which an `EntityReader` can be made, and asks whether it may be written. What is written on
 * the condition that this gives is the row that was decided about, so that nothing has to be locked in between.
 * @returns undefined where it may not, or there is none.
 */
export function allowedRow(
  row: Selection<EntityRow>,
  decide: RowDecision,
  past?: readonly string[],
): Awaitable<AsDecided | undefined> {
  const { metadata, manager } = row.repository
  const { dataSource } = manager
  const unchanged = unchangedOf(dataSource.options.type as EngineType)
  const reader = decidingReader(dataSource, metadata)
  const table = escapedPath(dataSource, metadata)
  const statement = new StatementText(
    dataSource.driver,
    `SELECT ${reader.names}${unchanged?.read} FROM ${table} WHERE `,
  )
  if (!unchanged || !addRowsCondition(dataSource, row, statement, past)) return undefined
  return andThen(runRead(dataSource, preparedStatement(dataSource, statement, true), undefined, 'master'), (raw) => {
    const entity = reader.first(raw)
    if (!entity || decide(entity) !== true) return undefined
    return (written) => unchanged.add(written, { names: reader.columns, values: raw.rows[0]! })
  })
}
