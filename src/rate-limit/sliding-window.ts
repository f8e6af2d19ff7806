import type { Consumption, Quota } from './rate-limit-store.js'

/** What was used close together counts, and ceases to count, together. */
interface Burst {
  readonly first: number
  last: number
  used: number
}

/** Into how many parts a period is divided, at most one burst each: what a window remembers has a bound. */
export const partsOfPeriod = 20

/**
 * Counts what is used in the last `period`, at whatever instant one looks: no span of that length ever holds more than
 * the limit. What is used within a twentieth of the period is kept as one burst, which counts until its last part has
 * ceased to; so a part may count up to a twentieth longer than it must, and never shorter.
 */
export class SlidingWindow {
  /** Oldest first. */
  readonly #bursts: Burst[] = []
  #used = 0

  /** @param now milliseconds of any clock that does not go backwards. */
  consume(now: number, { limit, period }: Quota, cost: number): Consumption {
    const length = period * 1000
    this.#forget(now - length)
    if (this.#used + cost > limit) return this.#refusal(now, length, this.#used + cost - limit, limit - this.#used)
    this.#used += cost
    const newest = this.#bursts.at(-1)
    if (newest && now - newest.first < length / partsOfPeriod) {
      newest.last = Math.max(newest.last, now)
      newest.used += cost
    } else this.#bursts.push({ first: now, last: now, used: cost })
    return { allowed: true, remaining: limit - this.#used, resetAfter: this.#end(length) - now, retryAfter: 0 }
  }

  /** The instant from which on nothing counts any more. */
  endOf({ period }: Quota): number {
    return this.#end(period * 1000)
  }

  #forget(until: number): void {
    for (let oldest = this.#bursts[0]; oldest && oldest.last <= until; oldest = this.#bursts[0]) {
      this.#bursts.shift()
      this.#used -= oldest.used
    }
  }

  #end(length: number): number {
    return (this.#bursts.at(-1)?.last ?? Number.NEGATIVE_INFINITY) + length
  }

  /** @param over how much must cease to count before as much can be allowed. */
  #refusal(now: number, length: number, over: number, remaining: number): Consumption {
    let freed = 0
    let last = now
    for (const burst of this.#bursts) {
      last = burst.last
      freed += burst.used
      if (freed >= over) break
    }
    const resetAfter = Math.max(0, this.#end(length) - now)
    return { allowed: false, remaining: Math.max(0, remaining), resetAfter, retryAfter: last + length - now }
  }
}
