import { createCipheriv, createDecipheriv, hash, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import type { KeyValue } from '../../orm/lists/keyset.js'

/** Where a cursor stands. */
export interface Cursor {
  /** What it belongs to: an action, an ordering and filters. */
  readonly mark: string
  readonly backwards: boolean
  /** The values of the sort keys of the row it stands at; or its primary key, where those would be too long. */
  readonly at: { readonly values: readonly KeyValue[] } | { readonly key: readonly KeyValue[] }
}

/** How a cursor is written: `open` can be read by everybody, `sealed` by nobody. Neither can be made by others. */
export type CursorForm = 'open' | 'sealed'

/** The longest text of a cursor, in characters. */
export const cursorLimit = 1024

/** The fewest characters of a key that cursors are signed with. */
export const shortestCursorKey = 32

interface Keys {
  readonly signing: string
  readonly sealing: Buffer
}

const formatVersion = 2
const letters = { open: 'o', sealed: 's' } as const
/** 22 characters of six bits each, of which the first 128 are the nonce of what is sealed. */
const tagLength = 22
const nonceLength = 16
const shape = new RegExp(`^([os])([\\w-]{${tagLength}})([\\w-]+)$`)

/**
 * Writes cursors as text that nobody else can make. What is sealed is encrypted with its own signature as the nonce (a
 * synthetic initialisation vector, as in RFC 5297), so that equal cursors are equal texts in both forms.
 */
export class CursorCodec {
  readonly #keys: readonly Keys[]

  /** Every key reads cursors; the first one writes them. */
  constructor(secrets: readonly string[] = []) {
    this.#keys = (secrets.length > 0 ? secrets : [randomBytes(32)]).map((secret) => ({
      signing: derived(secret, 'cursor signing').toString('base64url'),
      sealing: derived(secret, 'cursor sealing'),
    }))
  }

  /** The text of a cursor; it may be longer than the limit. */
  write({ mark, backwards, at }: Cursor, form: CursorForm): string {
    const parts = 'values' in at ? [0, ...at.values] : [1, ...at.key]
    const plain = Buffer.from(JSON.stringify([formatVersion, mark, backwards ? 1 : 0, ...parts]))
    const text = plain.toString('base64url')
    const [keys] = this.#keys
    const tag = tagOf(letters[form], text, keys!)
    return letters[form] + tag + (form === 'open' ? text : sealed(plain, tag, keys!))
  }

  /** The cursor that a text stands for; undefined where none of the keys wrote it. */
  read(text: string): Cursor | undefined {
    if (text.length > cursorLimit) return undefined
    const [, letter, tag, body] = shape.exec(text) ?? []
    if (letter === undefined || tag === undefined || body === undefined) return undefined
    for (const keys of this.#keys) {
      const written = letter === letters.open ? body : unsealed(body, tag, keys)
      if (written !== undefined && isSame(tagOf(letter, written, keys), tag)) return cursorOf(written)
    }
    return undefined
  }
}

function sealed(plain: Buffer, tag: string, { sealing }: Keys): string {
  // Counter mode holds nothing back for the end.
  return createCipheriv('aes-256-ctr', sealing, nonceOf(tag)).update(plain).toString('base64url')
}

/** One text for one cursor: spare bits at the end would make others. */
function unsealed(body: string, tag: string, { sealing }: Keys): string | undefined {
  const bytes = Buffer.from(body, 'base64url')
  if (bytes.toString('base64url') !== body) return undefined
  return createDecipheriv('aes-256-ctr', sealing, nonceOf(tag)).update(bytes).toString('base64url')
}

const nonceOf = (tag: string): Buffer => Buffer.from(tag, 'base64url').subarray(0, nonceLength)

/** A cursor that was written by another version of the format is none. */
function cursorOf(text: string): Cursor | undefined {
  const plain = Buffer.from(text, 'base64url').toString()
  const [version, mark, backwards, kind, ...values] = JSON.parse(plain) as readonly KeyValue[]
  if (version !== formatVersion) return undefined
  return { mark: String(mark), backwards: backwards === 1, at: kind === 0 ? { values } : { key: values } }
}

/**
 * Signs a text. With SHA-3 a key in front of the text makes a signature: unlike with SHA-2, nobody can go on from a digest,
 * which is what HMAC hashes twice for (Bertoni et al., Cryptographic sponge functions, 2011; the same is KMAC of NIST SP 800-185).
 */
const tagOf = (letter: string, text: string, { signing }: Keys): string =>
  hash('sha3-256', signing + letter + text, 'base64url').slice(0, tagLength)

const isSame = (one: string, other: string): boolean => timingSafeEqual(Buffer.from(one), Buffer.from(other))

const derived = (secret: string | Buffer, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', `plinth ${purpose}`, 32))
