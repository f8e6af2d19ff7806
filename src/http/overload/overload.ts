import type { IncomingMessage, ServerResponse } from 'node:http'
import { performance } from 'node:perf_hooks'
import { ServiceUnavailableError } from '../../errors/exceptions.js'
import type { Logger } from '../../logging/logger.js'
import type { ModelDataSource } from '../../orm/data-source.js'
import { oldestWait } from '../../orm/database-measurements.js'
import type { Answers } from '../answers.js'
import { EventLoopWatch } from '../measurements/event-loop-watch.js'
import type { RequestLife } from '../request-life.js'
import type { OverloadOptions, OverloadReason } from './overload-options.js'

/** How long the event loop is looked at before that decides, in milliseconds. */
const window = 250
/** How often the log hears of refusals at most, in milliseconds: what is too much is not to be made more. */
const silence = 10_000

/** What refusing needs of an application. */
export interface OverloadParts {
  readonly answers: Answers
  readonly life: RequestLife
  readonly logger: Logger
  readonly dataSource?: ModelDataSource
}

/** Refuses requests while there are too many, so that those that are taken are answered in time. */
export class Overload {
  readonly refused: Record<OverloadReason, number> = { active: 0, delay: 0, utilization: 0, wait: 0 }
  readonly #options: OverloadOptions
  readonly #parts: OverloadParts
  readonly #watch: EventLoopWatch | undefined
  /** One for all: callers are told nothing of the reason, and to make one costs more than to send it. */
  readonly #refusal: ServiceUnavailableError
  #toldAt = Number.NEGATIVE_INFINITY

  constructor(options: OverloadOptions, parts: OverloadParts) {
    const { delayLimit, utilizationLimit, retryAfter = 1 } = options
    this.#options = options
    this.#parts = parts
    const isWatching = delayLimit !== undefined || utilizationLimit !== undefined
    this.#watch = isWatching ? new EventLoopWatch(window) : undefined
    const details = { retryAfter }
    this.#refusal = new ServiceUnavailableError('There are too many requests.', { errorCode: 'OVERLOADED', details })
  }

  /** Refuses a request where there are too many; whether it did. */
  refuses(request: IncomingMessage, response: ServerResponse): boolean {
    const reason = this.#reason()
    if (!reason) return false
    this.refused[reason] += 1
    this.#tell(reason)
    this.#parts.answers.refuseQuietly(this.#refusal, request, response)
    return true
  }

  end(): void {
    this.#watch?.end()
  }

  #reason(): OverloadReason | undefined {
    const { activeLimit = Infinity, delayLimit = Infinity, utilizationLimit = 1, waitLimit } = this.#options
    const { life, dataSource } = this.#parts
    if (life.load >= activeLimit) return 'active'
    if (this.#watch) {
      const { mean, utilization } = this.#watch.latest
      if (mean > delayLimit) return 'delay'
      if (utilization > utilizationLimit) return 'utilization'
    }
    if (waitLimit !== undefined && dataSource && oldestWait(dataSource) > waitLimit) return 'wait'
    return undefined
  }

  #tell(reason: OverloadReason): void {
    const now = performance.now()
    if (now - this.#toldAt < silence) return
    this.#toldAt = now
    const { active } = this.#parts.life
    this.#parts.logger.warn('Requests are refused, because there are too many.', {
      reason,
      active,
      refused: { ...this.refused },
    })
  }
}
