import type { EntityMetadata, ObjectLiteral } from 'typeorm'
import type { ModelDataSource } from '../../data-source.js'
import type { EntityRow } from '../../entity-row.js'
import type { Bindings } from '../../reads/binding.js'
import { readShape, slottedReading } from '../../reads/list-shape.js'
import { entityKey } from '../../reads/read-member.js'
import { Shape, Slots } from '../../reads/slot.js'
import { mainTable } from '../../scopes/conditions.js'
import type { ScopedUpdateQueryBuilder } from '../../scopes/scoped-update-query-builder.js'
import type { Selection } from '../../selection.js'
import { addCondition, type CompiledCondition, ConditionStore, cutAtParameters } from './compiled-condition.js'
import type { StatementText } from './statement-text.js'

const conditions = new ConditionStore()

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
  const reading = { selection, options: { conditions: [], keys: [] }, slice: { limit: 1 } }
  const shape = new Shape()
  const { metadata } = selection.repository
  shape.add(entityKey(metadata))
  const isPast = [...selection.parts.sight.without].some((scope) => !past.includes(scope))
  // A row past another scope is found, but not written.
  if (isPast || !readShape(reading, dataSource, shape)) return false
  const condition = conditions.of(dataSource, shape, () =>
    written(dataSource, metadata, slottedReading(reading, new Slots(shape)).selection),
  )
  if (!condition) return false
  addCondition(dataSource, condition, shape.values, statement)
  return true
}

/** Writes the condition once, under every scope, as an UPDATE has it. */
function written(
  dataSource: ModelDataSource,
  metadata: EntityMetadata,
  { parts: { sight } }: Selection<EntityRow>,
): CompiledCondition | undefined {
  const builder = dataSource.createQueryBuilder().update(metadata.target) as ScopedUpdateQueryBuilder<ObjectLiteral>
  const bindings: Bindings = new Map()
  Object.assign(builder, { guard: builder.guard.seeing(sight, metadata), bindings })
  const named = builder.guard.conditions(mainTable(builder)[0]!, builder).join(' AND ') || '1=1'
  if (Object.entries(builder.getParameters()).some(([name, value]) => !bindings.has(name) || Array.isArray(value))) {
    return undefined
  }
  return cutAtParameters(named, 'plinth_scope_', (name) => bindings.get(name)!)
}
