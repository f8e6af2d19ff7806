import { randomBytes, randomInt } from 'node:crypto'
import { UsageError } from '../errors/usage-error.js'

const fewestBytes = 16
const mostBytes = 1024

/**
 * Makes a token nobody can guess: `bytes` random bytes, written in base64url (four characters for three bytes, no
 * padding), so it fits URLs, cookies and headers as it is.
 * @throws {UsageError} E_TOKEN_BYTES unless `bytes` is an integer from 16 to 1,024.
 */
export function generateToken(bytes = 32): string {
  if (!Number.isInteger(bytes) || bytes < fewestBytes || bytes > mostBytes) {
    throw new UsageError(
      'E_TOKEN_BYTES',
      `generateToken(${String(bytes)}) cannot be answered: it takes the number of random bytes, an integer from ` +
        `${fewestBytes} (less could be guessed) to ${mostBytes}. The default, 32, suits every purpose.`,
    )
  }
  return randomBytes(bytes).toString('base64url')
}

/**
 * Makes `length` characters drawn from `alphabet`, each one equally likely, e.g. for codes that people type.
 * Whether the result can be guessed depends on both: 20 characters of 62 have 119 bits, 6 digits have 20.
 * @throws {UsageError} E_ALPHABET unless the alphabet has at least two characters (code points), all different.
 */
export function randomText(alphabet: string, length: number): string {
  const characters = Array.from(alphabet)
  if (characters.length < 2 || new Set(characters).size !== characters.length) {
    throw new UsageError('E_ALPHABET', 'randomText() needs an alphabet of at least two characters, all different.')
  }
  if (!Number.isInteger(length) || length < 1 || length > mostBytes) {
    throw new UsageError('E_ALPHABET', `randomText() makes 1 to ${mostBytes} characters, not ${String(length)}.`)
  }
  // randomInt rejects and draws again where a remainder would favour the first characters.
  return Array.from({ length }, () => characters[randomInt(characters.length)]).join('')
}
