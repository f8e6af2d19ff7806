import type { EntityMetadata } from 'typeorm'
import type { CompiledVerb } from '../../model/model.js'
import type { ModelDataSource } from '../data-source.js'
import { referencesOf, referencesTo } from './references.js'

/** Whether rows of others come along with those that a verb brings back, or decide whether it can be done. */
export function bringsOthers(dataSource: ModelDataSource, metadata: EntityMetadata, verb: CompiledVerb): boolean {
  const { without = [], undoes } = verb
  if (without.length > 0 && referencesOf(dataSource, metadata).length > 0) return true
  return (undoes !== undefined || verb.follow !== undefined) && referencesTo(dataSource, metadata).length > 0
}
