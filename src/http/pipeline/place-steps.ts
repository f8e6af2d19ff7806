import type { Mistakes } from '../../errors/definition-error.js'
import type { ActionModel } from '../action-model.js'
import type { Run, StepName } from '../step.js'

/** A place of a pipeline, and what plinth itself does there, if anything. Where it has no name, no step can stand. */
export interface Place {
  readonly name?: StepName
  readonly run?: Run | undefined
}

/** What runs at some places: the steps that stand before each, its own, and those after it. */
export function runsAt(places: readonly Place[], action: ActionModel): readonly Run[] {
  return places.flatMap(({ name, run }) => [
    ...(name ? runsBefore(name, action) : []),
    ...(run ? [run] : []),
    ...(name ? runsAfter(name, action) : []),
  ])
}

/** What the viewset's steps do before a place. */
export function runsBefore(name: StepName, action: ActionModel): readonly Run[] {
  return action.steps.flatMap((placed) => ('before' in placed && placed.before === name ? runOf(placed, action) : []))
}

/** What the viewset's steps do after a place. */
export function runsAfter(name: StepName, action: ActionModel): readonly Run[] {
  return action.steps.flatMap((placed) => ('after' in placed && placed.after === name ? runOf(placed, action) : []))
}

function runOf({ step }: ActionModel['steps'][number], action: ActionModel): readonly Run[] {
  const run = step.for(action)
  return run ? [run] : []
}

/** Adds a mistake for each step that has something to do for the action, but at a place the action lacks. */
export function verifyPlaces(action: ActionModel, places: readonly Place[], mistakes: Mistakes): void {
  const names = places.flatMap(({ name }) => name ?? [])
  for (const placed of action.steps) {
    const place = 'before' in placed ? placed.before : placed.after
    if (names.includes(place) || runOf(placed, action).length === 0) continue
    mistakes.add({
      code: 'E_STEP',
      subject: `${action.viewSet.name}.${action.name}`,
      problem: `the step "${placed.step.name}" stands at "${place}", which this action does not have.`,
      places: [action.place],
      remedy: `It has: ${names.join(', ')}. A step that has nothing to do for an action returns undefined from \`for\`.`,
    })
  }
}
