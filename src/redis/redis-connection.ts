import { requireKnownBy } from '../helpers/known-options.js'
import { withTimeout } from '../helpers/with-timeout.js'
import { consoleLogger } from '../logging/console-logger.js'
import type { Logger } from '../logging/logger.js'
import { Circuit } from './circuit.js'
import { createRedisClient } from './create-client.js'
import type { RedisClient, RedisCommands } from './redis-commands.js'
import { defaultCommandTimeout, defaultProbeInterval, type RedisOptions, redisOptions } from './redis-options.js'
import { RedisUnavailableError } from './redis-unavailable-error.js'

/** Probes without an answer after which a connection counts as dead, though nobody has closed it. */
const patience = 4

/**
 * A connection to Redis that never makes anybody wait for long: a command takes at most `commandTimeout`, and while the server
 * does not answer it fails at once. It connects in the background and again by itself. Everything of an application
 * that needs Redis can share one.
 */
export class RedisConnection {
  readonly #options: RedisOptions
  readonly #logger: Logger
  readonly #timeout: number
  readonly #circuit: Circuit
  readonly #listeners = new Set<() => void>()
  #client: RedisClient
  /** Settles with the first connection; later ones are not waited for. */
  #connecting: Promise<unknown> | undefined
  #silences = 0
  #closed = false

  /** @throws {UsageError} E_PEER_MISSING where @keyv/redis is not installed. */
  constructor(options: RedisOptions = {}, logger: Logger = consoleLogger()) {
    requireKnownBy(RedisConnection, options, redisOptions)
    this.#options = options
    this.#logger = logger
    this.#timeout = options.commandTimeout ?? defaultCommandTimeout
    this.#circuit = new Circuit({
      interval: options.probeInterval ?? defaultProbeInterval,
      probe: () => this.#probe(),
      changed: (open) => this.#changed(open),
    })
    this.#client = this.#connected()
  }

  /** Whether commands are sent. */
  get isAvailable(): boolean {
    return !this.#closed && !this.#circuit.isOpen
  }

  /**
   * Sends a command, or several at once.
   * @throws {RedisUnavailableError} where there is no answer in time, at once while the server is known to be away.
   * What the server itself refuses is thrown as it is.
   */
  async run<T>(command: (redis: RedisCommands) => Promise<T>): Promise<T> {
    if (!this.isAvailable) throw new RedisUnavailableError('Redis does not answer at present.')
    try {
      const result = await withTimeout(this.#send(command), this.#timeout, late)
      this.#circuit.succeeded()
      return result
    } catch (error) {
      if (isRefusal(error)) {
        this.#circuit.succeeded()
        throw error
      }
      this.#circuit.failed()
      throw new RedisUnavailableError('Redis does not answer.', { cause: error })
    }
  }

  /** Lets `listener` hear each time the server is back, until the function that is returned is called. */
  onBack(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Closes the connection; every later command fails. */
  close(): void {
    this.#closed = true
    this.#circuit.end()
    discard(this.#client)
  }

  async #send<T>(command: (redis: RedisCommands) => Promise<T>): Promise<T> {
    if (this.#connecting) await this.#connecting
    return command(this.#client)
  }

  #connected(): RedisClient {
    const client = createRedisClient(this.#options)
    // The circuit says what of this matters; without a listener the process would end.
    client.on('error', () => {})
    const connecting = client.connect().then(
      () => {},
      () => {},
    )
    this.#connecting = connecting
    void connecting.then(() => {
      if (this.#connecting === connecting) this.#connecting = undefined
    })
    return client
  }

  async #probe(): Promise<void> {
    try {
      if (!this.#client.isOpen) throw new RedisUnavailableError('The connection is closed.')
      await withTimeout(
        this.#send(async (redis) => redis.get('plinth:probe')),
        this.#timeout,
        late,
      )
      this.#silences = 0
    } catch (error) {
      this.#silences += 1
      const dead = !this.#client.isOpen || this.#silences % patience === 0
      if (dead && !this.#closed) {
        discard(this.#client)
        this.#client = this.#connected()
      }
      throw error
    }
  }

  #changed(open: boolean): void {
    if (open) this.#logger.warn('Redis does not answer; it is done without.', { redis: this.#address })
    else {
      this.#logger.info('Redis answers again.', { redis: this.#address })
      for (const listener of this.#listeners) listener()
    }
  }

  /** Without the user and password that a URL may hold. */
  get #address(): string {
    const { url = 'redis://127.0.0.1:6379', cluster } = this.#options
    return (cluster ?? [url]).map((node) => node.replace(/\/\/[^@/]*@/, '//')).join(', ')
  }
}

const late = (): Error => new RedisUnavailableError('There was no answer in time.')

/** Errors that the server answers with have names like `ERR` and `WRONGTYPE` in front. */
const isRefusal = (error: unknown): boolean =>
  error instanceof Error && /^(?!LOADING|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|READONLY)[A-Z]{2,} /.test(error.message)

function discard(client: RedisClient): void {
  try {
    client.destroy()
  } catch {
    // It was never open.
  }
}
