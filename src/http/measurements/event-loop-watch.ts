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

/** The least time, in milliseconds, of which it is told what part was not idle: whoever asks keeps it busy meanwhile. */
const shortestSpan = 250

/** What a histogram of times between two looks has counted since it was made: their sum, and that of their squares. */
interface Looks {
  readonly sum: number
  readonly squares: number
}

/** Watches how late the event loop is, window after window, from when it is first asked. It does not keep the process alive. */
export class EventLoopWatch {
  /** Never reset: the first time behind a reset is not counted, however long it is. */
  readonly #whole: IntervalHistogram = monitorEventLoopDelay({ resolution })
  /** Of one window; what begins with it may be missed. */
  readonly #part: IntervalHistogram = monitorEventLoopDelay({ resolution })
  readonly #window: number
  #timer: NodeJS.Timeout | undefined
  #begun: EventLoopUtilization = performance.eventLoopUtilization()
  #looks: Looks = { sum: 0, squares: 0 }
  #latest: EventLoopDelay | undefined

  /** @param window milliseconds. */
  constructor(window: number) {
    this.#window = window
  }

  /** How late it was in the last window that is over; in the present one before. */
  get latest(): EventLoopDelay {
    this.#timer ??= this.#watch()
    return this.#latest ?? this.#measured(performance.eventLoopUtilization(this.#begun))
  }

  end(): void {
    clearInterval(this.#timer)
    for (const histogram of [this.#whole, this.#part]) histogram.disable()
  }

  #watch(): NodeJS.Timeout {
    this.#begun = performance.eventLoopUtilization()
    for (const histogram of [this.#whole, this.#part]) histogram.enable()
    return setInterval(() => this.#next(), this.#window).unref()
  }

  #next(): void {
    const ended = performance.eventLoopUtilization()
    this.#latest = this.#measured(performance.eventLoopUtilization(ended, this.#begun))
    this.#begun = ended
    this.#looks = looksOf(this.#whole)
    this.#part.reset()
  }

  #measured({ active, idle }: EventLoopUtilization): EventLoopDelay {
    const { sum, squares } = looksOf(this.#whole)
    const [time, square] = [sum - this.#looks.sum, squares - this.#looks.squares]
    const mean = time > 0 ? lateness(square / time) : 0
    const { count, max } = this.#part
    return Object.freeze({
      mean,
      p99: Math.max(mean, count > 0 ? lateness(this.#part.percentile(99)) : 0),
      max: Math.max(mean, count > 0 ? lateness(max) : 0),
      utilization: active / Math.max(active + idle, shortestSpan),
    })
  }
}

function looksOf({ count, mean, stddev }: IntervalHistogram): Looks {
  return count === 0 ? { sum: 0, squares: 0 } : { sum: mean * count, squares: (stddev ** 2 + mean ** 2) * count }
}

/** What the timer has measured is the time between two of its looks, in nanoseconds. */
function lateness(between: number): number {
  return Math.max(0, between / 1e6 - resolution)
}
