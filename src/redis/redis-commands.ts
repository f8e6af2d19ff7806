/** The commands that are sent to Redis: what clients of node-redis have in common, for one server and for a cluster. */
export interface RedisCommands {
  get(key: string): Promise<string | null>
  /** `PX` is the life of the key in milliseconds; with `NX` nothing is set where there is a key already. */
  set(key: string, value: string, options?: { readonly PX?: number; readonly NX?: true }): Promise<string | null>
  del(key: string): Promise<number>
  /** Runs a Lua script, atomically. In a cluster all keys must be in one slot. */
  eval(
    script: string,
    given: { readonly keys: readonly string[]; readonly arguments: readonly string[] },
  ): Promise<unknown>
  /** Runs a Lua script that the server has seen, by the SHA-1 of its text; `NOSCRIPT` is refused where it has not. */
  evalSha(
    digest: string,
    given: { readonly keys: readonly string[]; readonly arguments: readonly string[] },
  ): Promise<unknown>
}

/** A client of node-redis, as far as a connection needs it. */
export interface RedisClient extends RedisCommands {
  readonly isOpen: boolean
  connect(): Promise<unknown>
  /** Closes at once; what is waiting for an answer is rejected. */
  destroy(): void
  on(event: 'error', listener: (error: unknown) => void): unknown
}
