import { type Awaitable, andThen } from '../../helpers/awaitable.js'
import { copied } from '../../helpers/copied.js'
import { whenAsked } from '../../helpers/when-asked.js'
import { mergePatch } from '../../model/expression.js'
import type { RowData } from '../../model/matches.js'
import { isObject } from '../../model/path.js'
import type { EntityRow } from '../../orm/entity-row.js'
import { returnedText } from '../../orm/reads/returned-text.js'
import type { ReadRow } from '../../orm/reads/row-form.js'
import { deleteRow } from '../../orm/writes/by-statement/delete-row.js'
import { entityReaderOf, type RowReader } from '../../orm/writes/by-statement/entity-reader.js'
import { newRow } from '../../orm/writes/by-statement/new-row.js'
import { changeRow } from '../../orm/writes/by-statement/one-row.js'
import { verbOnRow } from '../../orm/writes/by-statement/verb-row.js'
import { newEntity } from '../../orm/writes/new-entity.js'
import { acceptedInput } from '../../orm/writes/verb-input.js'
import { ownPart } from '../../service/own-part.js'
import { given } from '../../service/written-values.js'
import type { ActionModel } from '../action-model.js'
import type { WriteWay } from '../bulk/write-way.js'
import type { Exchange } from '../exchange.js'
import { dataSourceOf, type PipelineHost } from '../host.js'
import { isPlainHook } from '../mixins/plain-hooks.js'
import type { ViewSetClass } from '../mixins/viewset-class.js'
import { repositoryOf } from '../mixins/viewset-parts.js'
import { writtenRelations } from '../nested/write-related.js'
import type { CompiledModel } from '../pipeline/compiled-model.js'
import { mergedProperties } from '../pipeline/merge-json.js'
import type { StepRuns } from '../pipeline/place-steps.js'
import { writtenReading } from '../reading/action-reading.js'
import type { Run, StepName } from '../step.js'
import { lookingOf } from '../verbs/seen-rows.js'
import type { LoneWrite } from './lone-write.js'
import { isServedPlainly } from './plain-service.js'
import { RowDecider } from './row-decider.js'

/** How one action writes the row of its route. */
export interface ActionWriting {
  /** Decided when the application is made. */
  readonly way: WriteWay
  /** Writes by one statement; false where the row has to be loaded first, or nothing was written. */
  readonly write?: LoneWrite
}

/** How an action of a mixin writes its row, as long as nobody has changed that. */
interface Plain {
  /** The hook that does it, where there is one. */
  readonly hook?: string
  /** The method of a service that does the same. */
  readonly method: string
  readonly on: ActionModel['on']
  readonly writer: Writer
}

/** How an action of a mixin writes the one row that it is about; undefined for every other action. */
export function actionWriting(
  action: ActionModel,
  model: CompiledModel | undefined,
  runs: StepRuns,
  host: PipelineHost,
): ActionWriting | undefined {
  const plain = plainWay(action)
  if (!model || !plain || !action.writes || action.on !== plain.on) return undefined
  const because = whyRow(action, plain, model, runs)
  if (because !== undefined) return { way: { by: 'row', because } }
  const writing = whenAsked(() => plain.writer(action, model, host))
  return { way: { by: 'statement' }, write: (exchange) => writing()(exchange) }
}

/** Writes by one statement where that is possible, else by all the steps of the action. */
export function byStatement(write: LoneWrite | undefined, run: Run): Run {
  if (!write) return run
  return (exchange) => andThen(write(exchange), (done) => (done ? undefined : run(exchange))) as ReturnType<Run>
}

/** Where something sees the row before it is written, it is loaded. */
function whyRow(
  { viewSet, name, on, model: viewSetModel, input }: ActionModel,
  { hook, method }: Plain,
  { serializer }: CompiledModel,
  runs: StepRuns,
): string | undefined {
  const members = viewSet.prototype as Readonly<Record<string, unknown>>
  const own = [name, hook ?? name].find((one) => typeof members[one] !== 'function' || !isPlainHook(members[one]))
  if (own !== undefined) return `${own} is a method of its own`
  const ofService = viewSetModel?.service && ownPart(viewSetModel.service.prototype as object, method)
  if (ofService !== undefined) return ofService
  if (on === 'row' && viewSetModel?.lookup !== undefined) return `rows are looked up by "${viewSetModel.lookup}"`
  if (input && Object.values(serializer.definition.spec.rules ?? {}).some(({ write }) => write)) {
    return 'a rule says who may write a field'
  }
  if (input && writtenRelations(serializer).length > 0) return 'related rows are written with it'
  const seeing: readonly StepName[] = ['load', 'permitRow', 'act', 'verify', 'encode']
  const place = seeing.find((one) => runs.after(one).length > 0 || runs.before(one).length > 0)
  return place === undefined ? undefined : `a step stands beside "${place}"`
}

/** Whether a request asks for nothing but that the row be written, if it is as its conditions want it. */
const isPlain = ({ idempotencyKey }: Exchange): boolean => idempotencyKey === undefined

const viewSetOf = ({ viewSet }: ActionModel, host: PipelineHost, exchange: Exchange) =>
  host.instances.get(viewSet, exchange.request) as InstanceType<ViewSetClass>

const creating: Writer = (action, model, host) => {
  const reading = writtenReading(action, model, host)
  return (exchange) => {
    // What it asks of a row would be about one that is there already.
    if (!isPlain(exchange) || exchange.preconditions !== undefined) return false
    if (!isServedPlainly(action, 'create', exchange, host)) return false
    const repository = repositoryOf(viewSetOf(action, host, exchange))
    const made = andThen(textReader(reading, exchange), (texts) => {
      const reader = texts ?? entityReaderOf(dataSourceOf(host), repository.metadata)
      const values = given(exchange.body as object, action.model?.scope?.(exchange))
      return reader && newRow<EntityRow, EntityRow | ReadRow>(repository, () => newEntity(repository, values), reader)
    })
    return answeredWith(exchange, made)
  }
}

const changing: Writer = (action, model, host) => {
  const decider = new RowDecider()
  const reading = writtenReading(action, model, host)
  // What a PATCH says of a document is merged into the one that is stored.
  const documents = action.input === 'patch' ? mergedProperties(model) : []
  return (exchange) => {
    const body = exchange.body as RowData
    if (!isPlain(exchange) || decider.takesTime(exchange)) return false
    if (!isServedPlainly(action, 'update', exchange, host)) return false
    // Whether a class lets a merged document pass, only the document tells.
    if (documents.some((name) => body[name] && model.serializer.documents.has(name))) return false
    const named = viewSetOf(action, host, exchange).select(exchange)
    const { rows, decide } = decider.of(named, exchange, model.validators)
    const changed = andThen(textReader(reading, exchange), (reader) =>
      changeRow<ReadRow>(rows, exchange.params['id'] ?? '', merging(body, documents), { decide, reader }),
    )
    return answeredWith(exchange, changed)
  }
}

/** A body whose documents are merged into those of the row. */
function merging(body: RowData, documents: readonly string[]): RowData {
  const merged = documents.filter((name) => isObject(body[name]))
  if (merged.length === 0) return body
  return copied(body, Object.fromEntries(merged.map((name) => [name, mergePatch(body[name] as RowData)])))
}

const deleting: Writer = (action, model, host) => {
  const decider = new RowDecider()
  return (exchange) => {
    if (!isPlain(exchange) || decider.takesTime(exchange)) return false
    if (!isServedPlainly(action, 'delete', exchange, host)) return false
    const named = viewSetOf(action, host, exchange).select(exchange)
    const { rows, decide } = decider.of(named, exchange, model.validators)
    return deleteRow(rows, exchange.params['id'] ?? '', { decide })
  }
}

/** Does the verb of the action. */
const doing: Writer = (action, model, host) => {
  const decider = new RowDecider()
  const reading = writtenReading(action, model, host)
  const looking = lookingOf(action, model)
  const name = action.verb ?? ''
  const verb = model.entity.verbs[name]
  return async (exchange) => {
    if (!verb || !isPlain(exchange) || decider.takesTime(exchange)) return false
    if (!isServedPlainly(action, name, exchange, host)) return false
    const input = acceptedInput(verb.input, (exchange.body ?? {}) as RowData)
    if (!input) return false
    const named = looking(viewSetOf(action, host, exchange).select(exchange))
    const { rows, decide } = decider.of(named, exchange, model.validators)
    const options = { decide, reader: await textReader(reading, exchange) }
    const done = await verbOnRow<ReadRow>(rows, exchange.params['id'] ?? '', { name, verb, input }, options)
    if (done) exchange.outcome = done.row
    return done !== undefined
  }
}

type Writer = (action: ActionModel, model: CompiledModel, host: PipelineHost) => LoneWrite

const update: Plain = { hook: 'performUpdate', method: 'update', on: 'row', writer: changing }
const plainWays: Readonly<Record<string, Plain>> = {
  create: { hook: 'performCreate', method: 'create', on: 'collection', writer: creating },
  update,
  partialUpdate: update,
  destroy: { hook: 'performDestroy', method: 'delete', on: 'row', writer: deleting },
}

/** What an action does where it is as its mixin made it; undefined where no mixin makes such. */
function plainWay({ name, verb, view }: ActionModel): Plain | undefined {
  if (verb === undefined) return plainWays[name]
  return { ...(view === undefined && { hook: 'performVerb' }), method: verb, on: 'row', writer: doing }
}

/** What makes the text of the written row that the caller of an exchange is shown; undefined where that needs an entity. */
function textReader(
  reading: ReturnType<typeof writtenReading>,
  exchange: Exchange,
): Awaitable<RowReader<ReadRow> | undefined> {
  return reading && andThen(reading.unseen(exchange), (form) => form && returnedText(form))
}

/** Takes a row that was written for the outcome of an exchange; false where none was. */
function answeredWith(exchange: Exchange, written: Awaitable<EntityRow | ReadRow | undefined>): Awaitable<boolean> {
  return andThen(written, (row) => {
    if (row) exchange.outcome = row
    return row !== undefined
  })
}
