import {
  type Constructor,
  DefinitionError,
  type Instances,
  type Lifetime,
  type Logger,
  Mistakes,
  type OptionNames,
  placeOfCall,
  requireKnownBy,
  type ServiceContext,
  silentLogger,
  withServiceContext,
} from 'plinth'
import type { DependencyContainer, InjectionToken } from 'tsyringe'
import { type InjectionKey, nameOf } from './injection-key.js'
import { type Provided, type Resolver, requireProviders } from './provider.js'
import { independentContainer, type Registration, type Source } from './registration.js'
import { Registrations } from './registrations.js'
import { Scope } from './scope.js'
import { verifyRegistrations } from './verify-registrations.js'

/** What a container is made of. */
export interface ContainerOptions {
  readonly providers?: readonly Provided[]
  /** What services are made with. */
  readonly context?: ServiceContext
  /** Hears of what could not be disposed of. */
  readonly logger?: Logger
}

const containerOptions: OptionNames<ContainerOptions> = { providers: true, context: true, logger: true }

/**
 * The instances of one application. It shares nothing with other applications of the process, and the process-wide
 * container of tsyringe neither: classes that tsyringe's `@singleton()` or `@scoped()` decorated live as long as those
 * say, but once per application.
 */
export class Container implements Instances, Resolver {
  readonly #registrations = new Registrations()
  readonly #application = new Scope((scope) => this.#containerOf(scope))
  readonly #requests = new WeakMap<object, Scope>()
  readonly #makeBelow = (scope: Scope) => this.#containerOf(scope, this.#application.container)
  readonly #scopes = new WeakMap<DependencyContainer, Scope>()
  /** What most of the answering of requests asks for: instances that all of them share. */
  readonly #shared = new Map<Constructor, object>()
  /** Keys tsyringe can resolve, because they and everything they need are registered with it. */
  readonly #ready = new Set<unknown>()
  readonly #context: ServiceContext | undefined
  readonly #logger: Logger
  /** What the class that could not be constructed threw, while tsyringe wraps it once for each class on the way. */
  #thrown: { readonly error: unknown } | undefined

  /** @throws {DefinitionError} E_OPTION. */
  constructor(options: ContainerOptions = {}) {
    requireKnownBy(Container, options, containerOptions)
    const { providers = [], context, logger = silentLogger } = options
    if (providers.length > 0) requireProviders(providers, { subject: 'Container', places: [placeOfCall(Container)] })
    for (const provided of providers) this.#registrations.add(provided)
    this.#context = context
    this.#logger = logger
  }

  /**
   * An instance that lives as long as the application, or was made for the caller.
   * @throws {DefinitionError} where it, or something it needs, cannot be made.
   */
  resolve<T>(key: InjectionKey<T>): T {
    return this.#resolve(key, this.#application) as T
  }

  get<T extends object>(target: Constructor<T>, request: object): T {
    const known = this.#shared.get(target)
    if (known) return known as T
    if (!this.#ready.has(target) || this.lifetimeOf(target) !== 'singleton') {
      return this.#resolve(target, this.#requestScope(request)) as T
    }
    const shared = this.#resolve(target, this.#application) as T
    this.#shared.set(target, shared)
    return shared
  }

  lifetimeOf(target: Constructor): Lifetime {
    const registration = this.#registrations.of(target).at(-1)
    return registration ? this.#registrations.lifetimeOf(registration) : 'transient'
  }

  /** Verifies these classes, every provider, and all they are built from. */
  verify(targets: readonly Constructor[], mistakes: Mistakes): void {
    for (const target of this.#registrations.give(targets)) this.#ready.delete(target)
    this.#shared.clear()
    verifyRegistrations(this.#registrations.given, this.#registrations, mistakes)
  }

  end(request: object): void {
    const scope = this.#requests.get(request)
    if (scope) void this.#end(scope)
  }

  /** Disposes of everything that lives as long as the application. */
  async close(): Promise<void> {
    await this.#end(this.#application)
  }

  #end(scope: Scope): void | Promise<void> {
    return scope.end((error, owner) => this.#logger.error(`${owner} could not be disposed of.`, { error }))
  }

  #requestScope(request: object): Scope {
    const known = this.#requests.get(request)
    if (known) return known
    const scope = new Scope(this.#makeBelow)
    this.#requests.set(request, scope)
    return scope
  }

  #containerOf(scope: Scope, parent?: DependencyContainer): DependencyContainer {
    const container = independentContainer(parent)
    this.#scopes.set(container, scope)
    return container
  }

  #resolve(key: unknown, scope: Scope): unknown {
    if (!this.#ready.has(key)) this.#prepare(key)
    const registration = this.#registrations.of(key).at(-1)
    if (registration) return this.#instance(registration, scope)
    throw unknownKey(key)
  }

  /** Registers a key, and everything that is needed for it, with tsyringe. */
  #prepare(key: unknown): void {
    const registrations = this.#registrations.of(key)
    const mistakes = new Mistakes()
    verifyRegistrations(registrations, this.#registrations, mistakes)
    mistakes.throwIfAny()
    this.#register(key, registrations)
  }

  #register(key: unknown, registrations: readonly Registration[]): void {
    if (this.#ready.has(key)) return
    this.#ready.add(key)
    const { container } = this.#application
    for (const registration of registrations) {
      const { source } = registration
      if (source.kind === 'class') container.register(source.construction, { useClass: source.target })
      container.register(key as InjectionToken, {
        useFactory: (asked) => this.#instance(registration, this.#scopes.get(asked) ?? this.#application),
      })
      for (const { key } of registration.dependencies ?? []) this.#register(key, this.#registrations.of(key))
    }
  }

  #instance(registration: Registration, scope: Scope): unknown {
    this.#thrown = undefined
    try {
      const instance = this.#obtain(registration, scope)
      this.#thrown = undefined
      return instance
    } catch (error) {
      if (registration.source.kind !== 'class') this.#thrown = { error }
      this.#thrown ??= { error }
      throw this.#thrown.error
    }
  }

  #obtain(registration: Registration, scope: Scope): unknown {
    if (registration.source.kind === 'value') return registration.source.value
    const lifetime = this.#registrations.lifetimeOf(registration)
    if (lifetime === 'transient') return this.#make(registration, scope)
    const owner = lifetime === 'singleton' ? this.#application : scope
    if (lifetime === 'request' && owner === this.#application) throw outsideRequest(registration)
    return owner.once(registration, () => this.#make(registration, owner))
  }

  #construct({ target, construction, plain }: Extract<Source, { kind: 'class' }>, owner: Scope): unknown {
    if (!plain) return owner.container.resolve(construction)
    return new target(...plain.map((key) => this.#resolve(key, owner)))
  }

  #make({ source, name }: Registration, owner: Scope): unknown {
    if (owner.ended) throw new Error(`${name} was asked for after what it belongs to had ended.`)
    const make = (): unknown => {
      if (source.kind === 'class') return this.#construct(source, owner)
      if (source.kind === 'value') return source.value
      return source.make({ resolve: <T>(key: InjectionKey<T>) => this.#resolve(key, owner) as T })
    }
    return owner.own(this.#context ? withServiceContext(this.#context, make) : make())
  }
}

function outsideRequest({ name }: Registration): Error {
  return new Error(`${name} lives for one request and was asked for outside of any.`)
}

function unknownKey(key: unknown): DefinitionError {
  return new DefinitionError([
    {
      code: 'E_UNKNOWN_DEPENDENCY',
      subject: nameOf(key),
      problem: 'was asked for, but nothing provides it.',
      places: [],
      remedy: 'Add it to `providers`.',
    },
  ])
}
