import type { Mistakes } from '../../errors/definition-error.js'
import { runInContext } from '../../helpers/context-variable.js'
import { whenAsked } from '../../helpers/when-asked.js'
import type { ActionModel } from '../action-model.js'
import type { WriteWay } from '../bulk/write-way.js'
import { cacheAnswers } from '../caching/cache-answers.js'
import type { CacheFact } from '../caching/cache-fact.js'
import { dataSourceOf, type Pipeline, type PipelineHost } from '../host.js'
import { limitRequests } from '../limiting/limit-requests.js'
import { verifyLimits } from '../limiting/verify-limits.js'
import { redirect } from '../lookup/redirect.js'
import { verifyLookup } from '../lookup/verify-lookup.js'
import { verifyParentRoute } from '../parents/compiled-parent.js'
import { findParent, underParent } from '../parents/find-parent.js'
import { type ActionReading, actionReading } from '../reading/action-reading.js'
import { enter } from '../running.js'
import type { Run } from '../step.js'
import { endingUploads } from '../uploads/end-uploads.js'
import { verifyVerbAndView } from '../verbs/verify-verb.js'
import { actionWriting, byStatement } from '../writing/action-writing.js'
import type { LoneWrite } from '../writing/lone-write.js'
import { act } from './act.js'
import { atomic } from './atomic.js'
import { authenticate } from './authenticate.js'
import { type CompiledModel, compileModelOf } from './compiled-model.js'
import { encode } from './encode.js'
import { finish, keepingHeaders } from './finish.js'
import { input } from './input.js'
import { load } from './load.js'
import { mergeJson } from './merge-json.js'
import { negotiate } from './negotiate.js'
import { onCondition } from './on-condition.js'
import { once, readKey, verifyOnce } from './once.js'
import { permit, permitRow } from './permit.js'
import { permitFields } from './permit-fields.js'
import { type Place, type StepRuns, stepRuns } from './place-steps.js'
import { precondition, verifyPrecondition } from './precondition.js'
import { runEach, runSteps, untilAnswered } from './run-steps.js'
import { tellingStored } from './telling-stored.js'
import { verifyWritten } from './verify-written.js'

/** The pipeline of an action, how it reads rows where it answers some, and how it writes them where it writes some. */
export interface ComposedPipeline {
  readonly pipeline: Pipeline
  readonly reading?: ActionReading | undefined
  readonly writing?: WriteWay | undefined
}

/** What a pipeline is made of. */
interface Parts {
  readonly action: ActionModel
  readonly host: PipelineHost
  readonly model: CompiledModel | undefined
  readonly runs: StepRuns
  readonly reading: ActionReading | undefined
  /** How it writes without a unit of work, where it can. */
  readonly lone: LoneWrite | undefined
  readonly readInput: Run
}

/** What runs at the places of a pipeline: in front of the work, and as work, in the unit of work or without one. */
interface Places {
  readonly outer: readonly Place[]
  readonly work: readonly Place[]
  readonly inner: readonly Place[]
}

/**
 * Makes the pipeline of an action; what is wrong with its declarations is added to `mistakes`. What nothing can be wrong
 * with is made by the first request.
 */
export function composePipeline(action: ActionModel, host: PipelineHost, mistakes: Mistakes): ComposedPipeline {
  const model = compileModelOf(action, host, mistakes)
  if (model) {
    verifyVerbAndView(action, model, mistakes)
    verifyLookup(action, model, dataSourceOf(host), mistakes)
    verifyParentRoute(action, model.parent, mistakes)
  }
  verifyLimits(action, host, mistakes)
  verifyPrecondition(action, model, mistakes)
  const readInput = input(action, host, model, mistakes)
  verifyOnce(action, host, mistakes)
  const runs = stepRuns(action)
  const reading = actionReading(action, model, runs, host)
  const ofRow = actionWriting(action, model, runs, host)
  const alone = ofRow?.write ?? (model && action.loneWriting?.(action, runs, host))
  const lone = underParent(alone, model?.parent, host)
  const writing = (model && action.writing?.(action, model)) ?? ofRow?.way
  const parts: Parts = { action, host, model, runs, reading, lone, readInput }
  const places = whenAsked(() => placesOf(parts))
  runs.verify(() => all(places()), mistakes)

  if (isCached(action)) return { reading, writing, pipeline: cachedPipeline(action, parts, places(), mistakes) }
  const composed = whenAsked(() => plainPipeline(parts, places()))
  const pipeline: Pipeline = (exchange) => composed()(exchange)
  return { reading, writing, pipeline: action.upload ? endingUploads(pipeline, host) : pipeline }
}

function plainPipeline(parts: Parts, { outer, work }: Places): Pipeline {
  const { host, runs } = parts
  const opening = [...runs.at([...outer, ...work]), ...runs.before('encode')]
  const run = untilAnswered(opening, closingOf(parts))
  return (exchange) =>
    runInContext(() => {
      enter(exchange, host)
      return run(exchange)
    })
}

type CachedAction = ActionModel & { readonly cache: CacheFact }

const isCached = (action: ActionModel): action is CachedAction => action.cache !== undefined

/** The pipeline of an action whose answers are cached: who calls and what is asked is looked at each time. */
function cachedPipeline(action: CachedAction, parts: Parts, { outer, work }: Places, mistakes: Mistakes): Pipeline {
  const { runs, model, host, reading } = parts
  const opening = runs.at(outer)
  const making = [...runs.at(work), ...runs.before('encode'), encode(action, model, host, reading)]
  const answer = cacheAnswers((exchange) => runSteps(making, exchange), action, model, host, mistakes)
  const closing = [finish(action, host) ?? [], runs.after('encode')].flat()
  return (exchange) =>
    runInContext(async () => {
      enter(exchange, host)
      await runSteps(opening, exchange)
      if (exchange.reply) return
      await answer(exchange)
      await runEach(closing, exchange)
    })
}

/** What runs once the action has answered: its reply is made and completed. */
function closingOf({ action, model, host, runs, reading }: Parts): readonly Run[] {
  const encoding = encode(action, model, host, reading, keepingHeaders(action, host))
  return [encoding, finish(action, host) ?? [], runs.after('encode')].flat()
}

function placesOf(parts: Parts): Places {
  const inner = innerPlaces(parts)
  return { outer: outerPlaces(parts), inner, work: workPlaces(parts, inner) }
}

function all({ outer, work, inner }: Places): readonly Place[] {
  return [...new Set([...outer, ...work, ...inner]), { name: 'encode' }]
}

/** What is done in one unit of work, and once for each key, where the action writes. */
function workPlaces(parts: Parts, inner: readonly Place[]): readonly Place[] {
  const { action, host, model, runs, lone } = parts
  if (!action.writes) return inner
  const steps = runs.at(inner)
  const closing = [...runs.before('encode'), ...closingOf(parts)]
  const run = once({ action, model, steps, closing, plain: atomic(steps, host) }, host)
  return [{ name: 'atomic', run: byStatement(lone, run) }]
}

/** The row above is looked for where rows are, but each time where their answer may be one that was kept. */
function parentPlaces({ action, host, model }: Parts): { readonly [place in 'outer' | 'inner']: readonly Place[] } {
  if (!model?.parent) return { outer: [], inner: [] }
  const find: Place = { run: findParent(model.parent, host) }
  if (isCached(action)) return { outer: [find, { run: redirect }], inner: [] }
  // What the row itself is called now is known only once it is loaded.
  return { outer: [], inner: action.on === 'row' ? [find] : [find, { run: redirect }] }
}

function outerPlaces(parts: Parts): readonly Place[] {
  const { action, host, model, readInput } = parts
  const { early, late } = limitRequests(action, host)
  const negotiating = negotiate(action, model)
  return [
    { name: 'identify' },
    { run: early },
    { name: 'authenticate', run: authenticate(host) },
    { run: late },
    { name: 'permit', run: permit(action) },
    ...(negotiating ? [{ name: 'negotiate', run: negotiating } as const] : []),
    { run: readKey(action) },
    { name: 'precondition', run: precondition(action, model) },
    { name: 'input', run: readInput },
    ...parentPlaces(parts).outer,
  ]
}

function innerPlaces(parts: Parts): readonly Place[] {
  const { action, host, model, reading } = parts
  const onRow = action.on === 'row'
  const mayHaveMoved = action.model?.lookup !== undefined || model?.parent !== undefined
  return [
    ...parentPlaces(parts).inner,
    ...(onRow
      ? ([
          { name: 'load', run: load(action, host, model, reading) },
          { name: 'permitRow', run: permitRow },
          ...(mayHaveMoved ? [{ run: redirect }] : []),
          { run: mergeJson(action, model) },
        ] as const)
      : []),
    { run: permitFields(action, model) },
    { name: 'act', run: onCondition(tellingStored(act(action, host), action, host), action, model, host) },
    ...(action.writes ? ([{ name: 'verify', run: verifyWritten(action) }] as const) : []),
  ]
}
