import type { Awaitable, Constructor, GivenCheck, HealthCheck, HealthOptions, Mistakes } from 'plinth'
import type { Container } from './container.js'

/** How an application is told of a check: what an application without a container has, or a class of checks. */
export type ProvidedCheck = GivenCheck | Constructor<HealthCheck>

/** How an application tells of its health. */
export type ProvidedHealth = HealthOptions<ProvidedCheck>

/** The classes that must be made to know of the health of an application. */
export function checkClassesOf(health: ProvidedHealth | undefined): readonly Constructor<HealthCheck>[] {
  return Object.values(health?.checks ?? {}).filter(isClass)
}

/** The health of an application, whose checks of classes the container makes when they are first needed. */
export function healthOf(health: ProvidedHealth, container: Container): HealthOptions {
  const { checks = {}, ...rest } = health
  const made = Object.entries(checks).map(([name, given]) => [
    name,
    isClass(given) ? new CheckOfClass(given, container) : given,
  ])
  return { ...rest, checks: Object.fromEntries(made) as Readonly<Record<string, GivenCheck>> }
}

/** Adds checks that would belong to one request: nobody makes one who asks for readiness. */
export function verifyChecks(health: ProvidedHealth | undefined, container: Container, mistakes: Mistakes): void {
  for (const target of checkClassesOf(health)) {
    if (container.lifetimeOf(target) !== 'request') continue
    mistakes.add({
      code: 'E_HEALTH',
      subject: target.name,
      problem: 'it is a check, and lives for one request, or needs something that does.',
      places: [],
      remedy: 'Let it need only what lives as long as the application.',
    })
  }
}

/** A check of a class. Its instance says how it counts, and is made when that is first asked. */
class CheckOfClass implements HealthCheck {
  readonly #target: Constructor<HealthCheck>
  readonly #container: Container

  constructor(target: Constructor<HealthCheck>, container: Container) {
    this.#target = target
    this.#container = container
  }

  get #instance(): HealthCheck {
    return this.#container.resolve(this.#target)
  }

  get timeout(): number | undefined {
    return this.#instance.timeout
  }

  get optional(): boolean | undefined {
    return this.#instance.optional
  }

  check(signal: AbortSignal): Awaitable<unknown> {
    return this.#instance.check(signal)
  }
}

/** Functions have no `check` among what their instances would have. */
function isClass(given: unknown): given is Constructor<HealthCheck> {
  if (typeof given !== 'function') return false
  const { prototype } = given as { readonly prototype?: Partial<HealthCheck> }
  return typeof prototype?.check === 'function'
}
