import { performance } from 'node:perf_hooks'
import { setImmediate } from 'node:timers/promises'
import { withTimeout } from '../../helpers/with-timeout.js'
import type { Logger } from '../../logging/logger.js'
import { defaultCheckTimeout, type HealthCheck } from './health-check.js'

/** A run that was late and has not ended keeps the next one waiting for so many times its limit; then it is lost. */
const patience = 10

/** How a check is watched. */
export interface WatchOptions {
  readonly name: string
  /** How long what was found is told again, in milliseconds. */
  readonly interval: number
  readonly logger: Logger
}

/**
 * Runs a check at most once at a time, however many ask, and not again before what was found is old. The log hears when what it
 * finds changes.
 */
export class WatchedCheck {
  readonly name: string
  readonly #check: HealthCheck
  readonly #options: WatchOptions
  #running: Promise<boolean> | undefined
  #found: { readonly well: boolean; readonly at: number } | undefined
  /** When a run began that was late and has not ended. */
  #lateSince: number | undefined

  constructor(check: HealthCheck, options: WatchOptions) {
    this.name = options.name
    this.#check = check
    this.#options = options
  }

  get optional(): boolean {
    return this.#check.optional ?? false
  }

  /** Whether what it asks is well. Never rejects. */
  isWell(): Promise<boolean> | boolean {
    if (this.#running) return this.#running
    const now = performance.now()
    if (this.#found && now - this.#found.at < this.#options.interval) return this.#found.well
    if (this.#lateSince !== undefined && now - this.#lateSince < patience * this.#limit) return false
    this.#running = this.#run(now)
    return this.#running
  }

  get #limit(): number {
    return this.#check.timeout ?? defaultCheckTimeout
  }

  async #run(begun: number): Promise<boolean> {
    const stop = new AbortController()
    const asking = this.#ask(stop.signal)
    let failure: { readonly error: unknown } | undefined
    try {
      await withTimeout(asking, this.#limit, late).catch((error: unknown) => this.#giveUp(error, asking, stop, begun))
    } catch (error) {
      failure = { error }
    }
    this.#tell(failure)
    this.#found = { well: failure === undefined, at: performance.now() }
    this.#running = undefined
    return failure === undefined
  }

  async #ask(signal: AbortSignal): Promise<void> {
    if ((await this.#check.check(signal)) === false) throw new Error('The check has answered false.')
  }

  /** Tells a run that it is late, and hears what it says to that. */
  async #giveUp(error: unknown, asking: Promise<void>, stop: AbortController, begun: number): Promise<void> {
    if (!(error instanceof LateError)) throw error
    stop.abort(error)
    const ended = asking.finally(() => {
      if (this.#lateSince === begun) this.#lateSince = undefined
    })
    this.#lateSince = begun
    await Promise.race([ended, setImmediate().then(() => Promise.reject(error))])
  }

  #tell(failure: { readonly error: unknown } | undefined): void {
    const { name: check, logger } = this.#options
    const wasWell = this.#found?.well ?? true
    if (failure && wasWell) logger.error('A health check fails.', { check, error: failure.error })
    if (!failure && !wasWell) logger.info('A health check succeeds again.', { check })
  }
}

/** A check has not ended in time. */
class LateError extends Error {
  override readonly name = 'LateError'
}

const late = (): Error => new LateError('There was no answer in time.')
