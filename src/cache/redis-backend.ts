import { type OptionNames, requireKnownBy } from '../helpers/known-options.js'
import type { Logger } from '../logging/logger.js'
import type { RedisCommands } from '../redis/redis-commands.js'
import { RedisConnection } from '../redis/redis-connection.js'
import { type RedisOptions, redisOptions } from '../redis/redis-options.js'
import type { ClosableBackend, LeasingBackend } from './cache-backend.js'
import { defaultCacheTimeout, millisecondsOf, requireCacheKey } from './cache-rules.js'
import { decodeCacheValue, encodeCacheValue } from './cache-value.js'
import type { BackendOptions } from './keyv-backend.js'

/** Where Redis is, and what the keys of this application begin with. */
export interface RedisBackendOptions extends RedisOptions, BackendOptions {
  /** Stands before every key, so that applications can share a server. */
  readonly namespace: string
  /** A connection that is used for other things as well; it is not closed with the cache. */
  readonly connection?: RedisConnection
  /** Hears when Redis is away and back; writes to standard output unless told. */
  readonly logger?: Logger
}

const redisBackendOptions: OptionNames<RedisBackendOptions> = {
  ...redisOptions,
  timeout: true,
  namespace: true,
  connection: true,
  logger: true,
}

const release = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`

/** A cache in Redis, or in a Redis Cluster, which all processes of an application share. No call takes longer than 100 ms. */
export class RedisBackend implements LeasingBackend, ClosableBackend {
  readonly #connection: RedisConnection
  readonly #owned: boolean
  readonly #prefix: string
  readonly #milliseconds: number

  /** @throws {UsageError} E_CACHE_KEY, E_CACHE_TIMEOUT; E_PEER_MISSING where @keyv/redis is not installed. */
  constructor(options: RedisBackendOptions) {
    requireKnownBy(RedisBackend, options, redisBackendOptions)
    const { namespace, connection, timeout = defaultCacheTimeout, logger, ...redis } = options
    requireCacheKey(namespace)
    this.#milliseconds = millisecondsOf(timeout)
    this.#prefix = `${namespace}:`
    this.#owned = connection === undefined
    this.#connection = connection ?? new RedisConnection(redis, logger)
  }

  async get(key: string): Promise<unknown> {
    return decodeCacheValue(await this.#run(key, (redis, full) => redis.get(full)).catch(nothingReadable))
  }

  async set(key: string, value: unknown, timeout?: number): Promise<void> {
    const PX = timeout === undefined ? this.#milliseconds : millisecondsOf(timeout)
    const text = encodeCacheValue(value)
    await this.#run(key, (redis, full) => redis.set(full, text, { PX }))
  }

  async delete(key: string): Promise<void> {
    await this.#run(key, (redis, full) => redis.del(full))
  }

  async acquire(key: string, token: string, timeout: number): Promise<boolean> {
    const PX = millisecondsOf(timeout)
    return (await this.#run(key, (redis, full) => redis.set(full, encodeCacheValue(token), { PX, NX: true }))) !== null
  }

  async release(key: string, token: string): Promise<void> {
    await this.#run(key, (redis, full) => redis.eval(release, { keys: [full], arguments: [encodeCacheValue(token)] }))
  }

  close(): void {
    if (this.#owned) this.#connection.close()
  }

  async #run<T>(key: string, command: (redis: RedisCommands, full: string) => Promise<T>): Promise<T> {
    requireCacheKey(key)
    return this.#connection.run((redis) => command(redis, this.#prefix + key))
  }
}

/** Another kind of value, which somebody else has put there. */
function nothingReadable(error: unknown): undefined {
  if (!(error instanceof Error && error.message.startsWith('WRONGTYPE'))) throw error
}

/** Makes a cache in Redis: `redisBackend({ url: 'redis://cache:6379', namespace: 'shop' })`. */
export function redisBackend(options: RedisBackendOptions): RedisBackend {
  requireKnownBy(redisBackend, options, redisBackendOptions)
  return new RedisBackend(options)
}
