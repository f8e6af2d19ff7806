import { DefinitionError, Mistakes } from '../errors/definition-error.js'
import type { AnyClass } from '../metadata/fact-kind.js'
import { compileModel } from './compile.js'
import type { Model } from './model.js'

/**
 * The models of one application's entities, compiled when it is made and never changed.
 * Two registries share nothing, also where they hold the same classes.
 */
export class Registry {
  readonly #models: ReadonlyMap<AnyClass, Model>

  /**
   * @param mistakes where to add what is wrong, so that it can be reported together with other mistakes;
   * without it the registry throws.
   * @throws {DefinitionError} with every mistake in every entity.
   */
  constructor(entities: Iterable<AnyClass>, mistakes?: Mistakes) {
    const found = mistakes ?? new Mistakes()
    this.#models = new Map([...new Set(entities)].map((entity) => [entity, compileModel(entity, found)]))
    if (!mistakes) found.throwIfAny()
    Object.freeze(this)
  }

  /** Every model, in the order in which the entities were given. */
  get models(): readonly Model[] {
    return [...this.#models.values()]
  }

  has(entity: AnyClass): boolean {
    return this.#models.has(entity)
  }

  /**
   * The model of an entity.
   * @throws {DefinitionError} `E_UNKNOWN_ENTITY` when the registry was not given the class.
   */
  model(entity: AnyClass): Model {
    const model = this.#models.get(entity)
    if (model) return model
    throw new DefinitionError([
      {
        code: 'E_UNKNOWN_ENTITY',
        subject: entity.name,
        problem: 'is used as an entity, but the application was not given it.',
        places: [],
        remedy: `Add it to \`entities\`. Known are: ${this.models.map(({ name }) => name).join(', ') || 'none'}.`,
      },
    ])
  }
}
