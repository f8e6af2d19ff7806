import { describeCached } from '../caching/describe-cached.js'
import { describeConditions } from '../conditional/describe-conditions.js'
import type {
  ActionDescription,
  AnyParameterDescription,
  Describe,
  DescribedScene,
} from '../description/action-description.js'
import { describeIdempotency } from '../idempotency/describe-idempotency.js'
import { describeLimits } from '../limiting/describe-limits.js'
import { describeLookup } from '../lookup/describe-lookup.js'
import { describeUpload } from '../uploads/describe-upload.js'
import { describeAnswers } from './describe-answers.js'
import { describeInput } from './describe-input.js'
import { describeVerb } from './describe-verb.js'

/** What the pipeline itself says of actions, in the order in which it does what it says. */
const ofPipeline: readonly Describe[] = [
  describeInput,
  describeLimits,
  describeUpload,
  describeIdempotency,
  describeConditions,
  describeCached,
  describeLookup,
  describeAnswers,
  describeVerb,
]

/** Everything that is said of an action: by the pipeline, by the steps of its viewset, and by its own declaration. */
export function describeAction(scene: DescribedScene): ActionDescription {
  const { action } = scene
  const steps = action.steps.flatMap(({ step }) => (step.describe && step.for(action) ? [step.describe] : []))
  const own = action.describe ? [action.describe] : []
  const said = [...ofPipeline, ...steps, ...own].flatMap((describe) => describe(scene) ?? [])
  return together([...said, declared(scene)])
}

function declared({ action }: DescribedScene): ActionDescription {
  const { summary, problems = {}, model } = action
  const own = Object.entries({ ...model?.problems, ...problems }).map(([code, status]) => ({ code, status }))
  return { ...(summary !== undefined && { summary }), problems: own }
}

/** Puts descriptions together; what is said later counts, where there can be but one. */
export function together(said: readonly ActionDescription[]): ActionDescription {
  const last = <K extends 'summary' | 'body' | 'answers'>(key: K) =>
    said.findLast((one) => one[key] !== undefined)?.[key]
  const [summary, body, answers] = [last('summary'), last('body'), last('answers')]
  return {
    ...(summary !== undefined && { summary }),
    ...(body && { body }),
    ...(answers && { answers }),
    parameters: distinct(said.flatMap(({ parameters = [] }) => parameters)),
    furtherAnswers: said.flatMap(({ furtherAnswers = [] }) => furtherAnswers),
    headers: Object.assign({}, ...said.map(({ headers = {} }) => headers)) as NonNullable<ActionDescription['headers']>,
    problems: said.flatMap(({ problems = [] }) => problems),
    problemHeaders: said.flatMap(({ problemHeaders = [] }) => problemHeaders),
  }
}

function distinct(parameters: readonly AnyParameterDescription[]): readonly AnyParameterDescription[] {
  return [...new Map(parameters.map((one) => [`${one.in} ${one.name.toLowerCase()}`, one])).values()]
}
