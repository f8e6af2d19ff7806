import { Keyv } from 'keyv'
import { LRUCache } from 'lru-cache'
import { type OptionNames, requireKnownBy } from '../helpers/known-options.js'
import type { ClosableBackend } from './cache-backend.js'
import { type BackendOptions, KeyvBackend } from './keyv-backend.js'

/** How much a cache in memory may hold. */
export interface MemoryBackendOptions extends BackendOptions {
  /** Characters of all keys and values together, before those that were not used for longest go; 50 million unless told. */
  readonly size?: number
}

const memoryBackendOptions: OptionNames<MemoryBackendOptions> = { size: true, timeout: true }

interface Kept {
  readonly value: string
}

/**
 * A cache in the memory of this process, bounded, of which other processes know nothing: what they write makes nothing
 * here invalid.
 */
export function memoryBackend(options: MemoryBackendOptions = {}): ClosableBackend {
  requireKnownBy(memoryBackend, options, memoryBackendOptions)
  const { size = 50_000_000, ...shared } = options
  const kept = new LRUCache<string, Kept>({
    maxSize: size,
    // What is kept of an entry beside its texts counts too, or many small ones would be free.
    sizeCalculation: ({ value }, key) => key.length + value.length + 100,
  })
  const store = {
    get: (key: string) => kept.get(key),
    set: (key: string, value: Kept) => kept.set(key, value),
    delete: (key: string) => kept.delete(key),
    clear: () => kept.clear(),
  }
  // Texts need no second serialization; Keyv keeps them with the instant at which they end.
  const keyv = new Keyv({ store, useKeyPrefix: false })
  keyv.serialize = undefined
  keyv.deserialize = undefined
  return new KeyvBackend(keyv, shared)
}
