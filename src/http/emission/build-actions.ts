import { type ActionMetadata, createExecutor, type RoutingControllersOptions } from 'routing-controllers'
import type { Mistakes } from '../../errors/definition-error.js'
import type { HttpDriver } from '../driver.js'
import type { Exchange } from '../exchange.js'
import { validationOptions } from '../native/read-native-body.js'
import { type Binding, type Emission, emit, withdraw } from './emit.js'
import type { PlannedAction, ViewSetPlan } from './planned-action.js'
import { checkEmission, isBuiltFrom } from './self-check.js'

// An empty list of classes would select every class of the process that was ever decorated.
class Nothing {}

/** How many viewsets are built at once: for each of them routing-controllers looks at the actions of all. */
const portion = 20

/** The actions of one application, as routing-controllers builds them from what it is given. */
export class BuiltActions {
  #built: ActionMetadata[] = []
  #emissions: ReadonlyMap<unknown, Emission> = new Map()

  /** Notes what routing-controllers built; the planned action it stands for, where there is one. */
  record(metadata: ActionMetadata): PlannedAction | undefined {
    this.#built.push(metadata)
    const emission = this.#emissions.get(metadata.target)
    return emission?.plan.actions.find((planned) => isBuiltFrom(metadata, { emission, planned }))
  }

  /**
   * Has routing-controllers build the actions of viewsets for a driver, and adds every difference between the two.
   * Its storage, which belongs to the whole process, is afterwards as it was before.
   */
  build(plans: readonly ViewSetPlan[], binding: Binding, driver: HttpDriver, mistakes: Mistakes): void {
    for (let from = 0; from < plans.length; from += portion) {
      this.#buildPortion(plans.slice(from, from + portion), binding, driver, mistakes)
    }
    driver.mountRoutes()
  }

  #buildPortion(plans: readonly ViewSetPlan[], binding: Binding, driver: HttpDriver, mistakes: Mistakes): void {
    const emissions: Emission[] = []
    this.#built = []
    try {
      for (const plan of plans) emissions.push(emit(plan, binding))
      this.#emissions = new Map(emissions.map((emission) => [emission.bound, emission]))
      createExecutor(driver, optionsFor(emissions))
      checkEmission(emissions, this.#built, mistakes)
    } finally {
      withdraw(emissions)
    }
  }
}

function optionsFor(emissions: readonly Emission[]): RoutingControllersOptions {
  return {
    controllers: [Nothing, ...emissions.map(({ bound }) => bound)],
    middlewares: [Nothing],
    interceptors: [Nothing],
    defaultErrorHandler: false,
    development: false,
    classTransformer: true,
    validation: { ...validationOptions },
    currentUserChecker: ({ context }) => (context as Exchange).user,
  }
}
