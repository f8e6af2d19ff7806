import { lookupOf } from '../../model/lookup.js'
import type { Model } from '../../model/model.js'
import type { Describe } from '../description/action-description.js'
import { lookupProperty } from './lookup-property.js'

interface Looked {
  readonly entity: Model
  readonly property: string | undefined
}

/** Whether rows are found by the names they have given up. */
const keepsNames = (looked: Looked | undefined): boolean =>
  looked?.property !== undefined && lookupOf(looked.entity, looked.property)?.retired !== undefined

const location = { description: 'The address of the row as it is called now.', schema: { type: 'string' } } as const

/** Where rows keep the names they have given up, every action of one answers 308 to who calls it by such a name. */
export const describeLookup: Describe = ({ action, model }) => {
  const own = model && { entity: model.entity, property: lookupProperty(action, model) }
  if (![own, model?.parent].some(keepsNames)) return undefined
  const headers = { Location: location }
  return { furtherAnswers: [{ status: 308, description: 'The row is called otherwise now.', headers }] }
}
