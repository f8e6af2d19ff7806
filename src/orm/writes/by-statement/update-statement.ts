import type { RowData } from '../../../model/matches.js'
import type { ModelDataSource } from '../../data-source.js'
import type { EntityRow } from '../../entity-row.js'
import { entityKey } from '../../reads/read-member.js'
import { Shape } from '../../reads/slot.js'
import type { Selection } from '../../selection.js'
import { escapedPath } from '../../table-names.js'
import type { Target } from '../write.js'
import { addAssignments, readAssignments } from './assignments.js'
import { addCondition, boundValues, type CompiledCondition } from './compiled-condition.js'
import { readRows, rowsCondition } from './rows-condition.js'
import { ShapeStore } from './shape-store.js'
import { StatementText } from './statement-text.js'

/** An UPDATE that was written once, for all that set the same properties of rows that are looked at alike. */
interface UpdateTemplate {
  readonly sql: string
  readonly condition: CompiledCondition
}

const templates = new ShapeStore<UpdateTemplate>()

/** The rows that an UPDATE writes, and what it sets. */
export interface WrittenRow {
  readonly row: Selection<EntityRow>
  readonly values: RowData
  /** The scopes that what is done to the row does not see. */
  readonly past?: readonly string[] | undefined
}

/**
 * The UPDATE that writes values to a row; undefined where a statement cannot write it.
 * @param returned what stands behind it.
 */
export function updateStatement(
  dataSource: ModelDataSource,
  { metadata }: Target,
  written: WrittenRow,
  returned: string,
): StatementText | undefined {
  const shape = new Shape()
  shape.add(entityKey(metadata))
  shape.add(returned)
  const parameters = readAssignments(dataSource, metadata, written.values, shape)
  if (!parameters || !readRows(dataSource, written.row, shape, written.past)) return undefined
  const template = templates.of(dataSource, shape, () => templateOf(dataSource, written, returned, shape))
  if (!template) return undefined
  for (const value of boundValues(dataSource, template.condition, shape.values)) parameters.push(value)
  return new StatementText(dataSource.driver, template.sql, parameters)
}

function templateOf(
  dataSource: ModelDataSource,
  { row, values }: WrittenRow,
  returned: string,
  shape: Shape,
): UpdateTemplate | undefined {
  const { metadata } = row.repository
  const condition = rowsCondition(dataSource, row, shape)
  const statement = new StatementText(dataSource.driver, `UPDATE ${escapedPath(dataSource, metadata)} SET `)
  if (!condition || !addAssignments(dataSource, metadata, values, statement)) return undefined
  addCondition(dataSource, condition, shape.values, statement.add(' WHERE '))
  return { sql: statement.add(returned).sql, condition }
}
