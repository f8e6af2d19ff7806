import type { Constructor, Lifetime } from 'plinth'
import type { Provided } from './provider.js'
import { type Registration, registrationOf, registrationOfClass } from './registration.js'

/** Everything one container knows how to make, and how long each thing lives. */
export class Registrations {
  readonly #byKey = new Map<unknown, Registration[]>()
  readonly #lifetimes = new Map<Registration, Lifetime>()

  /** Adds something the application was given. Of several with one key the last wins. */
  add(provided: Provided): void {
    const registration = registrationOf(provided)
    this.#lifetimes.clear()
    this.#byKey.set(registration.key, [...(this.#byKey.get(registration.key) ?? []), registration])
  }

  /** Adds classes the application was given, unless they are known to be, and returns those that were not. */
  give(targets: Iterable<Constructor>): readonly Constructor[] {
    const fresh = [...new Set(targets)].filter((target) => !this.#byKey.get(target)?.some(({ given }) => given))
    for (const target of fresh) {
      this.#byKey.delete(target)
      this.add(target)
    }
    return fresh
  }

  /**
   * What stands behind a key, all of it; empty when nothing does. A class that was not given is known from when it is
   * first needed: it is made anew for whoever needs it, unless a decorator of tsyringe says otherwise.
   */
  of(key: unknown): readonly Registration[] {
    const known = this.#byKey.get(key)
    if (known) return known
    if (typeof key !== 'function' || isNative(key)) return []
    const found = [registrationOfClass(key as Constructor, false)]
    this.#byKey.set(key, found)
    return found
  }

  /** Everything that was given. */
  get given(): readonly Registration[] {
    return [...this.#byKey.values()].flat().filter(({ given }) => given)
  }

  /** How long something lives: as asked, or else as long as what it is built from allows. */
  lifetimeOf(registration: Registration): Lifetime {
    const known = this.#lifetimes.get(registration)
    if (known) return known
    const lifetime = registration.asked ?? this.#derived(registration)
    this.#lifetimes.set(registration, lifetime)
    return lifetime
  }

  /** The registrations a registration is built from. */
  needsOf({ dependencies = [] }: Registration): readonly Registration[] {
    return dependencies.flatMap(({ key }) => this.of(key))
  }

  #derived(registration: Registration): Lifetime {
    if (!registration.given) return 'transient'
    return this.#reachesRequest(registration, new Set()) ? 'request' : 'singleton'
  }

  /** Whether making something makes, or takes, what belongs to one request. */
  #reachesRequest(registration: Registration, seen: Set<Registration>): boolean {
    if (seen.has(registration)) return false
    seen.add(registration)
    return this.needsOf(registration).some((need) => {
      if (need.asked)
        return need.asked === 'request' || (need.asked === 'transient' && this.#reachesRequest(need, seen))
      return this.#reachesRequest(need, seen)
    })
  }
}

/** Whether a class belongs to the language, as those do that stand for interfaces and primitives at run time. */
function isNative(target: unknown): boolean {
  return typeof target === 'function' && Function.prototype.toString.call(target).endsWith('{ [native code] }')
}
