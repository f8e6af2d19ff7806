import { type Awaitable, andThen } from '../../helpers/awaitable.js'
import { hearsOfLoaded } from '../../orm/reads/needs-entities.js'
import { RowForm } from '../../orm/reads/row-form.js'
import type { ShownPart } from '../../serializer/shown-parts.js'
import type { ActionModel } from '../action-model.js'
import type { Exchange } from '../exchange.js'
import { dataSourceOf, type PipelineHost } from '../host.js'
import { isPlainHook } from '../mixins/plain-hooks.js'
import type { CompiledModel } from '../pipeline/compiled-model.js'
import type { StepRuns } from '../pipeline/place-steps.js'
import { askedOf } from '../pipeline/representing.js'
import type { StepName } from '../step.js'
import { partsKey, readMembers, whyParts } from './read-members.js'
import { type ReadWay, readWay } from './read-way.js'

/** How the rows that one action answers are read. */
export interface ActionReading {
  /** Decided when the application is made. */
  readonly way: ReadWay
  /** What is read of each row for a call, as text; undefined where the call needs entities. */
  form(exchange: Exchange): Awaitable<RowForm | undefined>
}

/** The most forms that are kept of one action: callers may choose fields. */
const mostForms = 50

/** How an action that answers rows of its viewset reads them; undefined for actions that answer something else. */
export function actionReading(
  action: ActionModel,
  model: CompiledModel | undefined,
  runs: StepRuns,
  host: PipelineHost,
): ActionReading | undefined {
  const answersOne = action.on === 'row' && action.answers === 'row'
  if (!model || action.method !== 'get' || !(answersOne || action.paginated)) return undefined
  const because = (answersOne ? whyRow(action, runs) : undefined) ?? whySerializer(action, model, host)
  if (because !== undefined) return { way: readWay(because), form: () => undefined }
  return new TextReading(action, model, host, answersOne ? model.validators.properties : [])
}

/** How the row that an action has written is read as text from what its statement returns; undefined where it is an entity. */
export function writtenReading(
  action: ActionModel,
  model: CompiledModel,
  host: PipelineHost,
): Pick<ActionReading, 'form'> | undefined {
  if (whySerializer(action, model, host) !== undefined) return undefined
  const named = action.model?.lookup
  return new TextReading(action, model, host, [...new Set([...model.validators.properties, ...(named ? [named] : [])])])
}

/** Where something sees the row between its loading and the end of its answer, it sees an entity. */
function whyRow({ viewSet, name, verb }: ActionModel, runs: StepRuns): string | undefined {
  const method = (viewSet.prototype as Readonly<Record<string, unknown>>)[name]
  if (typeof method !== 'function' || !isPlainHook(method)) return `${name} is a method of its own`
  if (verb !== undefined) return `it carries out the verb "${verb}"`
  const seeing: readonly StepName[] = ['load', 'permitRow', 'act', 'encode']
  const place = seeing.find((one) => runs.after(one).length > 0 || (one !== 'load' && runs.before(one).length > 0))
  return place === undefined ? undefined : `a step stands beside "${place}"`
}

function whySerializer({ name }: ActionModel, { serializer, description }: CompiledModel, host: PipelineHost) {
  return whyParts(dataSourceOf(host), description.entity, serializer.usualParts(name))
}

class TextReading implements ActionReading {
  readonly way: ReadWay = { by: 'text' }
  readonly #action: ActionModel
  readonly #model: CompiledModel
  readonly #host: PipelineHost
  readonly #held: readonly string[]
  /** By what they show; undefined where that needs entities. */
  readonly #forms = new Map<string, RowForm | undefined>()
  readonly #usual: readonly ShownPart[]
  #usualForm: RowForm | undefined
  #hears: boolean | undefined

  constructor(action: ActionModel, model: CompiledModel, host: PipelineHost, held: readonly string[]) {
    this.#action = action
    this.#model = model
    this.#host = host
    this.#held = held
    this.#usual = model.serializer.usualParts(action.name)
  }

  form(exchange: Exchange): Awaitable<RowForm | undefined> {
    this.#hears ??= hearsOfLoaded(dataSourceOf(this.#host))
    if (this.#hears) return undefined
    const { serializer } = this.#model
    const request = { call: exchange, action: this.#action.name, ...askedOf(exchange) }
    return andThen(serializer.parts(request), (parts) => parts && this.#formOf(parts))
  }

  #formOf(parts: readonly ShownPart[]): RowForm | undefined {
    if (parts === this.#usual) {
      this.#usualForm ??= this.#made(parts)
      return this.#usualForm
    }
    const key = partsKey(parts)
    if (this.#forms.has(key)) return this.#forms.get(key)
    if (this.#forms.size >= mostForms) this.#forms.clear()
    const form = this.#made(parts)
    this.#forms.set(key, form)
    return form
  }

  #made(parts: readonly ShownPart[]): RowForm | undefined {
    const { entity } = this.#model.description
    const dataSource = dataSourceOf(this.#host)
    // Callers may include relations that the answers do without as a rule.
    if (whyParts(dataSource, entity, parts) !== undefined) return undefined
    return new RowForm(dataSource, entity, readMembers(parts, this.#model.serializer.naming), this.#held)
  }
}
