import type { Mistakes } from '../errors/definition-error.js'
import type { Constructor } from './action-model.js'
import type { Answers } from './answers.js'
import { checksOf } from './health/checks-of.js'
import { Health } from './health/health.js'
import type { HealthOptions } from './health/health-options.js'
import { healthViewSets } from './health/health-viewsets.js'
import { verifyHealth } from './health/verify-health.js'
import type { PipelineHost } from './host.js'
import { EventLoopWatch } from './measurements/event-loop-watch.js'
import {
  type MeasurementOptions,
  type Measurements,
  measuredWindow,
  measurementsOf,
} from './measurements/measurements.js'
import { Overload } from './overload/overload.js'
import { verifyOverload } from './overload/verify-overload.js'
import type { RequestLife } from './request-life.js'

/** What an application is told for those who operate it. */
export interface OperationsOptions {
  /** How it tells whether it lives and is ready; with it, both are answered. */
  readonly health?: HealthOptions
  readonly measurements?: MeasurementOptions
}

/** What an application has for those who operate it. */
export class Operations {
  /** What answers probes; nothing where the application does not say so. */
  readonly viewSets: readonly Constructor[]
  readonly #options: OperationsOptions
  readonly #host: PipelineHost
  readonly #health: Health | undefined
  #running: Running | undefined

  constructor(options: OperationsOptions, host: PipelineHost, mistakes: Mistakes) {
    const { health } = options
    const { overload } = host
    this.#options = options
    this.#host = host
    if (health) verifyHealth(health, mistakes)
    if (overload) verifyOverload(overload, host.dataSource !== undefined, mistakes)
    // What is wrong is told before anything is asked.
    this.#health = health && new Health(mistakes.found.length > 0 ? [] : checksOf(health, host))
    this.viewSets = health && this.#health ? healthViewSets(health, this.#health, host) : []
  }

  /** Whether documents leave a viewset out. */
  isUndocumented(viewSet: Constructor): boolean {
    return this.#options.health?.documented !== true && this.viewSets.includes(viewSet)
  }

  /** Begins to look after requests. */
  begin(answers: Answers, life: RequestLife): void {
    const { measurements } = this.#options
    const { overload } = this.#host
    this.#running = {
      life,
      overload: overload && new Overload(overload, { ...this.#host, answers, life }),
      watch: measurements?.eventLoop === true ? new EventLoopWatch(measuredWindow) : undefined,
    }
  }

  /** What refuses requests where there are too many; undefined where nothing does. */
  get overload(): Overload | undefined {
    return this.#running?.overload
  }

  get measurements(): Measurements {
    const { rateLimiter, dataSource } = this.#host
    if (!this.#running) throw new Error('The application does not answer yet.')
    return measurementsOf({ ...this.#running, rateLimiter, ...(dataSource && { dataSource }) })
  }

  /** From now on the application is not ready. */
  withdraw(): void {
    if (this.#health) this.#health.closing = true
  }

  end(): void {
    this.#running?.overload?.end()
    this.#running?.watch?.end()
  }
}

interface Running {
  readonly life: RequestLife
  readonly overload: Overload | undefined
  readonly watch: EventLoopWatch | undefined
}
