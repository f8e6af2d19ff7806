import { generateKeyBetween, generateNKeysBetween } from 'fractional-indexing'
import { UsageError } from '../errors/usage-error.js'

const digits = '0123456789abcdefghijklmnopqrstuvwxyz'

/**
 * Texts of digits and lower-case letters that stand in order between two others, when they are compared by code points;
 * null is the start, or the end. There is always room for more. At either end, and between texts that were made at once,
 * they stay short; those that are put again and again into the same place grow by a character for every five or so.
 * @param count how many are made.
 * @throws {UsageError} `E_RANK` for a text that was not made so, or where the first does not come before the second.
 */
export function ranksBetween(low: string | null, high: string | null, count: number): readonly string[] {
  const wrong = [low, high].find((text) => text !== null && !isRank(text))
  if (typeof wrong === 'string') {
    throw new UsageError('E_RANK', `No text is made beside "${wrong}": ranksBetween made none like it.`)
  }
  if (low !== null && high !== null && low >= high) {
    throw new UsageError('E_RANK', `"${low}" does not come before "${high}", so nothing fits between them.`)
  }
  return generateNKeysBetween(low, high, count, digits)
}

/** Whether a text is one that `ranksBetween` could have made. */
export function isRank(text: string): boolean {
  if (!/^[0-9a-z]+$/.test(text)) return false
  try {
    generateKeyBetween(text, null, digits)
    return true
  } catch {
    // Its first character says how long it must be at least, and it must not end in a zero behind that.
    return false
  }
}
