import type { ModelDataSource } from '../data-source.js'
import type { EngineType } from '../dialects/engines.js'
import { transactionEngineOf } from './engines/engines.js'

/** Whether units that write take turns, so that what one has read stays as it is without a lock: they share one connection. */
export function takesTurns({ options }: ModelDataSource): boolean {
  return transactionEngineOf(options.type as EngineType).singleConnection
}
