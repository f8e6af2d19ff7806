import { createRequire } from 'node:module'
import { join } from 'node:path'
import { UsageError } from '../errors/usage-error.js'
import type { RedisClient } from './redis-commands.js'
import type { RedisOptions } from './redis-options.js'

interface RedisPackage {
  createClient(options: object): RedisClient
  createCluster(options: object): RedisClient
}

/**
 * Makes a client that is not connected yet. It keeps no commands for later: what cannot be sent now fails now.
 * @throws {UsageError} E_PEER_MISSING where @keyv/redis is not installed.
 */
export function createRedisClient({ url, cluster, username, password, socket }: RedisOptions): RedisClient {
  const redis = redisPackage()
  const shared = {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    disableOfflineQueue: true,
    // Beyond that a server does not answer, and whoever waits has been told so.
    commandsQueueMaxLength: 10_000,
    socket: { ...socket, connectTimeout: 1000, keepAlive: true, reconnectStrategy: reconnectAfter },
  }
  if (cluster) return redis.createCluster({ rootNodes: cluster.map((node) => ({ url: node })), defaults: shared })
  return redis.createClient({ ...shared, url: url ?? 'redis://127.0.0.1:6379' })
}

/** How long to wait before the next attempt, in milliseconds: longer each time, and not for all clients the same. */
function reconnectAfter(attempts: number): number {
  return Math.min(500, 20 * 2 ** attempts) * (0.75 + Math.random() / 4)
}

let loaded: RedisPackage | undefined

function redisPackage(): RedisPackage {
  loaded ??= load()
  return loaded
}

function load(): RedisPackage {
  // The application's own packages come first: plinth may be linked from elsewhere.
  for (const from of [join(process.cwd(), 'package.json'), import.meta.url]) {
    try {
      return createRequire(from)('@keyv/redis') as RedisPackage
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error
    }
  }
  throw new UsageError('E_PEER_MISSING', 'Redis needs the package @keyv/redis. Install it: npm install @keyv/redis@5')
}
