import type { Mistakes } from '../../errors/definition-error.js'
import type { ActionModel } from '../action-model.js'
import type { PlacedStep, Run, Step, StepName } from '../step.js'

/** The runs of the standard steps an action has, with the viewset's own steps at their places. */
export function placeSteps(standard: readonly Step[], own: readonly PlacedStep[], action: ActionModel): readonly Run[] {
  return standard.flatMap((step) => {
    const run = step.for(action)
    if (!run) return []
    const name = step.name as StepName
    return [...runsAt('before', name, own, action), run, ...runsAt('after', name, own, action)]
  })
}

function runsAt(
  side: 'before' | 'after',
  name: StepName,
  own: readonly PlacedStep[],
  action: ActionModel,
): readonly Run[] {
  return own.flatMap((placed) => {
    const run = (placed as Partial<Record<typeof side, StepName>>)[side] === name ? placed.step.for(action) : undefined
    return run ? [run] : []
  })
}

/** Adds a mistake for each own step that has something to do for the action, but at a place the action lacks. */
export function verifyPlaces(action: ActionModel, present: ReadonlySet<string>, mistakes: Mistakes): void {
  for (const placed of action.steps) {
    const place = 'before' in placed ? placed.before : placed.after
    if (present.has(place) || !placed.step.for(action)) continue
    mistakes.add({
      code: 'E_STEP',
      subject: `${action.viewSet.name}.${action.name}`,
      problem: `the step "${placed.step.name}" stands at "${place}", which this action does not have.`,
      places: [action.place],
      remedy: `Its steps are: ${[...present].join(', ')}. Return undefined from the step's \`for\` where it has nothing to do.`,
    })
  }
}
