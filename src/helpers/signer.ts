import { createHmac, hash, hkdfSync, timingSafeEqual } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { UsageError } from '../errors/usage-error.js'
import { type Clock, systemClock } from './clock.js'
import { type OptionNames, requireKnownBy } from './known-options.js'
import type { SigningPurpose } from './signing-purpose.js'

/** The fewest characters of a key that values are signed with. */
const shortestKey = 32
/** The longest text of a signed value, in characters: it has to fit into an address. */
const longestText = 4096

/** What values are signed with. */
export interface SignerOptions {
  /**
   * Texts of 32 characters and more, as `openssl rand -base64 32` gives: the first key signs, all of them are recognised, so that keys
   * can be changed.
   */
  readonly keys: readonly string[]
  /** Says when values have ended; the clock of the machine unless told. */
  readonly clock?: Clock
}

const signerOptions: OptionNames<SignerOptions> = { keys: true, clock: true }

/** What became of a text: the value that was signed, or why it is none. The reason is for logs, not for who sent it. */
export type Verification<T> =
  | { readonly valid: true; readonly value: T }
  | { readonly valid: false; readonly reason: 'malformed' | 'unknown key' | 'forged' | 'expired' }

interface SigningKey {
  /** Tells keys apart, and nothing of them. */
  readonly id: string
  readonly secret: string
}

/** The id of a key, what was signed, and 256 bits of signature. */
const shape = /^([\w-]{8})\.([\w-]+)\.([\w-]{43})$/

/**
 * Signs small values, so that they can be handed out and are known again: in links, cookies and forms. Whoever has one can read it,
 * and nobody can make or change one.
 */
export class Signer {
  readonly #keys: readonly SigningKey[]
  readonly #clock: Clock

  /** @throws {UsageError} E_SIGNING_KEY without a key, and for keys that could be guessed. */
  constructor(options: SignerOptions) {
    requireKnownBy(Signer, options, signerOptions)
    const { keys, clock = systemClock } = options
    if (!Array.isArray(keys) || keys.length === 0) throw keyRefusal('It was given none.')
    this.#keys = (keys as readonly unknown[]).map((secret, index) => signingKey(secret, index))
    this.#clock = clock
  }

  /**
   * The text of a value, of the characters of base64url and dots: fit for addresses, cookies and headers as it is.
   * @throws {UsageError} E_SIGNED_VALUE for anything that JSON would give back as something else, and for more than 4,096 characters.
   */
  sign<T>(purpose: SigningPurpose<T>, value: T): string {
    const ends = purpose.lifetime === 'unlimited' ? null : this.#clock.now().getTime() + purpose.lifetime * 1000
    const payload = Buffer.from(`[${String(ends)},${jsonOf(value)}]`).toString('base64url')
    const [key] = this.#keys
    const signed = `${key!.id}.${payload}`
    const text = `${signed}.${tagOf(signed, key!, purpose)}`
    if (text.length <= longestText) return text
    throw valueRefusal(
      `Its text would have ${text.length} characters, of ${longestText}; sign the id of what you keep.`,
    )
  }

  /** The value that was signed for this purpose; undefined for everything else, and once it has ended. */
  verify<T>(purpose: SigningPurpose<T>, text: unknown): T | undefined {
    const verification = this.examine(purpose, text)
    return verification.valid ? verification.value : undefined
  }

  /** The same, with the reason where there is no value: for logs, because it helps whoever forges. */
  examine<T>(purpose: SigningPurpose<T>, text: unknown): Verification<T> {
    const found = typeof text === 'string' && text.length <= longestText ? shape.exec(text) : null
    const [, id, payload, tag] = found ?? []
    if (id === undefined || payload === undefined || tag === undefined) return { valid: false, reason: 'malformed' }
    const keys = this.#keys.filter((key) => key.id === id)
    if (keys.length === 0) return { valid: false, reason: 'unknown key' }
    if (!keys.some((key) => isSame(tagOf(`${id}.${payload}`, key, purpose), tag)))
      return { valid: false, reason: 'forged' }
    // Whoever signed it wrote JSON.
    const [ends, value] = JSON.parse(Buffer.from(payload, 'base64url').toString()) as readonly [number | null, T]
    if (ends !== null && this.#clock.now().getTime() >= ends) return { valid: false, reason: 'expired' }
    return { valid: true, value }
  }
}

function signingKey(secret: unknown, index: number): SigningKey {
  if (typeof secret !== 'string' || secret.length < shortestKey) {
    throw keyRefusal(`keys[${index}] has fewer than ${shortestKey} characters, and might be guessed.`)
  }
  return { secret, id: hash('sha256', derived(secret, 'key id'), 'base64url').slice(0, 8) }
}

/** Each purpose has a key of its own, so that what was signed for one is worth nothing for another. */
const tagOf = (signed: string, { secret }: SigningKey, { name }: { readonly name: string }): string =>
  createHmac('sha256', derived(secret, `values ${name}`))
    .update(signed)
    .digest('base64url')

const isSame = (one: string, other: string): boolean => timingSafeEqual(Buffer.from(one), Buffer.from(other))

const derived = (secret: string, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', `plinth signing ${purpose}`, 32))

function jsonOf(value: unknown): string {
  const text = stringified(value)
  if (text !== undefined && isDeepStrictEqual(JSON.parse(text), value)) return text
  throw valueRefusal(text === undefined ? 'It has no JSON.' : `It would come back as ${text.slice(0, 100)}.`)
}

function stringified(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch (error) {
    throw valueRefusal('It has no JSON.', error)
  }
}

function keyRefusal(problem: string): UsageError {
  const remedy = 'Give it keys from a random generator, such as `openssl rand -base64 32`.'
  return new UsageError('E_SIGNING_KEY', `A Signer cannot sign with its keys. ${problem} ${remedy}`)
}

function valueRefusal(problem: string, cause?: unknown): UsageError {
  const refused = `A value cannot be signed, because it must be a small JSON value. ${problem}`
  return new UsageError('E_SIGNED_VALUE', refused, { cause })
}
