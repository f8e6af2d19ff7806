import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import pLimit from 'p-limit'
import { ServiceUnavailableError, ValidationError } from '../errors/exceptions.js'
import { UsageError } from '../errors/usage-error.js'
import {
  defaultPasswordCost,
  formatPasswordHash,
  memoryOf,
  type PasswordCost,
  parsePasswordHash,
  requireCost,
} from './password-hash.js'

const mostBytes = 1024
const saltBytes = 16
const digestBytes = 32
const mostWaiting = 100

// Hashing fills threads that files and names are read on as well: half of them stay free for that.
const threads = Number(process.env['UV_THREADPOOL_SIZE']) || 4
const limit = pLimit(Math.max(1, Math.floor(threads / 2)))

/**
 * Hashes a password with scrypt (RFC 7914) and a salt of its own, as a PHC string to store; about 75 to 90 characters.
 * The password is taken as it was typed: not trimmed, not cut, not changed in any way.
 * @throws {ValidationError} PASSWORD_LENGTH unless it is 1 to 1,024 bytes of UTF-8; PASSWORD_MALFORMED for NUL or a lone surrogate.
 * @throws {ServiceUnavailableError} PASSWORDS_BUSY while a hundred others wait to be hashed.
 * @throws {UsageError} E_PASSWORD_COST for a cost out of bounds.
 */
export async function hashPassword(password: string, cost: PasswordCost = defaultPasswordCost): Promise<string> {
  requireCost(cost)
  requirePassword(password)
  const salt = randomBytes(saltBytes)
  return formatPasswordHash({ cost, salt, digest: await derive(password, salt, digestBytes, cost) })
}

/**
 * Whether a password is the one a hash was made of. Give `null` or `undefined` where there is no such account: it then
 * takes as long as it would with one (at `cost`), and says no, so that nobody learns who has an account.
 * @throws {UsageError} E_PASSWORD_HASH when what is stored is not a PHC string of scrypt.
 * @throws {ServiceUnavailableError} PASSWORDS_BUSY while a hundred others wait to be hashed.
 */
export async function verifyPassword(
  password: string,
  stored: string | null | undefined,
  cost: PasswordCost = defaultPasswordCost,
): Promise<boolean> {
  const known = stored === null || stored === undefined ? unknownAccount(cost) : readStored(stored)
  // No hash was ever made of these, and hashing them would be a way to make the server work.
  if (problemOf(password) !== undefined) return false
  const digest = await derive(password, known.salt, known.digest.length, known.cost)
  return timingSafeEqual(digest, known.digest)
}

/** Whether a stored hash should be replaced at the next sign-in: made at another cost than this one, or not by us. */
export function needsRehash(stored: string, cost: PasswordCost = defaultPasswordCost): boolean {
  const known = parsePasswordHash(stored)
  if (!known || known.salt.length < saltBytes || known.digest.length < digestBytes) return true
  const { logN, blockSize, parallelism } = known.cost
  return logN !== cost.logN || blockSize !== cost.blockSize || parallelism !== cost.parallelism
}

function readStored(stored: string): NonNullable<ReturnType<typeof parsePasswordHash>> {
  const known = parsePasswordHash(stored)
  if (known) return known
  throw new UsageError(
    'E_PASSWORD_HASH',
    'The stored text is not a password hash of the form $scrypt$ln=..,r=..,p=..$salt$digest. Check which column was ' +
      'read; verify hashes of other makers with their own library, and store a new one then.',
  )
}

function unknownAccount(cost: PasswordCost): NonNullable<ReturnType<typeof parsePasswordHash>> {
  return { cost: requireCost(cost), salt: randomBytes(saltBytes), digest: randomBytes(digestBytes) }
}

function requirePassword(password: string): void {
  const problem = problemOf(password)
  if (problem === 'malformed') {
    throw new ValidationError('The password is not well-formed text.', { errorCode: 'PASSWORD_MALFORMED' })
  }
  if (problem === 'length') {
    throw new ValidationError(`A password has 1 to ${mostBytes} bytes.`, { errorCode: 'PASSWORD_LENGTH' })
  }
}

function problemOf(password: unknown): 'length' | 'malformed' | undefined {
  if (typeof password !== 'string') return 'malformed'
  const bytes = Buffer.byteLength(password, 'utf8')
  if (bytes === 0 || bytes > mostBytes) return 'length'
  // UTF-8 writes one character for every lone surrogate, and HMAC takes a key for the same with NULs after it: other
  // passwords would match.
  return /[\0\p{Surrogate}]/u.test(password) ? 'malformed' : undefined
}

function derive(password: string, salt: Buffer, length: number, cost: PasswordCost): Promise<Buffer> {
  if (limit.pendingCount >= mostWaiting) {
    throw new ServiceUnavailableError('Too many people are signing in at the moment.', {
      errorCode: 'PASSWORDS_BUSY',
      headers: { 'Retry-After': '5' },
    })
  }
  const { logN, blockSize: r, parallelism: p } = cost
  // The blocks of RFC 7914 section 6 besides the large one, which alone Node's default would refuse.
  const maxmem = memoryOf(cost) + 128 * r * (p + 4)
  const work = (): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      scrypt(password, salt, length, { N: 2 ** logN, r, p, maxmem }, (error, digest) =>
        error ? reject(error) : resolve(digest),
      )
    })
  return limit(work)
}
