import { ServiceUnavailableError } from '../../errors/exceptions.js'
import type { CheckState } from './health-options.js'
import type { WatchedCheck } from './watched-check.js'

/** What is found of everything an application depends on. */
export interface Readiness {
  readonly status: 'ready' | 'unready' | 'closing'
  readonly checks: Readonly<Record<string, CheckState>>
}

/** Knows whether an application can answer. */
export class Health {
  /** Whether the application is about to end. */
  closing = false
  readonly #checks: readonly WatchedCheck[]

  constructor(checks: readonly WatchedCheck[]) {
    this.#checks = checks
  }

  /** Asks all checks at the same time; none where the application is about to end. */
  async readiness(): Promise<Readiness> {
    if (this.closing) return { status: 'closing', checks: {} }
    const found = await Promise.all(this.#checks.map(async (check) => ({ check, well: await check.isWell() })))
    const missing = found.some(({ check, well }) => !well && !check.optional)
    const states = found.map(({ check, well }) => [check.name, well ? 'up' : 'down'] as const)
    // It may have begun to end meanwhile.
    const status = this.closing ? 'closing' : missing ? 'unready' : 'ready'
    return { status, checks: Object.fromEntries(states) }
  }
}

/** What callers are told of an application that cannot answer: states, and nothing of the reasons. */
export function notReady({ status, checks }: Readiness): ServiceUnavailableError {
  const details = { status, ...(status === 'unready' && { checks }) }
  const message = status === 'closing' ? 'The application is about to end.' : 'Something that is needed is down.'
  return new ServiceUnavailableError(message, { errorCode: 'NOT_READY', details, told: { message, details } })
}
