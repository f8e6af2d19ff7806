import { DefinitionError } from '../errors/definition-error.js'
import type { AnyClass } from '../metadata/fact-kind.js'
import { labelOf } from '../model/applied-traits.js'
import type { Model } from '../model/model.js'
import type { VerbsOf } from '../model/trait-types.js'
import { giveParts, hasOwnParts } from './own-part.js'
import { RowsService } from './rows-service.js'
import type { ServiceContext } from './service-context.js'
import type { ServiceResult } from './service-result.js'

/** The verbs of an entity as methods of its service. */
export type ServiceVerbs<E> = {
  readonly [M in keyof VerbsOf<E>]: VerbsOf<E>[M] extends (...given: infer G) => Promise<infer R>
    ? (...given: G) => Promise<ServiceResult<R>>
    : never
}

/** The class `ModelService` makes. */
export type ModelServiceClass<E extends object> = (abstract new (
  context?: ServiceContext,
) => RowsService<E> & ServiceVerbs<E>) & { readonly entity: AnyClass<E> }

/**
 * The base of the service of an entity, with the verbs of its traits:
 * `@injectable() class CityService extends ModelService(City) {}`.
 */
export function ModelService<E extends object>(entity: AnyClass<E>): ModelServiceClass<E> {
  abstract class EntityService extends RowsService<E> {
    static readonly entity = entity

    constructor(context?: ServiceContext) {
      super(...(context ? [context] : []))
      addVerbs(EntityService.prototype, this.dataSource.registry.model(entity))
    }
  }
  giveParts(EntityService.prototype)
  return EntityService as unknown as ModelServiceClass<E>
}

/** Verbs are known once a registry is, and belong to the prototype so that a subclass can override them. */
function addVerbs(prototype: object, model: Model): void {
  for (const name of Object.keys(model.verbs)) {
    if (Object.hasOwn(prototype, name)) continue
    if (name in prototype) throw nameTaken(model, name)
    Object.defineProperty(prototype, name, { value: verbMethod(name), configurable: true, writable: true })
  }
}

type Verbs = Readonly<Record<string, (...given: readonly unknown[]) => Promise<unknown>>>

interface DoesVerbs {
  readonly dataSource: RowsService<object>['dataSource']
  readonly attempt: RowsService<object>['attempt']
  readonly write: RowsService<object>['write']
  readonly repository: Verbs
}

function verbMethod(name: string) {
  return function (this: DoesVerbs, ...given: readonly unknown[]) {
    const run = async () => this.repository[name]?.(...given)
    // A verb is a unit of work of its own, where it needs one.
    return hasOwnParts(this) || this.dataSource.isInUnit ? this.write(run) : this.attempt(run)
  }
}

function nameTaken({ name: subject, verbs }: Model, verb: string): DefinitionError {
  const contributor = verbs[verb]?.contributor
  return new DefinitionError([
    {
      code: 'E_NAME_TAKEN',
      subject,
      problem: `the verb "${verb}" has the name of a method that every service has.`,
      places: contributor ? [labelOf(contributor)] : [],
      remedy: 'Rename the verb.',
    },
  ])
}
