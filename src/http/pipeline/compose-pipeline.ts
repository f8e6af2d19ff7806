import type { Mistakes } from '../../errors/definition-error.js'
import { runInContext } from '../../helpers/context-variable.js'
import type { ActionModel } from '../action-model.js'
import { cacheAnswers } from '../caching/cache-answers.js'
import type { CacheFact } from '../caching/cache-fact.js'
import { dataSourceOf, type Pipeline, type PipelineHost } from '../host.js'
import { limitRequests } from '../limiting/limit-requests.js'
import { redirect } from '../lookup/redirect.js'
import { verifyLookup } from '../lookup/verify-lookup.js'
import { type ActionReading, actionReading } from '../reading/action-reading.js'
import { enter } from '../running.js'
import { endingUploads } from '../uploads/end-uploads.js'
import { verifyVerbAndView } from '../verbs/verify-verb.js'
import { act } from './act.js'
import { atomic } from './atomic.js'
import { authenticate } from './authenticate.js'
import { type CompiledModel, compileModelOf } from './compiled-model.js'
import { encode } from './encode.js'
import { finish } from './finish.js'
import { input } from './input.js'
import { load } from './load.js'
import { mergeJson } from './merge-json.js'
import { negotiate, takesBody } from './negotiate.js'
import { onCondition } from './on-condition.js'
import { once, readKey } from './once.js'
import { permit, permitRow } from './permit.js'
import { permitFields } from './permit-fields.js'
import { type Place, type StepRuns, stepRuns } from './place-steps.js'
import { precondition } from './precondition.js'
import { runEach, runSteps } from './run-steps.js'
import { verifyWritten } from './verify-written.js'

/** The pipeline of an action, and how it reads rows where it answers some. */
export interface ComposedPipeline {
  readonly pipeline: Pipeline
  readonly reading?: ActionReading | undefined
}

/** Makes the pipeline of an action; what is wrong with its declarations is added to `mistakes`. */
export function composePipeline(action: ActionModel, host: PipelineHost, mistakes: Mistakes): ComposedPipeline {
  const model = compileModelOf(action, host, mistakes)
  if (model) {
    verifyVerbAndView(action, model, mistakes)
    verifyLookup(action, model, dataSourceOf(host), mistakes)
  }
  const outer = outerPlaces(action, host, model, mistakes)
  const runs = stepRuns(action)
  const reading = actionReading(action, model, runs, host)
  const inner = innerPlaces(action, host, model, reading)
  const steps = runs.at(inner)
  const closing = [encode(action, model, host, reading), finish(action, host), ...runs.after('encode')]
  const whole = {
    action,
    model,
    steps,
    closing: [...runs.before('encode'), ...closing],
    plain: atomic(steps, host),
  }
  const runsOnce = once(whole, host, mistakes)
  const work: readonly Place[] = action.writes ? [{ name: 'atomic', run: runsOnce }] : inner
  runs.verify([...new Set([...outer, ...work, ...inner]), { name: 'encode' }], mistakes)

  if (isCached(action)) {
    return { reading, pipeline: cachedPipeline(action, { outer, work, runs, model, host, reading }, mistakes) }
  }
  const opening = [...runs.at([...outer, ...work]), ...runs.before('encode')]
  const pipeline: Pipeline = (exchange) =>
    runInContext(() => {
      enter(exchange, host)
      const running = runSteps(opening, exchange)
      if (running) return running.then(() => (exchange.reply ? undefined : runEach(closing, exchange)))
      return exchange.reply ? undefined : runEach(closing, exchange)
    })
  return { reading, pipeline: action.upload ? endingUploads(pipeline, host) : pipeline }
}

interface Parts {
  readonly outer: readonly Place[]
  readonly work: readonly Place[]
  readonly runs: StepRuns
  readonly model: CompiledModel | undefined
  readonly host: PipelineHost
  readonly reading: ActionReading | undefined
}

type CachedAction = ActionModel & { readonly cache: CacheFact }

const isCached = (action: ActionModel): action is CachedAction => action.cache !== undefined

/** The pipeline of an action whose answers are cached: who calls and what is asked is looked at each time. */
function cachedPipeline(action: CachedAction, parts: Parts, mistakes: Mistakes): Pipeline {
  const { outer, work, runs, model, host, reading } = parts
  const opening = runs.at(outer)
  const making = [...runs.at(work), ...runs.before('encode'), encode(action, model, host, reading)]
  const answer = cacheAnswers((exchange) => runSteps(making, exchange), action, model, host, mistakes)
  const closing = [finish(action, host), ...runs.after('encode')]
  return (exchange) =>
    runInContext(async () => {
      enter(exchange, host)
      await runSteps(opening, exchange)
      if (exchange.reply) return
      await answer(exchange)
      await runEach(closing, exchange)
    })
}

function outerPlaces(
  action: ActionModel,
  host: PipelineHost,
  model: CompiledModel | undefined,
  mistakes: Mistakes,
): readonly Place[] {
  const { early, late } = limitRequests(action, host, mistakes)
  return [
    { name: 'identify' },
    { run: early },
    { name: 'authenticate', run: authenticate(host) },
    { run: late },
    { name: 'permit', run: permit(action) },
    ...(takesBody(action) ? [{ name: 'negotiate', run: negotiate(action) } as const] : []),
    { run: readKey(action) },
    { name: 'precondition', run: precondition(action, model, mistakes) },
    { name: 'input', run: input(action, host, model, mistakes) },
  ]
}

function innerPlaces(
  action: ActionModel,
  host: PipelineHost,
  model: CompiledModel | undefined,
  reading: ActionReading | undefined,
): readonly Place[] {
  const onRow = action.on === 'row'
  return [
    ...(onRow
      ? ([
          { name: 'load', run: load(action, host, model, reading) },
          { name: 'permitRow', run: permitRow },
          ...(action.model?.lookup === undefined ? [] : [{ run: redirect }]),
          { run: mergeJson(action, model) },
        ] as const)
      : []),
    { run: permitFields(action, model) },
    { name: 'act', run: onCondition(act(action, host), action, model, host) },
    ...(action.writes ? ([{ name: 'verify', run: verifyWritten(action) }] as const) : []),
  ]
}
