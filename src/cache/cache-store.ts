import { UsageError } from '../errors/usage-error.js'
import { withTimeout } from '../helpers/with-timeout.js'
import type { Logger } from '../logging/logger.js'
import { type CacheBackend, hasLeases, type ImmediateBackend, isClosable, isImmediate } from './cache-backend.js'

/** The store of a cache does not answer, so that it has to be done without. */
export class CacheUnavailableError extends Error {
  override readonly name = 'CacheUnavailableError'
}

/** What a backend may fail to do while it does the rest, as a server does that is full. */
const tasks = ['read', 'write', 'delete'] as const
type Task = (typeof tasks)[number]

/** A backend that is given up where it takes too long, whoever wrote it. */
export class CacheStore {
  readonly #backend: CacheBackend
  readonly #immediate: ImmediateBackend | undefined
  readonly #logger: Logger
  readonly #limit: number
  readonly #failing = new Set<Task>()

  /** @param limit milliseconds that the backend may take for what it is asked. */
  constructor(backend: CacheBackend, logger: Logger, limit: number) {
    this.#backend = backend
    this.#immediate = isImmediate(backend) ? backend : undefined
    this.#limit = limit
    this.#logger = logger
  }

  /** What a backend in this process has; undefined where it has nothing, and where it would have to be waited for. */
  getNow(key: string): unknown {
    try {
      return this.#immediate?.getNow(key)
    } catch (error) {
      this.#failed('read', error)
      return undefined
    }
  }

  get(key: string): Promise<unknown> {
    return this.#ask('read', () => this.#backend.get(key))
  }

  set(key: string, value: string, timeout: number): Promise<void> {
    return this.#ask('write', () => this.#backend.set(key, value, timeout))
  }

  delete(key: string): Promise<void> {
    return this.#ask('delete', () => this.#backend.delete(key))
  }

  /** Takes a lease; always, where the backend has none and so nobody shares it. */
  async acquire(key: string, token: string, timeout: number): Promise<boolean> {
    const backend = this.#backend
    return hasLeases(backend) ? this.#ask('write', () => backend.acquire(key, token, timeout)) : true
  }

  async release(key: string, token: string): Promise<void> {
    const backend = this.#backend
    if (hasLeases(backend)) await this.#ask('delete', () => backend.release(key, token))
  }

  get isLocal(): boolean {
    return this.#immediate !== undefined
  }

  get hasLeases(): boolean {
    return hasLeases(this.#backend)
  }

  async close(): Promise<void> {
    if (isClosable(this.#backend)) await this.#backend.close()
  }

  async #ask<T>(task: Task, work: () => Promise<T>): Promise<T> {
    try {
      const result = await withTimeout(
        work(),
        this.#limit,
        () => new CacheUnavailableError('There was no answer in time.'),
      )
      this.#failing.delete(task)
      return result
    } catch (error) {
      this.#failed(task, error)
      throw new CacheUnavailableError('The cache does not answer.', { cause: error })
    }
  }

  /** Says once, until it does the same again, that the backend does not. */
  #failed(task: Task, error: unknown): void {
    if (error instanceof UsageError) throw error
    if (!this.#failing.has(task)) this.#logger.warn('The cache does not answer; it is done without.', { error })
    // What cannot be read cannot be written either, while a server that is full is still read.
    for (const one of task === 'read' ? tasks : [task]) this.#failing.add(one)
  }
}
