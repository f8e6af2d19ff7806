import type { EntityMetadata } from 'typeorm'
import { valueOf } from '../../model/operand.js'
import type { Operand } from '../../model/predicate.js'
import type { Binding } from '../reads/binding.js'
import { columnOf } from '../schema/column-terms.js'
import type { Guarded } from './guard.js'
/** Binds a value of a property to a statement, as its column stores it, and gives what stands for it in the text. */
export function bind(builder: Guarded, metadata: EntityMetadata, property: string, operand: Operand): string {
  const column = columnOf(metadata, property)
  const value = valueOf(operand)
  const stored: unknown = column ? metadata.dataSource.driver.preparePersistentValue(value, column) : value
  return bindValue(builder, stored, { operand, ...(column && { column }) })
}

let bound = 0

/** Names are unique in the process, because the text of one query may become part of another. */
export function bindValue(builder: Guarded, value: unknown, binding?: Binding): string {
  const name = `plinth_scope_${++bound}`
  builder.setParameter(name, value)
  if (binding) builder.bindings?.set(name, binding)
  return `:${name}`
}
