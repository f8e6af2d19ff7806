import type { Constructor, Lifetime } from 'plinth'
import { type DependencyContainer, container as processWide } from 'tsyringe'
import { type Dependency, dependenciesOf, plainKeysOf } from './dependencies.js'
import { nameOf } from './injection-key.js'
import type { Provided, Provider, Resolver } from './provider.js'

/** How something is made. */
export type Source =
  | {
      readonly kind: 'class'
      readonly target: new (...dependencies: unknown[]) => object
      /** The key under which tsyringe constructs it, whatever the key it is asked for by. */
      readonly construction: symbol
      /** What it is constructed from, where it takes no more than `new` to do so. */
      readonly plain: readonly unknown[] | undefined
    }
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'factory'; readonly make: (resolver: Resolver) => unknown }

/** What stands behind one key of one container. */
export interface Registration {
  readonly key: unknown
  readonly name: string
  readonly source: Source
  /** The lifetime that was asked for, by the provider or by a decorator of tsyringe. */
  readonly asked: Lifetime | undefined
  /** Whether the application was given it, rather than that something else needs it. */
  readonly given: boolean
  /** Undefined where the types of constructor parameters are not recorded. */
  readonly dependencies: readonly Dependency[] | undefined
}

/** The registration of something the application was given. */
export function registrationOf(provided: Provided): Registration {
  if (typeof provided === 'function') return registrationOfClass(provided, true)
  const { provide: key, ...how } = provided as Provider
  const common = { key, name: nameOf(key), given: true, asked: how.lifetime }
  if ('useClass' in how) {
    const target = how.useClass as Constructor
    const asked = how.lifetime ?? decoratedLifetime(target)
    return { ...common, asked, source: sourceOf(target), dependencies: dependenciesOf(target) }
  }
  if ('useFactory' in how) return { ...common, source: { kind: 'factory', make: how.useFactory }, dependencies: [] }
  return { ...common, asked: 'singleton', source: { kind: 'value', value: how.useValue }, dependencies: [] }
}

/** The registration of a class under its own name. */
export function registrationOfClass(target: Constructor, given: boolean): Registration {
  const dependencies = dependenciesOf(target)
  return {
    key: target,
    name: nameOf(target),
    source: sourceOf(target),
    asked: decoratedLifetime(target),
    given,
    dependencies,
  }
}

const sourceOf = (target: Constructor): Source => ({
  kind: 'class',
  target: target as new (...dependencies: unknown[]) => object,
  construction: Symbol(target.name),
  plain: plainKeysOf(target),
})

/**
 * The lifetime tsyringe's own decorators gave a class. They register it in the process-wide container; only whether it
 * is there can be asked, and that child containers get a copy of what is scoped to a container.
 */
function decoratedLifetime(target: Constructor): Lifetime | undefined {
  const key = target as new (...args: unknown[]) => unknown
  if (!processWide.isRegistered(key)) return undefined
  return processWide.createChildContainer().isRegistered(key) ? 'request' : 'singleton'
}

/** A container of tsyringe that has no parent, so that nothing is found in, or kept in, the process-wide one. */
export function independentContainer(parent?: DependencyContainer): DependencyContainer {
  const { constructor } = processWide as unknown as {
    readonly constructor: new (parent?: DependencyContainer) => DependencyContainer
  }
  return new constructor(parent)
}
