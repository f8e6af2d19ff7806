import { isReadWhole } from '../../orm/reads/entity-form.js'
import { type Held, RowForm } from '../../orm/reads/row-form.js'
import type { ShownPart } from '../../serializer/shown-parts.js'
import { dataSourceOf, type PipelineHost } from '../host.js'
import type { CompiledModel } from '../pipeline/compiled-model.js'
import { partsKey, readMembers, whyParts } from './read-members.js'

/** The most forms that are kept: callers may choose fields. */
const mostForms = 50

/** The forms of the rows that one action answers, by what they show. */
export class Forms {
  readonly #model: CompiledModel
  readonly #host: PipelineHost
  readonly #held: Held
  readonly #usual: readonly ShownPart[]
  #usualForm: RowForm | undefined
  /** Undefined where what they show needs entities. */
  readonly #others = new Map<string, RowForm | undefined>()

  /** @param usual what is shown as a rule. */
  constructor(model: CompiledModel, host: PipelineHost, held: Held, usual: readonly ShownPart[]) {
    this.#model = model
    this.#host = host
    this.#held = held
    this.#usual = usual
  }

  /** The form that shows these parts; undefined where rows have to be loaded as entities for them. */
  of(parts: readonly ShownPart[]): RowForm | undefined {
    if (parts === this.#usual) {
      this.#usualForm ??= this.#made(parts)
      return this.#usualForm
    }
    const key = partsKey(parts)
    if (this.#others.has(key)) return this.#others.get(key)
    if (this.#others.size >= mostForms) this.#others.clear()
    const form = this.#made(parts)
    this.#others.set(key, form)
    return form
  }

  #made(parts: readonly ShownPart[]): RowForm | undefined {
    const { entity } = this.#model.description
    const dataSource = dataSourceOf(this.#host)
    // Callers may include relations that the answers do without as a rule.
    if (whyParts(dataSource, entity, parts) !== undefined) return undefined
    if (this.#held === 'entity' && !isReadWhole(dataSource.getMetadata(entity))) return undefined
    return new RowForm(dataSource, entity, readMembers(parts, this.#model.serializer.naming), this.#held)
  }
}
