/** What a cache keeps under a key: a text, and what it needs to know of it. */
export interface CacheEntry {
  /** The instant at which it was made, in milliseconds. */
  readonly madeAt: number
  /** From this instant on it is stale, though it may still be there. */
  readonly freshUntil: number
  /** The marks its tags had before it was made. */
  readonly marks: string
  /** Undefined says that what is made here is not to be kept, so that nobody need wait for it. */
  readonly text: string | undefined
}

/** An entry as one text: a line about it, and its text as it is. */
export function writeCacheEntry({ madeAt, freshUntil, marks, text }: CacheEntry): string {
  return `${JSON.stringify([madeAt, freshUntil, marks, text === undefined ? -1 : text.length])}\n${text ?? ''}`
}

/** Reads an entry; undefined for anything that is not a whole one. */
export function readCacheEntry(stored: unknown): CacheEntry | undefined {
  if (typeof stored !== 'string') return undefined
  const end = stored.indexOf('\n')
  const [madeAt, freshUntil, marks, length] = lineOf(stored.slice(0, end))
  if (typeof madeAt !== 'number' || typeof freshUntil !== 'number' || typeof marks !== 'string') return undefined
  const text = stored.slice(end + 1)
  if (length === -1 && text === '') return { madeAt, freshUntil, marks, text: undefined }
  return text.length === length ? { madeAt, freshUntil, marks, text } : undefined
}

function lineOf(line: string): readonly unknown[] {
  try {
    const read: unknown = JSON.parse(line)
    return Array.isArray(read) ? (read as readonly unknown[]) : []
  } catch {
    return []
  }
}
