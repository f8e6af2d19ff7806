import { ContextVariable } from '../helpers/context-variable.js'

/**
 * The right to look past locked scopes. A scope says which capability lifts it (`liftedBy`); whoever has the object can
 * use it by `withCapability`, and nobody else can: it has no name that a request could carry.
 */
export class Capability {
  readonly name: string
  readonly #held: ContextVariable<true>

  constructor(name: string) {
    this.name = name
    this.#held = new ContextVariable(name)
  }

  /** Whether the running work has it. */
  get isHeld(): boolean {
    return this.#held.get() === true
  }

  /** Runs `work` with it; what runs elsewhere meanwhile does not have it. */
  run<R>(work: () => R): R {
    return this.#held.run(true, work)
  }
}

/** Makes a capability, to be named by the locked scopes it lifts. */
export function capability(name: string): Capability {
  return new Capability(name)
}

/** Runs `work` past the locked scopes that a capability lifts, e.g. a report over all tenants. */
export function withCapability<R>(capability: Capability, work: () => R): R {
  return capability.run(work)
}
