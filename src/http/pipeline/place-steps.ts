import type { Mistakes } from '../../errors/definition-error.js'
import type { ActionModel } from '../action-model.js'
import type { PlacedStep, Run, StepName } from '../step.js'

/** A place of a pipeline, and what plinth itself does there, if anything. Where it has no name, no step can stand. */
export interface Place {
  readonly name?: StepName
  readonly run?: Run | undefined
}

/** What the steps of a viewset do for one action, by where they stand. */
export interface StepRuns {
  /** What runs at some places: the steps that stand before each, its own, and those after it. */
  at(places: readonly Place[]): readonly Run[]
  before(name: StepName): readonly Run[]
  after(name: StepName): readonly Run[]
  /** Adds a mistake for each step that has something to do, but at a place the action lacks. */
  verify(places: () => readonly Place[], mistakes: Mistakes): void
}

const nothing: readonly Run[] = Object.freeze([])

/** Those of an action for which no step does anything, as of most. */
const noRuns: StepRuns = {
  before: () => nothing,
  after: () => nothing,
  at: (places) => places.flatMap(({ run }) => run ?? nothing),
  verify: () => {},
}

interface StepRun {
  readonly placed: PlacedStep
  readonly run: Run
}

/** Asks each step of the viewset, once, what it does for an action. */
export function stepRuns(action: ActionModel): StepRuns {
  const all: readonly StepRun[] = action.steps.flatMap((placed) => {
    const run = placed.step.for(action)
    return run ? [{ placed, run }] : []
  })
  if (all.length === 0) return noRuns
  const before = (name: StepName): readonly Run[] =>
    all.flatMap(({ placed, run }) => ('before' in placed && placed.before === name ? [run] : []))
  const after = (name: StepName): readonly Run[] =>
    all.flatMap(({ placed, run }) => ('after' in placed && placed.after === name ? [run] : []))
  return {
    before,
    after,
    at: (places) =>
      places.flatMap(({ name, run }) => [
        ...(name ? before(name) : []),
        ...(run ? [run] : []),
        ...(name ? after(name) : []),
      ]),
    verify: (places, mistakes) => verifyPlaces(action, all, places(), mistakes),
  }
}

function verifyPlaces(
  action: ActionModel,
  all: readonly StepRun[],
  places: readonly Place[],
  mistakes: Mistakes,
): void {
  const names = places.flatMap(({ name }) => name ?? [])
  for (const { placed } of all) {
    const place = 'before' in placed ? placed.before : placed.after
    if (names.includes(place)) continue
    mistakes.add({
      code: 'E_STEP',
      subject: `${action.viewSet.name}.${action.name}`,
      problem: `the step "${placed.step.name}" stands at "${place}", which this action does not have.`,
      places: [action.place],
      remedy: `It has: ${names.join(', ')}. A step that has nothing to do for an action returns undefined from \`for\`.`,
    })
  }
}
