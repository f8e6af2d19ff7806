import { changeRow, deleteRow } from '../../orm/writes/by-statement/one-row.js'
import { ownPart } from '../../service/own-part.js'
import type { ActionModel } from '../action-model.js'
import type { WriteWay } from '../bulk/write-way.js'
import type { Exchange } from '../exchange.js'
import type { PipelineHost } from '../host.js'
import { isPlainHook } from '../mixins/plain-hooks.js'
import type { ViewSetClass } from '../mixins/viewset-class.js'
import { writtenRelations } from '../nested/write-related.js'
import type { CompiledModel } from '../pipeline/compiled-model.js'
import type { StepRuns } from '../pipeline/place-steps.js'
import type { Run, StepName } from '../step.js'
import { isServedPlainly } from './plain-service.js'
import { RowDecider } from './row-decider.js'

/** How one action writes the row of its route. */
export interface ActionWriting {
  /** Decided when the application is made. */
  readonly way: WriteWay
  /** Writes by one statement; false where the row has to be loaded first, or nothing was written. */
  readonly write?: (exchange: Exchange) => Promise<boolean>
}

type Hook = 'performUpdate' | 'performDestroy'

/** The method of a service that does what a hook does. */
const serviceMethodOf = (hook: Hook) => (hook === 'performDestroy' ? 'delete' : 'update')

/** The hook that does what an action of a mixin is for. */
const hooks: Readonly<Record<string, Hook>> = {
  update: 'performUpdate',
  partialUpdate: 'performUpdate',
  destroy: 'performDestroy',
}

/** How an action of a mixin writes the row of its route; undefined for every other action. */
export function actionWriting(
  action: ActionModel,
  model: CompiledModel | undefined,
  runs: StepRuns,
  host: PipelineHost,
): ActionWriting | undefined {
  const hook = hooks[action.name]
  if (!model || hook === undefined || !action.writes || action.on !== 'row') return undefined
  const because = whyRow(action, hook, model, runs)
  if (because !== undefined) return { way: { by: 'row', because } }
  return {
    way: { by: 'statement' },
    write: hook === 'performDestroy' ? deleting(action, host) : changing(action, model, host),
  }
}

/** Writes by one statement where that is possible, else by all the steps of the action. */
export function byStatement(writing: ActionWriting | undefined, run: Run): Run {
  const write = writing?.write
  if (!write) return run
  return async (exchange) => {
    if (!(await write(exchange))) await run(exchange)
  }
}

/** Where something sees the row before it is written, it is loaded. */
function whyRow(
  { viewSet, name, model: viewSetModel, input }: ActionModel,
  hook: Hook,
  { serializer }: CompiledModel,
  runs: StepRuns,
): string | undefined {
  const members = viewSet.prototype as Readonly<Record<string, unknown>>
  const own = [name, hook].find((member) => typeof members[member] !== 'function' || !isPlainHook(members[member]))
  if (own !== undefined) return `${own} is a method of its own`
  const ofService = viewSetModel?.service && ownPart(viewSetModel.service.prototype as object, serviceMethodOf(hook))
  if (ofService !== undefined) return ofService
  if (viewSetModel?.lookup !== undefined) return `rows are looked up by "${viewSetModel.lookup}"`
  if (input && Object.values(serializer.definition.spec.rules ?? {}).some(({ write }) => write)) {
    return 'a rule says who may write a field'
  }
  if (input && writtenRelations(serializer).length > 0) return 'related rows are written with it'
  const seeing: readonly StepName[] = ['load', 'permitRow', 'act', 'verify', 'encode']
  const place = seeing.find((one) => runs.after(one).length > 0 || runs.before(one).length > 0)
  return place === undefined ? undefined : `a step stands beside "${place}"`
}

type Write = NonNullable<ActionWriting['write']>

/** Whether a request asks for nothing that is about the row as it was, but what its permission wants to see. */
const isPlain = ({ preconditions, idempotencyKey }: Exchange): boolean =>
  preconditions === undefined && idempotencyKey === undefined

const rowsOf = ({ viewSet }: ActionModel, host: PipelineHost, exchange: Exchange) =>
  (host.instances.get(viewSet, exchange.request) as InstanceType<ViewSetClass>).select(exchange)

function changing(action: ActionModel, { description }: CompiledModel, host: PipelineHost): Write {
  const decider = new RowDecider()
  // What a PATCH says of a document is merged into the one that is stored.
  const merged = action.input === 'patch' ? [...description.properties.values()].filter(isDocument) : []
  return async (exchange) => {
    const body = exchange.body as Readonly<Record<string, unknown>>
    if (!isPlain(exchange) || merged.some(({ name }) => body[name]) || decider.takesTime(exchange)) return false
    if (!isServedPlainly(action, 'update', exchange, host)) return false
    const rows = rowsOf(action, host, exchange)
    const row = await changeRow(rows, exchange.params['id'] ?? '', body, decider.of(exchange))
    if (!row) return false
    exchange.outcome = row
    return true
  }
}

function deleting(action: ActionModel, host: PipelineHost): Write {
  const decider = new RowDecider()
  return async (exchange) => {
    if (!isPlain(exchange) || decider.takesTime(exchange)) return false
    if (!isServedPlainly(action, 'delete', exchange, host)) return false
    return deleteRow(rowsOf(action, host, exchange), exchange.params['id'] ?? '', decider.of(exchange))
  }
}

const isDocument = ({ value: { kind } }: { readonly value: { readonly kind: string } }): boolean => kind === 'json'
