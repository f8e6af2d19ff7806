import { type EventLoopUtilization, type IntervalHistogram, monitorEventLoopDelay, performance } from 'node:perf_hooks'

/** How late the event loop was in a span of time, in milliseconds. */
export interface EventLoopDelay {
  /** As whoever comes at any moment finds it: a turn counts as often as it is long. */
  readonly mean: number
  readonly p99: number
  readonly max: number
  /** Which part of the time it was not idle, from 0 to 1. */
  readonly utilization: number
}

/** How often a timer looks whether it is late, in milliseconds. It is one of libuv's, which runs no JavaScript. */
const resolution = 10

/** Watches how late the event loop is, window after window, from when it is first asked. It does not keep the process alive. */
export class EventLoopWatch {
  readonly #histogram: IntervalHistogram = monitorEventLoopDelay({ resolution })
  readonly #window: number
  #timer: NodeJS.Timeout | undefined
  #begun: EventLoopUtilization = performance.eventLoopUtilization()
  #latest: EventLoopDelay | undefined

  /** @param window milliseconds. */
  constructor(window: number) {
    this.#window = window
  }

  /** How late it was in the last window that is over; in the present one before. */
  get latest(): EventLoopDelay {
    this.#timer ??= this.#watch()
    return this.#latest ?? this.#measured(performance.eventLoopUtilization(this.#begun).utilization)
  }

  end(): void {
    clearInterval(this.#timer)
    this.#histogram.disable()
  }

  #watch(): NodeJS.Timeout {
    this.#begun = performance.eventLoopUtilization()
    this.#histogram.enable()
    return setInterval(() => this.#next(), this.#window).unref()
  }

  #next(): void {
    const ended = performance.eventLoopUtilization()
    this.#latest = this.#measured(performance.eventLoopUtilization(ended, this.#begun).utilization)
    this.#begun = ended
    this.#histogram.reset()
  }

  #measured(utilization: number): EventLoopDelay {
    const { count, mean, stddev, max } = this.#histogram
    if (count === 0) return Object.freeze({ mean: 0, p99: 0, max: 0, utilization })
    return Object.freeze({
      mean: lateness(mean + stddev ** 2 / mean),
      p99: lateness(this.#histogram.percentile(99)),
      max: lateness(max),
      utilization,
    })
  }
}

/** What the timer has measured is the time between two of its looks, in nanoseconds. */
function lateness(between: number): number {
  return Math.max(0, between / 1e6 - resolution)
}
