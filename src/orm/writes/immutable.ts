import { ValidationError } from '../../errors/exceptions.js'
import type { RowData } from '../../model/matches.js'
import type { Model } from '../../model/model.js'
import { propertiesWhose } from './properties-whose.js'

const immutableProperties = propertiesWhose(({ immutable }) => immutable === true)

/**
 * Refuses changes of columns that never change.
 * @throws {ValidationError} `IMMUTABLE`, naming the properties.
 */
export function refuseImmutable(model: Model, given: RowData): void {
  const changed = immutableProperties(model).filter((property) => given[property] !== undefined)
  if (changed.length === 0) return
  const subject = changed.join(', ')
  throw new ValidationError(`${subject} cannot be changed once the ${model.name} exists.`, {
    errorCode: 'IMMUTABLE',
    names: changed,
    errors: changed.map((property) => ({
      pointer: `#/${property}`,
      code: 'immutable',
      message: 'cannot be changed',
    })),
  })
}
