import type { DatabaseContents } from './table-contents.js'

/** How many of the latest values of a kind are remembered. */
const most = 20

/** What requests can refer to: what is stored, and what was answered. Without it they would never find a row. */
export class Memory {
  readonly #stored = new Map<string, readonly unknown[]>()
  readonly #keys = new Map<string, readonly unknown[]>()
  /** The tables whose rows were found behind a path. */
  readonly #homes = new Map<string, readonly string[]>()
  /** Entity tags that were answered. */
  readonly tags: string[] = []
  /** Cursors that were answered. */
  readonly cursors: string[] = []

  /** Forgets what was stored, and remembers these contents instead. */
  store(contents: DatabaseContents, primary: ReadonlySet<string>): void {
    this.#stored.clear()
    this.#keys.clear()
    for (const { table, rows } of contents) {
      for (const row of rows.slice(-most)) {
        for (const [property, value] of Object.entries(row)) {
          if (value === null || value === undefined || typeof value === 'object') continue
          append(this.#stored, property, value)
          if (primary.has(`${table} ${property}`)) append(this.#keys, table, value)
        }
      }
    }
  }

  /** Values that a property of this name has somewhere. */
  valuesOf(property: string): readonly unknown[] {
    return this.#stored.get(property) ?? []
  }

  /** Values that any property has. */
  values(): readonly unknown[] {
    return [...this.#stored.values()].flat()
  }

  /** Keys of rows, table by table; only those of tables whose rows were found behind a path, where there are any. */
  keyLists(base?: string): readonly (readonly unknown[])[] {
    const homes = base === undefined ? undefined : this.#homes.get(base)
    const lists = homes?.flatMap((table) => [this.#keys.get(table) ?? []]) ?? []
    return lists.some((keys) => keys.length > 0) ? lists : [...this.#keys.values()]
  }

  /** Remembers that there was a row of a key behind a path. */
  found(base: string, key: string): void {
    const having = [...this.#keys].filter(([, keys]) => keys.some((one) => String(one) === key)).map(([table]) => table)
    const known = this.#homes.get(base)
    const both = known?.filter((table) => having.includes(table)) ?? having
    if (both.length > 0) this.#homes.set(base, both)
  }

  /** Remembers what an answer tells. */
  hear(headers: Readonly<Record<string, string | undefined>>, body: string): void {
    remember(this.tags, headers['etag'])
    for (const [, cursor] of body.matchAll(/"(?:next|previous)Cursor":"([^"]+)"/g)) remember(this.cursors, cursor)
  }
}

function append(lists: Map<string, readonly unknown[]>, name: string, value: unknown): void {
  lists.set(name, [...(lists.get(name) ?? []), value])
}

function remember(known: string[], value: string | undefined): void {
  if (value === undefined) return
  known.push(value)
  if (known.length > most) known.shift()
}
