import type { ModelDataSource } from '../data-source.js'
import { defaultIsolation } from '../unit-of-work/isolation.js'
import { SaveSubscriber } from './save.js'

const heard = ['Insert', 'Update', 'Remove', 'SoftRemove', 'Recover'].flatMap((kind) => [
  `before${kind}`,
  `after${kind}`,
])

const listens = (one: object): boolean => !(one instanceof SaveSubscriber) && heard.some((name) => name in one)

/** Whether one of TypeORM's subscribers, or a listener of an entity, hears what `save` writes. Our own may hear it twice. */
function areHeard({ subscribers, entityMetadatas }: ModelDataSource): boolean {
  return (
    subscribers.some(listens) ||
    entityMetadatas.some(({ listeners }) => listeners.some(({ type }) => type !== 'after-load'))
  )
}

/**
 * Whether a save that lost a race may be carried out again: subscribers and listeners of entities may do anything, so they
 * are not run a second time. Its entities are as they were unless it failed when it was committed, which is how an
 * isolation level above the default may refuse it.
 */
export function mayRunAgain(dataSource: ModelDataSource): boolean {
  const { isolationLevel = defaultIsolation } = dataSource.options as { readonly isolationLevel?: string }
  return isolationLevel === defaultIsolation && !areHeard(dataSource)
}
