import type { EntityMetadata } from 'typeorm'
import { UsageError } from '../../errors/usage-error.js'
import { type Application, isSameApplication } from '../../model/application.js'
import type { Model } from '../../model/model.js'
import type { RuleContext } from '../../model/rule-context.js'
import { contextValues } from '../counters.js'
import type { ModelEntityManager } from '../model-entity-manager.js'
import { Scene } from './scene.js'
import { inSavepoint } from './transactions.js'
import type { WriteBuilder } from './write.js'
import { newContext } from './write-context.js'

/** What a trait may do outside of writes: what its rules may, once it holds the locks it needs. */
export interface TraitContext extends RuleContext {
  /** Takes locks, of keys made with `counterKey`, until the unit of work ends. */
  lock(...keys: readonly string[]): Promise<void>
}

/** What is known of the repository of an entity. */
interface TraitRepository {
  readonly manager: unknown
  readonly model: Model
  readonly metadata: EntityMetadata
}

/**
 * Runs work as a trait of an entity would: to look at its rows below the default scopes, to count, and, once it
 * holds locks, to put right what its rules keep. It is a unit of work, or a savepoint of the running one, in the context of whoever calls.
 * @throws {UsageError} where the entity lacks the trait.
 */
export function asTrait<T>(
  { manager, model, metadata }: TraitRepository,
  { trait, key }: Application,
  work: (context: TraitContext) => Promise<T>,
): Promise<T> {
  const contributor = model.traits.find((applied) => isSameApplication(applied, { trait, key }))
  if (!contributor) throw new UsageError('E_MISSING_PART', `${model.name} lacks @${trait}.`)
  const { dataSource } = manager as ModelEntityManager
  const builder = (manager as ModelEntityManager)
    .createQueryBuilder()
    .update(metadata.target) as unknown as WriteBuilder
  const scene = new Scene(builder, { model, metadata }, newContext(dataSource), false)
  return inSavepoint(builder, () => {
    const row = contextValues(model)
    const lock = (...keys: readonly string[]) => scene.lock(scene.keysOf({ contributor, locks: () => keys }, row))
    return work(Object.freeze({ ...scene.contextFor({ contributor }, row), lock }))
  })
}
