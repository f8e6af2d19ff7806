import type { Clock } from '../helpers/clock.js'
import { type OptionNames, requireKnownBy } from '../helpers/known-options.js'
import type { Consumption, PlacesStore, Presence, Quota } from './rate-limit-store.js'
import { SlidingWindow } from './sliding-window.js'

/** How counting in memory is done. */
export interface MemoryRateLimitOptions {
  /** The most keys that are counted at once; 1,000,000 unless told. Beyond that those that end first are forgotten. */
  readonly size?: number
  /** Where the time comes from; a clock that nobody can set, unless told. */
  readonly clock?: Clock
}

const memoryRateLimitOptions: OptionNames<MemoryRateLimitOptions> = { size: true, clock: true }

/** Counts in the memory of this process, of which other processes know nothing. */
export class MemoryRateLimitStore implements PlacesStore {
  /** By period, so that the order in which keys were used last is that in which they end. */
  readonly #byPeriod = new Map<number, Map<string, SlidingWindow>>()
  /** Who is in, by key, and until when. */
  readonly #places = new Map<string, Map<string, number>>()
  readonly #size: number
  readonly #now: () => number
  #count = 0

  constructor(options: MemoryRateLimitOptions = {}) {
    requireKnownBy(MemoryRateLimitStore, options, memoryRateLimitOptions)
    const { size = 1_000_000, clock } = options
    this.#size = size
    this.#now = clock ? () => clock.now().getTime() : () => Math.floor(performance.now())
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#count
  }

  consume(key: string, quota: Quota, cost: number): Consumption {
    const now = this.#now()
    const windows = this.#windowsOf(quota.period)
    this.#sweep(windows, quota, now)
    const known = windows.get(key)
    const window = known ?? new SlidingWindow()
    const consumption = window.consume(now, quota, cost)
    if (!consumption.allowed) return consumption
    // What was used last stands last.
    if (known) windows.delete(key)
    else this.#count += 1
    windows.set(key, window)
    if (this.#count > this.#size) this.#evict()
    return consumption
  }

  forget(key: string): void {
    for (const windows of this.#byPeriod.values()) if (windows.delete(key)) this.#count -= 1
  }

  enter(
    key: string,
    token: string,
    { limit = Number.POSITIVE_INFINITY, lease }: { limit?: number; lease: number },
  ): Presence {
    const now = this.#now()
    const inside = this.#places.get(key) ?? new Map<string, number>()
    for (const [one, until] of inside) if (until <= now) inside.delete(one)
    const entered = inside.has(token) || inside.size < limit
    if (entered) {
      inside.set(token, now + lease)
      this.#places.set(key, inside)
    }
    return { entered, remaining: Math.max(0, limit - inside.size) }
  }

  leave(key: string, token: string): void {
    const inside = this.#places.get(key)
    inside?.delete(token)
    if (inside?.size === 0) this.#places.delete(key)
  }

  #windowsOf(period: number): Map<string, SlidingWindow> {
    const windows = this.#byPeriod.get(period) ?? new Map<string, SlidingWindow>()
    this.#byPeriod.set(period, windows)
    return windows
  }

  /** Removes what has ended, so that nothing stays for longer than the next call after its end. */
  #sweep(windows: Map<string, SlidingWindow>, quota: Quota, now: number): void {
    for (const [key, window] of windows) {
      if (window.endOf(quota) > now) return
      windows.delete(key)
      this.#count -= 1
    }
  }

  #evict(): void {
    const largest = [...this.#byPeriod.values()].reduce((one, other) => (other.size > one.size ? other : one))
    const [oldest] = largest.keys()
    largest.delete(oldest!)
    this.#count -= 1
  }
}

/** Makes a store in the memory of this process. */
export function memoryRateLimitStore(options: MemoryRateLimitOptions = {}): MemoryRateLimitStore {
  requireKnownBy(memoryRateLimitStore, options, memoryRateLimitOptions)
  return new MemoryRateLimitStore(options)
}
