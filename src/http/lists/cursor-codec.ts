import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import type { KeyValue } from '../../orm/lists/keyset.js'

/** Where a cursor stands. */
export interface Cursor {
  /** What it belongs to: an action, an ordering and filters. */
  readonly mark: string
  readonly backwards: boolean
  /** The values of the sort keys of the row it stands at; or its primary key, where those would be too long. */
  readonly at: { readonly values: readonly KeyValue[] } | { readonly key: readonly KeyValue[] }
}

/** The longest text of a cursor, in characters. */
export const cursorLimit = 1024

/** The fewest characters of a key that cursors are signed with. */
export const shortestCursorKey = 32

interface Keys {
  readonly signing: Buffer
  readonly hiding: Buffer
}

const tagLength = 16
const formatVersion = 1

/**
 * Writes cursors as text that nobody else can read or make: each is encrypted with its own HMAC-SHA-256 as the nonce
 * (a synthetic initialisation vector, as in RFC 5297), so that equal cursors are equal texts and sort keys that callers
 * may not read stay hidden.
 */
export class CursorCodec {
  readonly #keys: readonly Keys[]

  /** Every key reads cursors; the first one writes them. */
  constructor(secrets: readonly string[] = []) {
    this.#keys = (secrets.length > 0 ? secrets : [randomBytes(32)]).map((secret) => ({
      signing: derived(secret, 'cursor signing'),
      hiding: derived(secret, 'cursor hiding'),
    }))
  }

  /** The text of a cursor; it may be longer than the limit. */
  write({ mark, backwards, at }: Cursor): string {
    const parts = 'values' in at ? [0, ...at.values] : [1, ...at.key]
    const plain = Buffer.from(JSON.stringify([formatVersion, mark, backwards ? 1 : 0, ...parts]))
    const [keys] = this.#keys
    const tag = tagOf(plain, keys!)
    const cipher = createCipheriv('aes-256-ctr', keys!.hiding, tag)
    // Counter mode holds nothing back for the end.
    return Buffer.concat([tag, cipher.update(plain)]).toString('base64url')
  }

  /** The cursor that a text stands for; undefined where none of the keys wrote it. */
  read(text: string): Cursor | undefined {
    if (text.length > cursorLimit || !/^[A-Za-z0-9_-]+$/.test(text)) return undefined
    const bytes = Buffer.from(text, 'base64url')
    // One text for one cursor: spare bits at the end would make others.
    if (bytes.length <= tagLength || bytes.toString('base64url') !== text) return undefined
    for (const keys of this.#keys) {
      const plain = opened(bytes, keys)
      if (plain) return cursorOf(plain)
    }
    return undefined
  }
}

function opened(bytes: Buffer, keys: Keys): Buffer | undefined {
  const tag = bytes.subarray(0, tagLength)
  const decipher = createDecipheriv('aes-256-ctr', keys.hiding, tag)
  const plain = decipher.update(bytes.subarray(tagLength))
  return timingSafeEqual(tagOf(plain, keys), tag) ? plain : undefined
}

/** A cursor that was written by another version of the format is none. */
function cursorOf(plain: Buffer): Cursor | undefined {
  const [version, mark, backwards, kind, ...values] = JSON.parse(plain.toString()) as readonly KeyValue[]
  if (version !== formatVersion) return undefined
  return { mark: String(mark), backwards: backwards === 1, at: kind === 0 ? { values } : { key: values } }
}

const tagOf = (plain: Buffer, { signing }: Keys): Buffer =>
  createHmac('sha256', signing).update(plain).digest().subarray(0, tagLength)

const derived = (secret: string | Buffer, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', `plinth ${purpose}`, 32))
