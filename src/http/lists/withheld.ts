import type { ColumnPath } from '../../orm/lists/column-path.js'
import type { WithheldFields } from '../query/query-reader.js'

/** Whether a path tells of a field that is withheld: the first on its way, or the key that its relation stands for. */
export function isWithheld({ text, relations, column }: ColumnPath, withheld: WithheldFields): boolean {
  const [first = ''] = text.split('.')
  return withheld.has(first) || (relations.length === 0 && withheld.has(column.propertyPath))
}
