import type { Awaitable } from '../helpers/awaitable.js'
import type { Clock } from '../helpers/clock.js'
import { type CacheEntry, readCacheEntry, writeCacheEntry } from './cache-entry.js'
import { digestOf, lifeOf, millisecondsOf } from './cache-rules.js'
import { type CacheStore, CacheUnavailableError } from './cache-store.js'
import { Flights } from './flights.js'
import { takeLease } from './lease.js'
import type { TagMarks } from './tag-marks.js'

/** What is asked of a cache. */
export interface CacheRequest {
  /** Any text; it is hashed. */
  readonly key: string
  /** Seconds. */
  readonly timeout: number
  /** Seconds beyond, in which one caller makes it anew and the others are given what there is. */
  readonly stale?: number
  readonly tags: readonly string[]
}

/** How what is cached is made, kept as a text, and found again. */
export interface Filling<T> {
  make(): Promise<T>
  /** Undefined where it is not to be kept. */
  write(made: T): string | undefined
  /** Undefined where the text is not what was written. */
  read(text: string): { readonly value: T } | undefined
}

/** Something that was found or made. */
export interface Fetched<T> {
  readonly value: T
  /** Whether it was found; `stale` where it counts no more and another is making it anew. */
  readonly from: 'cache' | 'stale' | 'made'
  /** How many seconds ago it was made. */
  readonly age: number
}

export interface FetcherParts {
  readonly store: CacheStore
  readonly marks: TagMarks
  readonly clock: Clock
  /** Milliseconds. */
  readonly waitLimit: number
}

/** Seconds that it is remembered of something that it is not to be kept. */
const passTimeout = 5

/** Finds what is cached, or makes it: once, whoever asks for it meanwhile. */
export class Fetcher {
  readonly #parts: FetcherParts
  readonly #flights = new Flights()

  constructor(parts: FetcherParts) {
    this.#parts = parts
  }

  /**
   * What counts is given at once where no store has to be waited for.
   * @throws {UsageError} E_CACHE_TIMEOUT; and what `make` throws.
   */
  fetch<T>(request: CacheRequest, filling: Filling<T>): Awaitable<Fetched<T>> {
    const life = lifeOf(request)
    const key = digestOf(request.key)
    return this.#fetchNow(key, request.tags, filling) ?? this.#fetch({ ...request, ...filling, key, life })
  }

  /**
   * Makes it for one caller alone: it is neither looked for nor kept.
   * @throws {UsageError} E_CACHE_TIMEOUT; and what `make` throws.
   */
  async make<T>(request: CacheRequest, { make }: Pick<Filling<T>, 'make'>): Promise<Fetched<T>> {
    lifeOf(request)
    return made(await make())
  }

  #fetchNow<T>(key: string, tags: readonly string[], filling: Filling<T>): Fetched<T> | undefined {
    const { store, marks } = this.#parts
    const entry = readCacheEntry(store.getNow(entryKey(key)))
    if (!entry || entry.marks !== marks.readNow(tags)) return undefined
    const found = this.#found(entry, filling)
    return found?.from === 'cache' ? found : undefined
  }

  async #fetch<T>(asked: Asked<T>): Promise<Fetched<T>> {
    const looked = await this.#look(asked)
    if (!looked) return made(await asked.make())
    const { entry, marks } = looked
    if (entry && entry.text === undefined) return made(await asked.make())
    const found = entry && this.#found(entry, asked)
    if (!found) return this.#fill(asked, marks)
    return found.from === 'cache' ? found : this.#renew(asked, marks, found)
  }

  /** The entry, where it counts, and the marks it has or will have; undefined where the store does not answer. */
  async #look({ key, tags }: Pick<Asked<unknown>, 'key' | 'tags'>): Promise<Looked | undefined> {
    const { store, marks: register } = this.#parts
    try {
      // Marks are read before anything is made, so that what was written meanwhile makes it invalid.
      const [stored, marks] = await Promise.all([store.get(entryKey(key)), register.read(tags)])
      const entry = readCacheEntry(stored)
      return { marks, entry: entry?.marks === marks ? entry : undefined }
    } catch (error) {
      if (error instanceof CacheUnavailableError) return undefined
      throw error
    }
  }

  #found<T>(entry: CacheEntry, filling: Filling<T>): Fetched<T> | undefined {
    const found = entry.text === undefined ? undefined : filling.read(entry.text)
    if (!found) return undefined
    const now = this.#parts.clock.now().getTime()
    // The clock of the process that made it may be ahead of this one.
    const age = Math.max(0, Math.floor((now - entry.madeAt) / 1000))
    return { value: found.value, from: now < entry.freshUntil ? 'cache' : 'stale', age }
  }

  /** Makes what is stale anew, unless somebody does already. */
  async #renew<T>(asked: Asked<T>, marks: string, stale: Fetched<T>): Promise<Fetched<T>> {
    const flight = `${asked.key} ${marks}`
    if (this.#flights.has(flight)) return stale
    return this.#flights.run(flight, async (landed) => {
      const lease = await takeLease(this.#parts.store, asked.key, { waitLimit: 0 })
      if (lease.isRefused) return stale
      return this.#make(asked, marks, { ...lease, landed })
    })
  }

  /** Makes what is not there, or waits for whoever does. */
  async #fill<T>(asked: Asked<T>, marks: string): Promise<Fetched<T>> {
    const flight = `${asked.key} ${marks}`
    if (this.#flights.has(flight)) {
      const entry = await this.#flights.wait(flight, this.#parts.waitLimit)
      return (entry && this.#found(entry, asked)) ?? made(await asked.make())
    }
    return this.#flights.run(flight, async (landed) => {
      let looked: Looked | undefined = { marks, entry: undefined }
      const there = async (): Promise<boolean> => {
        looked = await this.#look(asked)
        return looked?.entry !== undefined
      }
      const lease = await takeLease(this.#parts.store, asked.key, { waitLimit: this.#parts.waitLimit, there })
      const found = looked?.entry && this.#found(looked.entry, asked)
      if (found) {
        landed(looked.entry!)
        await lease.release()
        return found
      }
      return this.#make(asked, looked?.marks, { ...lease, landed })
    })
  }

  async #make<T>(
    asked: Asked<T>,
    marks: string | undefined,
    { release, landed }: { readonly release: () => Promise<void>; readonly landed: (entry: CacheEntry) => void },
  ): Promise<Fetched<T>> {
    try {
      const value = await asked.make()
      const text = asked.write(value)
      if (marks !== undefined) {
        const entry = this.#entry(asked, marks, text)
        if (text !== undefined) landed(entry)
        await this.#keep(asked, entry)
      }
      return made(value)
    } finally {
      await release()
    }
  }

  #entry({ timeout }: CacheRequest, marks: string, text: string | undefined): CacheEntry {
    const madeAt = this.#parts.clock.now().getTime()
    return { madeAt, marks, text, freshUntil: madeAt + jittered(millisecondsOf(timeout)) }
  }

  /** Keeps an entry, unless something was written since: another may have been made of that already. */
  async #keep({ key, life, timeout, tags }: Asked<unknown>, entry: CacheEntry): Promise<void> {
    const { store, marks } = this.#parts
    const fresh = entry.freshUntil - entry.madeAt
    const milliseconds = fresh + (life - millisecondsOf(timeout))
    try {
      if (entry.marks !== (marks.readNow(tags) ?? (await marks.read(tags)))) return
      const seconds = entry.text === undefined ? Math.min(passTimeout, timeout) : milliseconds / 1000
      await store.set(entryKey(key), writeCacheEntry(entry), seconds)
    } catch (error) {
      if (!(error instanceof CacheUnavailableError)) throw error
    }
  }
}

interface Asked<T> extends CacheRequest, Filling<T> {
  /** Milliseconds that it is kept, stale or not. */
  readonly life: number
}

interface Looked {
  readonly marks: string
  readonly entry: CacheEntry | undefined
}

const entryKey = (hash: string): string => `entry:${hash}`

const made = <T>(value: T): Fetched<T> => ({ value, from: 'made', age: 0 })

/** Up to a tenth shorter, so that what was made at once does not end at once. */
const jittered = (milliseconds: number): number => Math.ceil(milliseconds * (1 - Math.random() / 10))
