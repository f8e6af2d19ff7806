import type { UpdateResult } from 'typeorm'
import { refusedRemoval } from './refusals.js'
import { type Run, targetOf, type WriteBuilder } from './write.js'

/**
 * Carries out TypeORM's own soft delete or restore where the entity has no rules it would pass by.
 * @throws {DefinitionError} `E_UNRULED_WRITE`
 */
export async function executeSoftDelete(builder: WriteBuilder, run: Run<UpdateResult>): Promise<UpdateResult> {
  const rules = targetOf(builder)?.model.rules
  const call = builder.expressionMap.queryType === 'restore' ? "TypeORM's restore()" : 'softDelete()'
  if (rules && (rules.delete.length > 0 || rules.update.length > 0))
    throw refusedRemoval(targetOf(builder)!.model, call)
  return run()
}
