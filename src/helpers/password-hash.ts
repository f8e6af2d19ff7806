import { UsageError } from '../errors/usage-error.js'

/** What one hash costs whoever computes it: 128 · 2^logN · blockSize bytes of memory, parallelism times over. */
export interface PasswordCost {
  /** The binary logarithm of scrypt's N. */
  readonly logN: number
  /** scrypt's r. */
  readonly blockSize: number
  /** scrypt's p. */
  readonly parallelism: number
}

/** A password hash, read. */
export interface PasswordHash {
  readonly cost: PasswordCost
  readonly salt: Buffer
  readonly digest: Buffer
}

/** 128 MiB and some tenths of a second: what OWASP's Password Storage Cheat Sheet asks of scrypt. */
export const defaultPasswordCost: PasswordCost = Object.freeze({ logN: 17, blockSize: 8, parallelism: 1 })

const mostMemory = 2 ** 30
const form = /^\$scrypt\$ln=([1-9]\d?),r=([1-9]\d?),p=([1-9]\d?)\$([A-Za-z0-9+/]{2,172})\$([A-Za-z0-9+/]{22,172})$/

/** The bytes of memory a hash takes at this cost (RFC 7914 section 2). */
export function memoryOf({ logN, blockSize }: PasswordCost): number {
  return 128 * 2 ** logN * blockSize
}

/** @throws {UsageError} E_PASSWORD_COST for a cost that protects nothing, or that takes more than a gibibyte. */
export function requireCost(cost: PasswordCost): PasswordCost {
  const { logN, blockSize, parallelism } = cost
  const sensible =
    isWhole(logN, 14, 20) && isWhole(blockSize, 8, 32) && isWhole(parallelism, 1, 16) && memoryOf(cost) <= mostMemory
  if (sensible) return cost
  throw new UsageError(
    'E_PASSWORD_COST',
    `A password cost of ${JSON.stringify(cost)} is refused: logN is 14 to 20, blockSize 8 to 32, parallelism 1 to 16, ` +
      'and 128 · 2^logN · blockSize at most 1 GiB. Leave it out for the default.',
  )
}

/** Writes a hash as a PHC string: `$scrypt$ln=17,r=8,p=1$salt$digest`, the last two in base64 without padding. */
export function formatPasswordHash({ cost, salt, digest }: PasswordHash): string {
  const { logN, blockSize, parallelism } = cost
  return `$scrypt$ln=${logN},r=${blockSize},p=${parallelism}$${base64(salt)}$${base64(digest)}`
}

/**
 * Reads a PHC string of scrypt, ours or another program's.
 * Undefined for anything else, and for a cost that would take more than a gibibyte to check.
 */
export function parsePasswordHash(text: string): PasswordHash | undefined {
  const match = form.exec(text)
  if (!match) return undefined
  const [logN, blockSize, parallelism] = match.slice(1, 4).map(Number) as [number, number, number]
  const cost = { logN, blockSize, parallelism }
  const [salt, digest] = match.slice(4).map((part) => Buffer.from(part, 'base64')) as [Buffer, Buffer]
  // Base64 has more than one spelling for most bytes; only the one that would be written is read.
  const canonical = formatPasswordHash({ cost, salt, digest }) === text
  return canonical && logN <= 20 && memoryOf(cost) <= mostMemory ? { cost, salt, digest } : undefined
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}
