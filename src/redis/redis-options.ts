import type { OptionNames } from '../helpers/known-options.js'

/** Where Redis is, and how long to wait for it. */
export interface RedisOptions {
  /** `redis://127.0.0.1:6379` unless told; `rediss://` for TLS. */
  readonly url?: string
  /** Addresses of some nodes of a Redis Cluster; the others are found through them. Instead of `url`. */
  readonly cluster?: readonly string[]
  readonly username?: string
  readonly password?: string
  /** Further options of the socket, as node-redis takes them, e.g. `{ tls: true, ca }`. */
  readonly socket?: Readonly<Record<string, unknown>>
  /** The longest a command may take, in milliseconds; 100 unless told. */
  readonly commandTimeout?: number
  /** How often a server that does not answer is asked whether it is back, in milliseconds; 500 unless told. */
  readonly probeInterval?: number
}

export const defaultCommandTimeout = 100
export const defaultProbeInterval = 500

/** The names of the options of a connection. */
export const redisOptions: OptionNames<RedisOptions> = {
  url: true,
  cluster: true,
  username: true,
  password: true,
  socket: true,
  commandTimeout: true,
  probeInterval: true,
}
