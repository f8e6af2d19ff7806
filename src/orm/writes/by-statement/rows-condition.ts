import { type EntityMetadata, type ObjectLiteral } from 'typeorm'
import { valueOf } from '../../../model/operand.js'
import type { ModelDataSource } from '../../data-source.js'
import type { EngineType } from '../../dialects/engines.js'
import type { EntityRow } from '../../entity-row.js'
import type { Binding, Bindings } from '../../reads/binding.js'
import { readEngineOf } from '../../reads/engines/engines.js'
import { readShape, slottedReading } from '../../reads/list-shape.js'
import { Shape, Slot, Slots } from '../../reads/slot.js'
import { mainTable } from '../../scopes/conditions.js'
import type { ScopedUpdateQueryBuilder } from '../../scopes/scoped-update-query-builder.js'
import type { Selection } from '../../selection.js'
import type { StatementText } from './statement-text.js'

/** The condition of the rows of a selection, in a statement that writes them: what stands between its values. */
interface RowsCondition {
  readonly texts: readonly string[]
  readonly bindings: readonly Binding[]
}

/** The most conditions that are kept of one data source. */
const mostKept = 500

const known = new WeakMap<ModelDataSource, Map<string, RowsCondition | null>>()

/** Adds the condition of the rows of a selection to a statement; false where it is another one for other values. */
export function addRowsCondition(
  dataSource: ModelDataSource,
  selection: Selection<EntityRow>,
  statement: StatementText,
): boolean {
  const reading = { selection, options: { conditions: [], keys: [] }, slice: { limit: 1 } }
  const shape = new Shape()
  const { metadata } = selection.repository
  shape.add(metadata.name)
  // A row past a scope is found, but not written.
  if (selection.parts.sight.without.size > 0 || !readShape(reading, dataSource, shape)) return false
  const kept = known.get(dataSource) ?? new Map<string, RowsCondition | null>()
  known.set(dataSource, kept)
  let condition = kept.get(shape.key)
  if (condition === undefined) {
    const slotted = slottedReading(reading, new Slots(shape)).selection
    condition = written(dataSource, metadata, slotted) ?? null
    if (kept.size >= mostKept) kept.clear()
    kept.set(shape.key, condition)
  }
  if (!condition) return false
  const engine = readEngineOf(dataSource.options.type as EngineType)
  for (const [index, text] of condition.texts.entries()) {
    statement.add(text)
    const binding = condition.bindings[index]
    if (!binding) continue
    const { operand, column } = binding
    const value: unknown = operand instanceof Slot ? shape.values[operand.index] : valueOf(operand)
    const stored: unknown = column ? dataSource.driver.preparePersistentValue(value, column) : value
    statement.bind(engine.bound(stored))
  }
  return true
}

/** Writes the condition once, under every scope, as an UPDATE has it. */
function written(
  dataSource: ModelDataSource,
  metadata: EntityMetadata,
  { parts: { sight } }: Selection<EntityRow>,
): RowsCondition | undefined {
  const builder = dataSource.createQueryBuilder().update(metadata.target) as ScopedUpdateQueryBuilder<ObjectLiteral>
  const bindings: Bindings = new Map()
  Object.assign(builder, { guard: builder.guard.seeing(sight, metadata), bindings })
  const named = builder.guard.conditions(mainTable(builder)[0]!, builder).join(' AND ')
  if (Object.entries(builder.getParameters()).some(([name, value]) => !bindings.has(name) || Array.isArray(value))) {
    return undefined
  }
  const parts = named.split(/:(plinth_scope_\d+)/)
  return {
    texts: parts.filter((_, index) => index % 2 === 0),
    bindings: parts.filter((_, index) => index % 2 === 1).map((name) => bindings.get(name)!),
  }
}
