import type { EntityMetadata } from 'typeorm'
import { all, type Predicate } from '../../../model/predicate.js'
import type { ModelDataSource } from '../../data-source.js'
import { predicateSql } from '../../predicate-sql.js'
import type { Binding } from '../../reads/binding.js'
import { readPredicate, slotted } from '../../reads/predicate-shape.js'
import { entityKey } from '../../reads/read-member.js'
import { Shape, Slots } from '../../reads/slot.js'
import { columnOf, columnTerm } from '../../schema/column-terms.js'
import { escapedPath } from '../../table-names.js'
import { addCondition, type CompiledCondition, cutAtParameters } from './compiled-condition.js'
import { ShapeStore } from './shape-store.js'
import type { StatementText } from './statement-text.js'

/** Rows of a table that must not be there. */
export interface AbsentRows {
  readonly metadata: EntityMetadata
  readonly where: Predicate
}

const conditions = new ShapeStore<CompiledCondition>()
const prefix = 'plinth_absent_'

/** Adds that a row of a table meets a condition; false where the text of the condition depends on its values. */
export function addPresence(dataSource: ModelDataSource, rows: AbsentRows, statement: StatementText): boolean {
  return addAbsence(dataSource, rows, statement.add('NOT '))
}

/** Adds that no row of a table meets a condition; false where the text of the condition depends on its values. */
export function addAbsence(
  dataSource: ModelDataSource,
  { metadata, where }: AbsentRows,
  statement: StatementText,
): boolean {
  const shape = new Shape()
  shape.add(entityKey(metadata))
  if (!readPredicate(where, shape)) return false
  const condition = absenceCondition(dataSource, metadata, where, shape)
  if (!condition) return false
  statement.add(`NOT EXISTS (SELECT 1 FROM ${escapedPath(dataSource, metadata)} WHERE `)
  addCondition(dataSource, condition, shape.values, statement)
  statement.add(')')
  return true
}

/** The condition of a shape that no row of a table is to meet. */
export function absenceCondition(
  dataSource: ModelDataSource,
  metadata: EntityMetadata,
  where: Predicate,
  shape: Shape,
): CompiledCondition | undefined {
  return conditions.of(dataSource, shape, () => written(dataSource, metadata, slotted(where, new Slots(shape))))
}

function written(dataSource: ModelDataSource, metadata: EntityMetadata, where: Predicate): CompiledCondition {
  const bindings: Binding[] = []
  const bind = (binding: Binding): string => `:${prefix}${bindings.push(binding) - 1}`
  const condition = predicateSql(all(where), {
    dialect: dataSource.dialect,
    column: (property) => columnTerm(metadata, property, ''),
    value: (operand, property) => {
      const column = columnOf(metadata, property)
      return bind({ operand, ...(column && { column }) })
    },
    plain: (value) => bind({ operand: value }),
  })
  return cutAtParameters(condition, prefix, (name) => bindings[Number(name.slice(prefix.length))]!)
}
