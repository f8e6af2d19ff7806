/**
 * Where a cache keeps what it was given. `checkCacheBackend` of `plinth/testing` says whether an implementation of your
 * own keeps these rules.
 */
export interface CacheBackend {
  /** What is kept under a key; undefined where there is nothing, or nothing that can be read. A null that was kept is null. */
  get(key: string): Promise<unknown>
  /**
   * Keeps a JSON value: texts, finite numbers, true, false, null, and lists and plain objects of them.
   * @param key 1 to 250 characters without spaces and control characters.
   * @param timeout seconds from now, more than 0 and at most a year; without it the backend's own, 300 unless told.
   * @throws {UsageError} E_CACHE_KEY, E_CACHE_VALUE, E_CACHE_TIMEOUT.
   */
  set(key: string, value: unknown, timeout?: number): Promise<void>
  /** Forgets a key; nothing happens where there is none. */
  delete(key: string): Promise<void>
}

/** A backend with leases, by which processes agree that one of them makes a value while the others wait. */
export interface LeasingBackend extends CacheBackend {
  /**
   * Takes a lease for some seconds, where nobody has it; then its token is the value of the key, and whoever sets another takes it away.
   * @returns whether it was taken.
   */
  acquire(key: string, token: string, timeout: number): Promise<boolean>
  /** Gives a lease back, where it is still the one that was taken with this token. */
  release(key: string, token: string): Promise<void>
}

/** A backend in this process, which need not be waited for. */
export interface ImmediateBackend extends CacheBackend {
  /** What `get` gives, at once. */
  getNow(key: string): unknown
}

/** A backend that holds connections. */
export interface ClosableBackend extends CacheBackend {
  close(): void | Promise<void>
}

export function hasLeases(backend: CacheBackend): backend is LeasingBackend {
  const { acquire, release } = backend as Partial<LeasingBackend>
  return typeof acquire === 'function' && typeof release === 'function'
}

export function isClosable(backend: CacheBackend): backend is ClosableBackend {
  return typeof (backend as Partial<ClosableBackend>).close === 'function'
}

export function isImmediate(backend: CacheBackend): backend is ImmediateBackend {
  return typeof (backend as Partial<ImmediateBackend>).getNow === 'function'
}
