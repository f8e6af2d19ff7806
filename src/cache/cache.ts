import type { Awaitable } from '../helpers/awaitable.js'
import { type Clock, systemClock } from '../helpers/clock.js'
import { type OptionNames, requireKnownBy } from '../helpers/known-options.js'
import { consoleLogger } from '../logging/console-logger.js'
import type { Logger } from '../logging/logger.js'
import type { AnyClass } from '../metadata/fact-kind.js'
import type { CacheBackend } from './cache-backend.js'
import { CacheStore } from './cache-store.js'
import { decodeCacheValue, encodeCacheValue } from './cache-value.js'
import { type CacheRequest, type Fetched, Fetcher, type Filling } from './fetcher.js'
import { type FollowedSource, FollowedSources } from './followed-sources.js'
import { memoryBackend } from './memory-backend.js'
import { everything, TagMarks } from './tag-marks.js'
import { type CacheTag, tagsRead, tagsWritten } from './tags.js'

/** Where a cache keeps things, and how long anybody waits. */
export interface CacheOptions {
  /** In the memory of this process unless told; `redisBackend({ … })` where there are several processes. */
  readonly backend?: CacheBackend
  readonly clock?: Clock
  /** Hears when the backend does not answer; writes to standard output unless told. */
  readonly logger?: Logger
  /** The longest, in milliseconds, that anybody waits for what another is making; a second unless told. */
  readonly waitLimit?: number
  /** The longest, in milliseconds, that the backend may take before it is done without; 150 unless told. */
  readonly backendLimit?: number
}

/** How something is cached. */
export interface CachedOptions {
  /** Seconds that it counts, more than 0 and at most a year. */
  readonly timeout: number
  /** Seconds beyond, in which one caller makes it anew and the others are given what there is; 0 unless told. */
  readonly stale?: number
  /** What it is made of: it counts no more once a row of these is written, or `invalidate` names one of them. */
  readonly tags?: readonly CacheTag[]
}

/** The names of the options of caches. */
export const cacheOptions: OptionNames<CacheOptions> = {
  backend: true,
  clock: true,
  logger: true,
  waitLimit: true,
  backendLimit: true,
}
const cachedOptions: OptionNames<CachedOptions> = { timeout: true, stale: true, tags: true }

/**
 * What an application need not make twice. It never fails: where the backend does not answer, everything is made anew.
 * Several processes share it through a backend that they share.
 */
export class Cache {
  readonly #store: CacheStore
  readonly #marks: TagMarks
  readonly #fetcher: Fetcher
  readonly #followed: FollowedSources

  /** @throws {DefinitionError} E_OPTION. */
  constructor(options: CacheOptions = {}) {
    requireKnownBy(Cache, options, cacheOptions)
    const { backend, clock = systemClock, logger = consoleLogger(), waitLimit = 1000, backendLimit = 150 } = options
    this.#store = new CacheStore(backend ?? memoryBackend(), logger, backendLimit)
    this.#marks = new TagMarks(this.#store)
    // In a backend that was given there may be something that others have put there.
    this.#followed = new FollowedSources(this.#marks, backend !== undefined)
    this.#fetcher = new Fetcher({ store: this.#store, marks: this.#marks, clock, waitLimit })
  }

  /**
   * The value that is kept under a key, or what `make` makes. Whoever asks for the same meanwhile waits for it, in this
   * process and, where the backend has leases, in others. It must be a JSON value; undefined is not kept. What `make`
   * throws is thrown to its caller alone. In a unit of work of a data source that is followed it is always made, and not
   * kept: what a unit sees is for it alone.
   * @throws {UsageError} E_CACHE_VALUE, E_CACHE_TIMEOUT.
   */
  async cached<T>(key: string, options: CachedOptions, make: () => T | Promise<T>): Promise<T> {
    // oxlint-disable-next-line typescript/unbound-method -- it is looked for on the stack, not called
    requireKnownBy(this.cached, options, cachedOptions, { subject: 'Cache.cached' })
    const { value } = await this.fetch<T>(
      { key: `value ${key}`, ...options, tags: (options.tags ?? []).flatMap(tagsRead) },
      {
        make: async () => make(),
        write: (made) => (made === undefined ? undefined : encodeCacheValue(made)),
        read: (text) => {
          const found = decodeCacheValue(text) as T | undefined
          return found === undefined ? undefined : { value: found }
        },
      },
    )
    return value
  }

  /**
   * The same for whoever keeps something else than JSON values, and wants to know where it comes from. What is found in the
   * memory of this process is no promise.
   * @throws {UsageError} E_CACHE_TIMEOUT.
   */
  fetch<T>(request: CacheRequest, filling: Filling<T>): Awaitable<Fetched<T>> {
    if (this.#followed.areInUnit) return this.#fetcher.make(request, filling)
    this.#followed.begin()
    return this.#fetcher.fetch(request, filling)
  }

  /**
   * Makes invalid what was made of entities, rows or tags: for SQL of your own, which nobody else hears of; in a unit of
   * work of a data source that is followed once more when it is committed. What cannot be told to the backend now is told
   * as soon as it answers; until then this process takes nothing from it.
   */
  invalidate(...tags: readonly CacheTag[]): Promise<void> {
    return this.#followed.renew(
      tags.flatMap((tag) => {
        if (typeof tag === 'string') return [tag]
        return typeof tag === 'function' ? tagsWritten(tag, 'many') : tagsWritten(tag.entity, [tag.id])
      }),
    )
  }

  /** Makes everything invalid. */
  clear(): Promise<void> {
    return this.#followed.renew([everything])
  }

  /**
   * Makes invalid what rows are part of, each time a write of them is committed, until the function that is returned is
   * called. Entities that extend one another share rows.
   */
  follow(source: FollowedSource, entities: readonly AnyClass[]): () => void {
    return this.#followed.add(source, entities)
  }

  /** Whether it is in the memory of this process. */
  get isLocal(): boolean {
    return this.#store.isLocal
  }

  /**
   * Asks the backend for something.
   * @throws {Error} where it does not answer in time.
   */
  async reach(): Promise<void> {
    await this.#store.get('health')
  }

  /** Closes the backend. */
  async close(): Promise<void> {
    this.#marks.close()
    await this.#store.close()
  }
}
