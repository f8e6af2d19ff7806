import { withTimeout } from '../helpers/with-timeout.js'
import type { CacheEntry } from './cache-entry.js'

/** What is being made in this process, so that whoever wants the same waits for it instead of making it again. */
export class Flights {
  readonly #running = new Map<string, Promise<CacheEntry | undefined>>()

  /** Whether something is being made. */
  has(key: string): boolean {
    return this.#running.has(key)
  }

  /** Waits for what is being made, at most so long; undefined where it fails, is not to be kept, or takes longer. */
  async wait(key: string, milliseconds: number): Promise<CacheEntry | undefined> {
    const running = this.#running.get(key)
    if (!running) return undefined
    return withTimeout(running, milliseconds, () => new Error('It takes too long.')).catch(() => undefined)
  }

  /** Runs work that others may wait for; they are given what `landed` was called with, or nothing. */
  async run<T>(key: string, work: (landed: (entry: CacheEntry) => void) => Promise<T>): Promise<T> {
    let land: ((entry: CacheEntry | undefined) => void) | undefined
    this.#running.set(key, new Promise((resolve) => (land = resolve)))
    try {
      return await work((entry) => land?.(entry))
    } finally {
      this.#running.delete(key)
      land?.(undefined)
    }
  }
}
