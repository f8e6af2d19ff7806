import type { EntityRow } from '../../orm/entity-row.js'
import type { Selection } from '../../orm/selection.js'
import type { ActionModel } from '../action-model.js'
import type { CompiledModel } from '../pipeline/compiled-model.js'

/** Looks at the rows that a call may see as an action does: through its view, and past what its verb does not see. */
export type Looking = (rows: Selection<EntityRow>) => Selection<EntityRow>

/** How an action looks at rows. */
export function lookingOf(
  { view, verb }: Pick<ActionModel, 'view' | 'verb'>,
  model: CompiledModel | undefined,
): Looking {
  if (view !== undefined) return (rows) => rows.view(view as never)
  const without = (verb !== undefined && model?.entity.verbs[verb]?.without) || []
  // Without names it would look past every scope.
  return without.length === 0 ? (rows) => rows : (rows) => rows.unscoped(...without)
}
