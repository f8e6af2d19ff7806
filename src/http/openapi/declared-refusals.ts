import type { Model } from '../../model/model.js'
import type { CompiledSerializer } from '../../serializer/compiled-serializer.js'
import type { ActionModel } from '../action-model.js'
import type { DescribedScene, ProblemDescription } from '../description/action-description.js'

/** What fields of a body are refused by: rules of a row, and of the rows that are written with it. */
export function fieldRefusals({ model }: DescribedScene): readonly ProblemDescription[] {
  return model && hasWriteRules(model.serializer) ? ['FIELD_FORBIDDEN'] : []
}

/** What rows are refused by that would be outside of a scope. @param models those that an action may write. */
export function scopeRefusals(
  { model, on, severalRows }: ActionModel,
  models: readonly Model[],
): readonly ProblemDescription[] {
  // A new row is given what the scope of its viewset demands.
  const isScoped = model?.scope !== undefined && (on === 'row' || severalRows === true)
  return isScoped || models.some(isLocked) ? ['OUTSIDE_SCOPE'] : []
}

function hasWriteRules({ definition, nested }: CompiledSerializer): boolean {
  const own = Object.values(definition.spec.rules ?? {}).some((rule) => rule.write !== undefined)
  return own || [...nested.values()].some(({ write, serializer }) => write !== 'none' && hasWriteRules(serializer))
}

const isLocked = ({ scopes }: Model): boolean => Object.values(scopes).some(({ locked }) => locked === true)
