import type { Keyv } from 'keyv'
import { type OptionNames, requireKnownBy } from '../helpers/known-options.js'
import type { ClosableBackend } from './cache-backend.js'
import { defaultCacheTimeout, millisecondsOf, requireCacheKey } from './cache-rules.js'
import { decodeCacheValue, encodeCacheValue } from './cache-value.js'

/** How a backend keeps what it was not told more about. */
export interface BackendOptions {
  /** Seconds that a value is kept where nobody says how long; 300 unless told. */
  readonly timeout?: number
}

const backendOptions: OptionNames<BackendOptions> = { timeout: true }

/** Any store that Keyv can use, as a backend: `keyvBackend(new Keyv({ store, namespace }))`. */
export class KeyvBackend implements ClosableBackend {
  readonly #keyv: Keyv
  readonly #milliseconds: number

  /** @throws {UsageError} E_CACHE_TIMEOUT. */
  constructor(keyv: Keyv, options: BackendOptions = {}) {
    requireKnownBy(KeyvBackend, options, backendOptions)
    const { timeout = defaultCacheTimeout } = options
    this.#milliseconds = millisecondsOf(timeout)
    this.#keyv = keyv
    keyv.throwOnErrors = true
    // A store that fails is heard of by the call that fails; without a listener the process would end.
    keyv.on('error', () => {})
  }

  async get(key: string): Promise<unknown> {
    requireCacheKey(key)
    return decodeCacheValue(await this.#keyv.get(key))
  }

  async set(key: string, value: unknown, timeout?: number): Promise<void> {
    requireCacheKey(key)
    const milliseconds = timeout === undefined ? this.#milliseconds : millisecondsOf(timeout)
    await this.#keyv.set(key, encodeCacheValue(value), milliseconds)
  }

  async delete(key: string): Promise<void> {
    requireCacheKey(key)
    await this.#keyv.delete(key)
  }

  async close(): Promise<void> {
    await this.#keyv.disconnect()
  }
}
