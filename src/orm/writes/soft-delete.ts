import type { UpdateResult } from 'typeorm'
import { refusedRemoval } from './refusals.js'
import { hasWriteRules, type Run, targetOf, type WriteBuilder } from './write.js'

/**
 * Carries out TypeORM's own soft delete or restore where the entity has no rules it would pass by.
 * @throws {DefinitionError} `E_UNRULED_WRITE`
 */
export async function executeSoftDelete(builder: WriteBuilder, run: Run<UpdateResult>): Promise<UpdateResult> {
  const model = targetOf(builder)?.model
  const call = builder.expressionMap.queryType === 'restore' ? "TypeORM's restore()" : 'softDelete()'
  if (model && hasWriteRules(model)) throw refusedRemoval(model, call)
  return run()
}
