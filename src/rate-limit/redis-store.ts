import { type OptionNames, requireKnownBy } from '../helpers/known-options.js'
import type { Logger } from '../logging/logger.js'
import { RedisConnection } from '../redis/redis-connection.js'
import { type RedisOptions, redisOptions } from '../redis/redis-options.js'
import { evaluate, luaScript } from './lua-script.js'
import { enterScript, leaveScript } from './places-scripts.js'
import type { ClosableRateLimitStore, Consumption, PlacesStore, Presence, Quota } from './rate-limit-store.js'
import { partsOfPeriod } from './sliding-window.js'

/** Where Redis is, and what the keys of this application begin with. */
export interface RedisRateLimitOptions extends RedisOptions {
  /** Stands before every key, so that applications can share a server. */
  readonly namespace: string
  /** A connection that is used for other things as well; it is not closed with the store. */
  readonly connection?: RedisConnection
  /** Hears when Redis is away and back; writes to standard output unless told. */
  readonly logger?: Logger
}

const redisRateLimitOptions: OptionNames<RedisRateLimitOptions> = {
  ...redisOptions,
  namespace: true,
  connection: true,
  logger: true,
}

/**
 * The same as a SlidingWindow, by the clock of the server. A key holds bursts: when each began, when it was added to
 * last, and how much it used. What else stands there counts as nothing. Where the clock was set back, or that of a replica which
 * took over is behind, what was used later counts as used now: otherwise it would count for longer than a period.
 */
const script = luaScript(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local limit, period, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local stored = redis.pcall('GET', KEYS[1])
local bursts, used = {}, 0
local readable, list = pcall(cmsgpack.unpack, stored)
for _, burst in ipairs(readable and type(list) == 'table' and list or {}) do
  local first, last, cost = unpack(type(burst) == 'table' and burst or {})
  if type(first) == 'number' and type(last) == 'number' and type(cost) == 'number' and last + period > now then
    bursts[#bursts + 1] = {math.min(first, now), math.min(last, now), cost}
    used = used + cost
  end
end
local newest = bursts[#bursts]
if used + cost > limit then
  local freed, retry = 0, 1
  for _, burst in ipairs(bursts) do
    freed = freed + burst[3]
    if used - freed + cost <= limit then
      retry = burst[2] + period - now
      break
    end
  end
  return {0, limit - used, newest and newest[2] + period - now or 0, retry}
end
if newest and now - newest[1] < period / ${partsOfPeriod} then
  newest[2] = math.max(newest[2], now)
  newest[3] = newest[3] + cost
else
  newest = {now, now, cost}
  bursts[#bursts + 1] = newest
end
local rest = newest[2] + period - now
redis.call('SET', KEYS[1], cmsgpack.pack(bursts), 'PX', rest)
return {1, limit - used - cost, rest, 0}`)

/**
 * Counts in Redis, or in a Redis Cluster, exactly for all processes of an application, whatever their clocks say. No
 * call takes longer than 100 ms unless told.
 */
export class RedisRateLimitStore implements ClosableRateLimitStore, PlacesStore {
  readonly #connection: RedisConnection
  readonly #owned: boolean
  readonly #prefix: string

  /** @throws {UsageError} E_PEER_MISSING where @keyv/redis is not installed. */
  constructor(options: RedisRateLimitOptions) {
    requireKnownBy(RedisRateLimitStore, options, redisRateLimitOptions)
    const { namespace, connection, logger, ...redis } = options
    this.#prefix = `${namespace}:limit:`
    this.#owned = connection === undefined
    this.#connection = connection ?? new RedisConnection(redis, logger)
  }

  /** @throws {RedisUnavailableError} where there is no answer in time, at once while Redis is known to be away. */
  async consume(key: string, { limit, period }: Quota, cost: number): Promise<Consumption> {
    const given = {
      keys: [this.#prefix + key],
      arguments: [limit, Math.ceil(period * 1000), cost].map(String),
    }
    const result = await this.#connection.run((redis) => evaluate(redis, script, given))
    const [allowed, remaining, resetAfter, retryAfter] = result as readonly [number, number, number, number]
    return { allowed: allowed === 1, remaining: Math.max(0, remaining), resetAfter, retryAfter }
  }

  async forget(key: string): Promise<void> {
    await this.#connection.run((redis) => redis.del(this.#prefix + key))
  }

  /** @throws {RedisUnavailableError} as `consume`. */
  async enter(
    key: string,
    token: string,
    { limit, lease }: { readonly limit?: number; readonly lease: number },
  ): Promise<Presence> {
    const given = { keys: [this.#prefix + key], arguments: [token, lease, limit ?? -1].map(String) }
    const result = await this.#connection.run((redis) => evaluate(redis, enterScript, given))
    const [entered, remaining] = result as readonly [number, number]
    return { entered: entered === 1, remaining: Math.max(0, remaining) }
  }

  async leave(key: string, token: string): Promise<void> {
    const given = { keys: [this.#prefix + key], arguments: [token] }
    await this.#connection.run((redis) => evaluate(redis, leaveScript, given))
  }

  close(): void {
    if (this.#owned) this.#connection.close()
  }
}

/** Makes a store in Redis: `redisRateLimitStore({ url: 'redis://cache:6379', namespace: 'shop' })`. */
export function redisRateLimitStore(options: RedisRateLimitOptions): RedisRateLimitStore {
  requireKnownBy(redisRateLimitStore, options, redisRateLimitOptions)
  return new RedisRateLimitStore(options)
}
