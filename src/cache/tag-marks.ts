import { randomBytes } from 'node:crypto'
import { digestOf } from './cache-rules.js'
import { type CacheStore, CacheUnavailableError } from './cache-store.js'

/** A tag that everything has. */
export const everything = '*'

/** Seconds that a mark is kept. A mark that is lost costs what was made under it, and nothing else. */
const markTimeout = 7 * 86_400

/** Marks that could not be renewed, beyond which everything is made invalid instead. */
const mostPending = 1000

const retryInterval = 250

/**
 * The marks of tags. What is cached remembers the marks that its tags had before it was made, and counts no more once
 * one of them is another. A mark is random, so that it needs no counting store: whoever writes takes it away, whoever
 * reads next gives another, and a lost one never comes back. So rows that nobody reads leave nothing behind.
 */
export class TagMarks {
  readonly #store: CacheStore
  /** What is not yet known to be renewed, and by which call. */
  readonly #pending = new Map<string, symbol>()
  readonly #marking = new Map<string, Promise<string>>()
  #flushing: Promise<boolean> | undefined
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor(store: CacheStore) {
    this.#store = store
  }

  /**
   * The marks of tags, as one text. Tags without a mark are given one.
   * @throws {CacheUnavailableError} where they are not known, or something that was written could not be told yet.
   */
  async read(tags: readonly string[]): Promise<string> {
    if (this.#isPending(tags) && !(await this.#flush())) throw new CacheUnavailableError('Marks are out of date.')
    const marks = await Promise.all([everything, ...tags].map((tag) => this.#markOf(tag)))
    return marks.join('.')
  }

  /** What `read` gives, where no store has to be waited for and all tags have marks. */
  readNow(tags: readonly string[]): string | undefined {
    if (this.#isPending(tags)) return undefined
    let marks = this.#store.getNow(everythingKey)
    if (typeof marks !== 'string') return undefined
    for (const tag of tags) {
      const mark = this.#store.getNow(keyOf(tag))
      if (typeof mark !== 'string') return undefined
      marks += `.${mark}`
    }
    return marks
  }

  /** Gives tags other marks, as soon as the store can be reached; until then this process reads nothing of it. */
  async renew(tags: readonly string[]): Promise<void> {
    const renewal = Symbol('renewal')
    for (const tag of tags) this.#pending.set(tag, renewal)
    if (this.#pending.size > mostPending) {
      this.#pending.clear()
      this.#pending.set(everything, renewal)
    }
    await this.#flush()
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  #isPending(tags: readonly string[]): boolean {
    const pending = this.#pending
    return pending.size > 0 && (pending.has(everything) || tags.some((tag) => pending.has(tag)))
  }

  async #markOf(tag: string): Promise<string> {
    const key = keyOf(tag)
    const known = await this.#store.get(key)
    if (typeof known === 'string') return known
    const marking = this.#marking.get(key) ?? this.#mark(key).finally(() => this.#marking.delete(key))
    this.#marking.set(key, marking)
    return marking
  }

  /** Gives a tag its first mark: the same, whoever asks for it at once. */
  async #mark(key: string): Promise<string> {
    const mark = newMark()
    if (!this.#store.hasLeases) {
      await this.#store.set(key, mark, markTimeout)
      return mark
    }
    if (await this.#store.acquire(key, mark, markTimeout)) return mark
    const known = await this.#store.get(key)
    if (typeof known === 'string') return known
    // What stands there is no mark, or was taken away a moment ago.
    await this.#store.delete(key)
    if (await this.#store.acquire(key, mark, markTimeout)) return mark
    throw new CacheUnavailableError('A mark was lost.')
  }

  /** @returns whether everything is renewed that was pending when it was called. */
  async #flush(): Promise<boolean> {
    // What was added while another flush was on its way needs a flush of its own.
    while (this.#flushing) await this.#flushing
    if (this.#pending.size === 0) return true
    this.#flushing = this.#send([...this.#pending])
    try {
      return await this.#flushing
    } finally {
      this.#flushing = undefined
    }
  }

  async #send(renewals: readonly (readonly [tag: string, renewal: symbol])[]): Promise<boolean> {
    const sent = await Promise.allSettled(
      renewals.map(async ([tag, renewal]) => {
        await this.#store.delete(keyOf(tag))
        // It may have been written once more meanwhile.
        if (this.#pending.get(tag) === renewal) this.#pending.delete(tag)
      }),
    )
    const done = sent.every(({ status }) => status === 'fulfilled')
    if (!done) this.#retry()
    return done
  }

  #retry(): void {
    if (this.#closed) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#flush(), retryInterval).unref()
  }
}

const newMark = (): string => randomBytes(9).toString('base64url')

const keyOf = (tag: string): string => `tag:${/^[\w:.*-]{1,200}$/.test(tag) ? tag : digestOf(tag)}`

const everythingKey = keyOf(everything)
