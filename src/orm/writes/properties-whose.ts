import type { Column } from '../../model/column.js'
import type { Model } from '../../model/model.js'

/** Finds the properties whose columns pass a test, once for each model. */
export function propertiesWhose(test: (column: Column) => boolean): (model: Model) => readonly string[] {
  const found = new WeakMap<Model, readonly string[]>()
  return (model) => {
    const known = found.get(model)
    if (known) return known
    const properties = Object.entries(model.columns).flatMap(([property, column]) => (test(column) ? [property] : []))
    found.set(model, properties)
    return properties
  }
}
