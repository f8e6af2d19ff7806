import type { ObjectLiteral, QueryBuilder } from 'typeorm'
import type { ModelDataSource } from '../data-source.js'
import { Guard } from './guard.js'

/** The guard of the builder a statement continues; a new one where it starts from the data source. */
export function guardOf(source: ModelDataSource | QueryBuilder<ObjectLiteral>): Guard {
  if ('guard' in source) return source.guard as Guard
  return new Guard(('dataSource' in source ? source.dataSource : source) as ModelDataSource)
}
