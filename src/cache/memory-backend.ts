import { LRUCache } from 'lru-cache'
import { UsageError } from '../errors/usage-error.js'
import { type OptionNames, requireKnownBy } from '../helpers/known-options.js'
import type { ImmediateBackend } from './cache-backend.js'
import { defaultCacheTimeout, millisecondsOf, requireCacheKey } from './cache-rules.js'
import { decodeCacheValue, encodeCacheValue } from './cache-value.js'
import type { BackendOptions } from './keyv-backend.js'

/** How much a cache in memory may hold. */
export interface MemoryBackendOptions extends BackendOptions {
  /** Characters of all keys and values together, before those that were not used for longest go; 50 million unless told. */
  readonly size?: number
}

const memoryBackendOptions: OptionNames<MemoryBackendOptions> = { size: true, timeout: true }

class MemoryBackend implements ImmediateBackend {
  readonly #kept: LRUCache<string, string>
  readonly #milliseconds: number

  constructor({ size = 50_000_000, timeout = defaultCacheTimeout }: MemoryBackendOptions) {
    this.#milliseconds = millisecondsOf(timeout)
    this.#kept = new LRUCache({
      maxSize: requiredSize(size),
      // What is kept of an entry beside its texts counts too, or many small ones would be free.
      sizeCalculation: (value, key) => key.length + value.length + 100,
    })
  }

  getNow(key: string): unknown {
    requireCacheKey(key)
    return decodeCacheValue(this.#kept.get(key))
  }

  async get(key: string): Promise<unknown> {
    return this.getNow(key)
  }

  async set(key: string, value: unknown, timeout?: number): Promise<void> {
    requireCacheKey(key)
    const ttl = timeout === undefined ? this.#milliseconds : millisecondsOf(timeout)
    this.#kept.set(key, encodeCacheValue(value), { ttl })
  }

  async delete(key: string): Promise<void> {
    requireCacheKey(key)
    this.#kept.delete(key)
  }
}

function requiredSize(size: number): number {
  if (Number.isSafeInteger(size) && size > 0) return size
  throw new UsageError(
    'E_CACHE_SIZE',
    `A cache in memory holds a number of characters, a whole one above 0, not ${String(size)}: write memoryBackend({ size: 50_000_000 }).`,
  )
}

/**
 * A cache in the memory of this process, bounded, of which other processes know nothing: what they write makes nothing
 * here invalid.
 * @throws {UsageError} E_CACHE_TIMEOUT, E_CACHE_SIZE.
 * @throws {DefinitionError} E_OPTION.
 */
export function memoryBackend(options: MemoryBackendOptions = {}): ImmediateBackend {
  requireKnownBy(memoryBackend, options, memoryBackendOptions)
  return new MemoryBackend(options)
}
