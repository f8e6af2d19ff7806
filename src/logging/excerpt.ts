import type { OptionNames } from '../helpers/known-options.js'
import { isSecretName, redacted } from './secret-names.js'
import { scrub, scrubbedHead } from './secrets.js'

/** How much of a value is shown. */
export interface ExcerptBounds {
  /** Bytes of it as JSON, at least 40; 2048 unless told. */
  readonly bytes?: number
  /** How deep it is looked into; 4 unless told. */
  readonly depth?: number
  /** Characters of each text; 256 unless told. */
  readonly text?: number
  /** Members of each list and object; 50 unless told. */
  readonly members?: number
}

/** The names of bounds. */
export const excerptBounds: OptionNames<ExcerptBounds> = { bytes: true, depth: true, text: true, members: true }

const cut = '[cut]'
/** What each level keeps for saying that there is more: `"…":"[cut]",`, and what opens and closes it. */
const reserve = 20

/**
 * As much of a value as a log may hold, as plain JSON: without secrets, bounded in bytes and depth, and with a word for what
 * has no JSON, or is not looked into. It never throws, and never takes long.
 */
export function excerptOf(value: unknown, bounds: ExcerptBounds = {}): unknown {
  const { bytes = 2048, depth = 4, text = 256, members = 50 } = bounds
  return new Excerpt(Math.max(bytes, 40) - reserve, { depth, text, members }).take(value, [])
}

class Excerpt {
  #rest: number
  /** Whether something was left out for want of room, so that nothing follows it. */
  #full = false
  readonly #bounds: Required<Omit<ExcerptBounds, 'bytes'>>

  constructor(bytes: number, bounds: Required<Omit<ExcerptBounds, 'bytes'>>) {
    this.#rest = bytes
    this.#bounds = bounds
  }

  take(value: unknown, above: readonly object[]): unknown {
    if (typeof value === 'object' && value !== null) return this.#object(value, above)
    if (typeof value === 'string') return this.#spend(this.#text(value))
    if (typeof value === 'number') return this.#spend(Number.isFinite(value) ? value : String(value))
    if (typeof value === 'boolean' || value === null) return this.#spend(value)
    return this.#spend(
      typeof value === 'function' ? '[function]' : this.#text(String(value as bigint | symbol | undefined)),
    )
  }

  /** A value that is no object, where there is room for it. */
  #spend<T extends string | number | boolean | null>(value: T): T | string {
    const size = Buffer.byteLength(JSON.stringify(value)) + 1
    if (size > this.#rest) return this.#cut()
    this.#rest -= size
    return value
  }

  #cut(): string {
    this.#full = true
    return cut
  }

  #text(value: string): string {
    const { text } = this.#bounds
    if (value.length <= text) return scrub(value)
    return `${scrubbedHead(value, text)}… (${value.length} characters)`
  }

  #object(value: object, above: readonly object[]): unknown {
    if (above.includes(value)) return this.#spend('[circular]')
    try {
      if (value instanceof Date) return this.#spend(value.toISOString())
      if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return this.#spend(`[${value.byteLength} bytes]`)
      if (value instanceof Error) return this.#spend(this.#text(`${value.name}: ${value.message}`))
      const list = Array.isArray(value) ? value : value instanceof Set ? [...(value as Set<unknown>)] : undefined
      const deep = above.length >= this.#bounds.depth
      if (list) return deep ? this.#spend(`[list of ${list.length}]`) : this.#list(list, [...above, value])
      return deep ? this.#spend('[object]') : this.#members(value, [...above, value])
    } catch {
      return this.#spend('[unreadable]')
    }
  }

  #list(list: readonly unknown[], above: readonly object[]): readonly unknown[] | string {
    if (!this.#opened()) return this.#cut()
    const taken: unknown[] = []
    for (const [index, item] of list.entries()) {
      if (this.#full) break
      taken.push(index < this.#bounds.members ? this.take(item, above) : cut)
      if (index >= this.#bounds.members) break
    }
    return taken
  }

  #members(value: object, above: readonly object[]): Readonly<Record<string, unknown>> | string {
    if (!this.#opened()) return this.#cut()
    const names = value instanceof Map ? [...(value as Map<unknown, unknown>).keys()] : Object.keys(value)
    const taken: [string, unknown][] = []
    for (const [index, key] of names.entries()) {
      if (this.#full) break
      const name = this.#text(nameOf(key))
      const size = Buffer.byteLength(JSON.stringify(name)) + 1
      if (index >= this.#bounds.members || size > this.#rest) {
        taken.push(['…', size > this.#rest ? this.#cut() : cut])
        break
      }
      this.#rest -= size
      taken.push([name, isSecretName(name) ? this.#spend(redacted) : this.take(memberOf(value, key), above)])
    }
    // Also a member that is called `__proto__` is one.
    return Object.fromEntries(taken)
  }

  /** Whether there is room for one more level. */
  #opened(): boolean {
    if (this.#rest < reserve) return false
    this.#rest -= reserve
    return true
  }
}

function nameOf(key: unknown): string {
  return typeof key === 'object' && key !== null ? '[object]' : String(key)
}

function memberOf(value: object, key: unknown): unknown {
  try {
    return value instanceof Map
      ? (value as Map<unknown, unknown>).get(key)
      : (value as Record<string, unknown>)[key as string]
  } catch {
    return '[unreadable]'
  }
}
