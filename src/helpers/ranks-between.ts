import { generateNKeysBetween } from 'fractional-indexing'

const digits = '0123456789abcdefghijklmnopqrstuvwxyz'

/**
 * Texts of digits and lower-case letters that stand in order between two others, when they are compared by code points;
 * null is the start, or the end. There is always room for more. At either end, and between texts that were made at once,
 * they stay short; those that are put again and again into the same place grow by a character for every five or so.
 * @param count how many are made.
 */
export function ranksBetween(low: string | null, high: string | null, count: number): readonly string[] {
  return generateNKeysBetween(low, high, count, digits)
}
