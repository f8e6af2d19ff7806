import { lookupOf } from '../../model/lookup.js'
import type { Describe } from '../description/action-description.js'
import { lookupProperty } from './lookup-property.js'

const location = { description: 'The address of the row as it is called now.', schema: { type: 'string' } } as const

/** Where rows keep the names they have given up, every action of one answers 308 to who calls it by such a name. */
export const describeLookup: Describe = ({ action, model }) => {
  const property = lookupProperty(action, model)
  if (property === undefined || !model || !lookupOf(model.entity, property)?.retired) {
    return undefined
  }
  const headers = { Location: location }
  return { furtherAnswers: [{ status: 308, description: 'The row is called otherwise now.', headers }] }
}
