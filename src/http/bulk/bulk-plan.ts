import type { Mistakes } from '../../errors/definition-error.js'
import { whenAsked } from '../../helpers/when-asked.js'
import type { ModelDataSource } from '../../orm/data-source.js'
import { whyOneByOne } from '../../service/many-rows.js'
import type { ActionModel } from '../action-model.js'
import { dataSourceOf, type PipelineHost } from '../host.js'
import { isPlainHook } from '../mixins/plain-hooks.js'
import { writtenRelations } from '../nested/write-related.js'
import type { CompiledModel } from '../pipeline/compiled-model.js'
import { mergedProperties, mergeJson } from '../pipeline/merge-json.js'
import { permitFields } from '../pipeline/permit-fields.js'
import { type Representing, representing } from '../pipeline/representing.js'
import { verifyWritten } from '../pipeline/verify-written.js'
import { type WrittenReading, writtenReading } from '../reading/action-reading.js'
import type { Run } from '../step.js'
import type { BulkLimits } from './bulk-options.js'
import { takesTags } from './item-condition.js'
import { type BulkWay, writeWay } from './write-way.js'

/** What is done to every item. */
export type BulkKind = 'create' | 'update' | 'delete' | 'verb'

/** A bulk action of one viewset in one application. */
export interface BulkPlan {
  readonly action: ActionModel
  readonly host: PipelineHost
  readonly model: CompiledModel
  readonly metadata: ReturnType<ModelDataSource['getMetadata']>
  readonly kind: BulkKind
  readonly limits: BulkLimits
  /** The property of the primary key. */
  readonly key: string
  /** The properties whose values are merged into those of each row. */
  readonly merged: readonly string[]
  /** Whether rows can be written without a look at them, as long as a call does not ask for one. */
  readonly unseen: boolean
  /** What runs around each item, as around the action on one row. */
  readonly before: readonly Run[]
  readonly after: readonly Run[]
  readonly represent: Representing
  /** How rows are answered as text where the statement that writes them returns them. */
  readonly reading: () => WrittenReading | undefined
  /** Whether all items are written by one call; otherwise why they are not. */
  readonly way: BulkWay
}

/** Compiles a bulk action; what is wrong with it is added to the mistakes. */
export function compileBulk(
  action: ActionModel,
  { kind, limits }: { readonly kind: BulkKind; readonly limits: BulkLimits },
  { host, model }: { readonly host: PipelineHost; readonly model: CompiledModel },
  mistakes: Mistakes,
): BulkPlan {
  const input = kind === 'create' ? 'create' : kind === 'update' ? 'patch' : undefined
  const single: ActionModel = { ...action, on: kind === 'create' ? 'collection' : 'row', ...(input && { input }) }
  const permitting = permitFields(single, model)
  const before = [mergeJson(single, model), permitting].flatMap((run) => run ?? [])
  const after = [verifyWritten(single)].flatMap((run) => run ?? [])
  const metadata = dataSourceOf(host).getMetadata(action.entity!)
  verifyLimits(action, { kind, limits, model }, mistakes)
  return {
    action,
    host,
    model,
    metadata,
    kind,
    limits,
    key: model.description.primary[0]?.name ?? '',
    merged: kind === 'update' ? mergedProperties(model) : [],
    unseen: kind === 'delete' || (kind === 'update' && !permitting),
    before,
    after,
    represent: representing(action, model, host),
    reading: whenAsked(() => writtenReading(action, model, host)),
    way: writeWayOf(action, kind, model),
  }
}

const hooks = {
  create: 'performCreate',
  update: 'performUpdate',
  delete: 'performDestroy',
  verb: 'performVerb',
} as const

/** Whether all items are written by one call: what a viewset does for each row, in a hook of its own, it must do for each. */
export function writeWayOf(action: ActionModel, kind: BulkKind, model: CompiledModel): BulkWay {
  return writeWay(whyByRow(action, kind, model))
}

function whyByRow({ viewSet, model }: ActionModel, kind: BulkKind, { serializer }: CompiledModel): string | undefined {
  const hook = (viewSet.prototype as Readonly<Record<string, unknown>>)[hooks[kind]]
  if (typeof hook === 'function' && !isPlainHook(hook)) return `${hooks[kind]} is overridden`
  if (kind === 'verb') return undefined
  const alone = model?.service && whyOneByOne(model.service.prototype as object, kind)
  if (alone !== undefined) return `${model?.service?.name}: ${alone}`
  const related = kind !== 'delete' && writtenRelations(serializer).length > 0
  return related ? 'related rows are written with them' : undefined
}

interface Limited {
  readonly kind: BulkKind
  readonly limits: BulkLimits
  readonly model: CompiledModel
}

const most = 1000

function verifyLimits(
  { viewSet, name, place, model: declared }: ActionModel,
  { kind, limits, model }: Limited,
  mistakes: Mistakes,
): void {
  const refuse = (problem: string, remedy: string): void =>
    mistakes.add({ code: 'E_BULK', subject: `${viewSet.name}.${name}`, problem, places: [place], remedy })
  const { max, maxByFilter, version } = limits
  for (const [option, value] of Object.entries({ max, maxByFilter })) {
    if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= most)) continue
    refuse(`its ${option} is ${value}.`, `Give a whole number from 1 to ${most}.`)
  }
  if (
    maxByFilter !== undefined &&
    (kind === 'update' || kind === 'delete') &&
    model.list.filters.parameters.length === 0
  ) {
    refuse('it takes filters, and the viewset declares none.', 'Declare `filters`, or leave `maxByFilter` out.')
  }
  if (version !== undefined && !model.description.properties.has(version)) {
    refuse(`its version is "${version}", which is no property.`, 'Name the property that every write changes.')
  }
  if (kind !== 'create' && declared?.requirePrecondition === true && version === undefined && !takesTags({ model })) {
    refuse(
      'its viewset requires a precondition, which its items cannot give.',
      'Give the entity a trait that has a column with the role `version`, or name a `version`.',
    )
  }
  if (kind !== 'create' && model.description.primary.length !== 1) {
    refuse('rows are named by ids, and the primary key has several properties.', 'Write an @Action of your own.')
  }
}
