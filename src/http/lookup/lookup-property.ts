import type { ActionModel } from '../action-model.js'
import type { CompiledModel } from '../pipeline/compiled-model.js'

/**
 * The property that names the row in the route of an action; undefined where it is the primary key. Names are unique among
 * rows that are shown: where hidden ones are looked for, several may have one name.
 */
export function lookupProperty(
  { model: viewSetModel, on, view, verb }: ActionModel,
  model: CompiledModel | undefined,
): string | undefined {
  if (on !== 'row' || !model || view !== undefined) return undefined
  const seesHidden = (model.entity.verbs[verb ?? '']?.without ?? []).length > 0
  return seesHidden ? undefined : viewSetModel?.lookup
}
