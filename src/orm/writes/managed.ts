import { ValidationError } from '../../errors/exceptions.js'
import type { RowData } from '../../model/matches.js'
import type { Model } from '../../model/model.js'
import { propertiesWhose } from './properties-whose.js'
import { refusedUnmanaged } from './refusals.js'

/** The properties that rules and verbs alone may write. */
export const managedProperties = propertiesWhose(({ managed }) => managed === true)

/** What a caller gives, without what rules and verbs alone may write. */
export function withoutManaged(model: Model, given: RowData): RowData {
  const managed = managedProperties(model)
  return Object.fromEntries(Object.entries(given).filter(([property]) => !managed.includes(property)))
}

/**
 * Refuses to write properties past the rules of their entity that a save of who has read the row before would write back.
 * @throws {DefinitionError} `E_UNRULED_WRITE`
 */
export function requireManaged(model: Model, values: RowData): void {
  const managed = managedProperties(model)
  const name = Object.keys(values).find((property) => !managed.includes(property))
  if (name !== undefined) throw refusedUnmanaged(model, name)
}

/**
 * Refuses updates of properties that rules and verbs alone may write.
 * @throws {ValidationError} `MANAGED`, naming the properties.
 */
export function refuseManaged(model: Model, given: RowData): void {
  const named = managedProperties(model).filter((property) => given[property] !== undefined)
  if (named.length === 0) return
  const traits = new Set(named.map((property) => model.columns[property]?.contributor.trait))
  throw new ValidationError(
    `${named.join(', ')} is written by the rules and verbs of ${[...traits].join(', ')} alone.`,
    {
      errorCode: 'MANAGED',
      names: named,
      errors: named.map((property) => ({ pointer: `#/${property}`, code: 'managed', message: 'cannot be set' })),
    },
  )
}
