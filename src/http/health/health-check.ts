import type { Awaitable } from '../../helpers/awaitable.js'

/** How a check counts. */
export interface CheckOptions {
  /** After how many milliseconds it counts as down; 800 unless told. */
  readonly timeout?: number | undefined
  /** Whether the application is ready without it: then its state is only told. */
  readonly optional?: boolean | undefined
}

/** Says whether something that an application depends on is well. */
export interface HealthCheck extends CheckOptions {
  /**
   * Settles when it is known to be well. It never runs twice at the same time.
   * @param signal says that it takes too long; what still waits then is to be given up.
   * @returns false where it is not well; any other value says nothing.
   * @throws {Error} where it is not well. The log has it; callers are told that it is down.
   */
  check(signal: AbortSignal): Awaitable<unknown>
}

/** A check that an application gives: an object, or a function that does what `check` does. */
export type GivenCheck = HealthCheck | HealthCheck['check']

/** How long a check may take unless told, in milliseconds: probes of Kubernetes wait for a second. */
export const defaultCheckTimeout = 800
