import type { EntityMetadata, ObjectLiteral, QueryBuilder } from 'typeorm'
import { columnOf } from '../schema/column-terms.js'

type Builder = QueryBuilder<ObjectLiteral>

/** Binds a value of a property to a statement, as its column stores it, and gives what stands for it in the text. */
export function bind(builder: Builder, metadata: EntityMetadata, property: string, operand: Operand): string {
  const column = columnOf(metadata, property)
  const value = valueOf(operand)
  const stored: unknown = column ? metadata.dataSource.driver.preparePersistentValue(value, column) : value
  return bindValue(builder, stored, { operand, ...(column && { column }) })
}

let bound = 0

/** Names are unique in the process, because the text of one query may become part of another. */
export function bindValue(builder: Builder, value: unknown, binding?: Binding): string {
  const name = `plinth_scope_${++bound}`
  builder.setParameter(name, value)
  if (binding) builder.bindings?.set(name, binding)
  return `:${name}`
}
