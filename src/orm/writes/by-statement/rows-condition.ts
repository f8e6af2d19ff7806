import type { ObjectLiteral } from 'typeorm'
import type { ModelDataSource } from '../../data-source.js'
import type { EntityRow } from '../../entity-row.js'
import type { Bindings } from '../../reads/binding.js'
import { type Reading, readShape, slottedReading } from '../../reads/list-shape.js'
import { entityKey } from '../../reads/read-member.js'
import { Shape, Slots } from '../../reads/slot.js'
import { mainTable } from '../../scopes/conditions.js'
import type { ScopedUpdateQueryBuilder } from '../../scopes/scoped-update-query-builder.js'
import type { Selection } from '../../selection.js'
import { addCondition, type CompiledCondition, cutAtParameters } from './compiled-condition.js'
import { ShapeStore } from './shape-store.js'
import type { StatementText } from './statement-text.js'

const conditions = new ShapeStore<CompiledCondition>()

/**
 * Adds the condition of the rows of a selection to a statement; false where it is another one for other values.
 * @param past the scopes that what is done to the rows does not see.
 */
export function addRowsCondition(
  dataSource: ModelDataSource,
  selection: Selection<EntityRow>,
  statement: StatementText,
  past: readonly string[] = [],
): boolean {
  const shape = new Shape()
  shape.add(entityKey(selection.repository.metadata))
  if (!readRows(dataSource, selection, shape, past)) return false
  const condition = conditions.of(dataSource, shape, () => rowsCondition(dataSource, selection, shape))
  if (!condition) return false
  addCondition(dataSource, condition, shape.values, statement)
  return true
}

/** What of a selection its condition depends on. */
const readingOf = (selection: Selection<EntityRow>): Reading => ({
  selection,
  options: { conditions: [], keys: [] },
  slice: { limit: 1 },
})

/** Reads what the text of the condition of a selection is made of; false where it is another one for other values. */
export function readRows(
  dataSource: ModelDataSource,
  selection: Selection<EntityRow>,
  shape: Shape,
  past: readonly string[] = [],
): boolean {
  const { without } = selection.parts.sight
  // A row past another scope is found, but not written.
  for (const scope of without) if (!past.includes(scope)) return false
  return readShape(readingOf(selection), dataSource, shape)
}

/** Writes the condition of a selection whose shape was read once, under every scope, as an UPDATE has it. */
export function rowsCondition(
  dataSource: ModelDataSource,
  selection: Selection<EntityRow>,
  shape: Shape,
): CompiledCondition | undefined {
  const { metadata } = selection.repository
  const { sight } = slottedReading(readingOf(selection), new Slots(shape)).selection.parts
  const builder = dataSource.createQueryBuilder().update(metadata.target) as ScopedUpdateQueryBuilder<ObjectLiteral>
  const bindings: Bindings = new Map()
  Object.assign(builder, { guard: builder.guard.seeing(sight, metadata), bindings })
  const named = builder.guard.conditions(mainTable(builder)[0]!, builder).join(' AND ') || '1=1'
  if (Object.entries(builder.getParameters()).some(([name, value]) => !bindings.has(name) || Array.isArray(value))) {
    return undefined
  }
  return cutAtParameters(named, 'plinth_scope_', (name) => bindings.get(name)!)
}
