import { type Awaitable, andThen } from '../../helpers/awaitable.js'
import { hearsOfLoaded } from '../../orm/reads/needs-entities.js'
import type { RowForm, TextForm } from '../../orm/reads/row-form.js'
import { TestedForm } from '../../orm/reads/tested-form.js'
import type { Shown } from '../../serializer/shown-parts.js'
import type { ActionModel } from '../action-model.js'
import type { Exchange } from '../exchange.js'
import { dataSourceOf, type PipelineHost } from '../host.js'
import { isPlainHook } from '../mixins/plain-hooks.js'
import type { CompiledModel } from '../pipeline/compiled-model.js'
import type { StepRuns } from '../pipeline/place-steps.js'
import { askedOf } from '../pipeline/representing.js'
import type { StepName } from '../step.js'
import { Forms } from './forms.js'
import { whyParts } from './read-members.js'
import { type ReadWay, readWay } from './read-way.js'

/** How the rows that one action answers are read. */
export interface ActionReading {
  /** Decided when the application is made. */
  readonly way: ReadWay
  /** What is read of each row for a call, as text; undefined where the call needs entities. */
  form(exchange: Exchange): Awaitable<TextForm | undefined>
  /** The same where the permission of the call must see the row. */
  seen(exchange: Exchange): Awaitable<TestedForm | undefined>
}

/** How what an action has written is read. */
export interface WrittenReading {
  /** What is read of each row for a call, as text; undefined where something must see it. */
  unseen(exchange: Exchange): Awaitable<RowForm | undefined>
}

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
  if (because !== undefined) return { way: readWay(because), form: () => undefined, seen: () => undefined }
  return new TextReading(action, model, host, answersOne ? model.validators.properties : [])
}

/** How the row that an action has written is read as text from what its statement returns; undefined where it is an entity. */
export function writtenReading(
  action: ActionModel,
  model: CompiledModel,
  host: PipelineHost,
): WrittenReading | undefined {
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
  readonly #forms: Forms
  readonly #seen: Forms
  #hears: boolean | undefined

  constructor(action: ActionModel, model: CompiledModel, host: PipelineHost, held: readonly string[]) {
    const usual = model.serializer.usualParts(action.name)
    this.#action = action
    this.#model = model
    this.#host = host
    this.#forms = new Forms(model, host, held, usual)
    this.#seen = new Forms(model, host, 'entity', usual)
  }

  form(exchange: Exchange): Awaitable<TextForm | undefined> {
    return andThen(this.#shownTo(exchange), (shown) => {
      if (!shown) return undefined
      return shown.tests.size > 0 ? this.#tested(shown) : this.#forms.of(shown.parts)
    })
  }

  seen(exchange: Exchange): Awaitable<TestedForm | undefined> {
    return andThen(this.#shownTo(exchange), (shown) => shown && this.#tested(shown))
  }

  unseen(exchange: Exchange): Awaitable<RowForm | undefined> {
    return andThen(this.#shownTo(exchange), (shown) =>
      shown && shown.tests.size === 0 ? this.#forms.of(shown.parts) : undefined,
    )
  }

  #shownTo(exchange: Exchange): Awaitable<Shown | undefined> {
    this.#hears ??= hearsOfLoaded(dataSourceOf(this.#host))
    if (this.#hears) return undefined
    const request = { call: exchange, action: this.#action.name, ...askedOf(exchange) }
    return this.#model.serializer.shownTo(request)
  }

  #tested({ parts, tests }: Shown): TestedForm | undefined {
    const form = this.#seen.of(parts)
    if (!form) return undefined
    const { outside } = this.#model.serializer.naming
    return new TestedForm(form, new Map([...tests].map(([name, test]) => [outside(name), test])))
  }
}
