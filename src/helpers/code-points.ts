/** How many Unicode code points a text has: what databases mean by characters. */
export function codePointsIn(text: string): number {
  return Array.from(text).length
}

/** The first code points of a text. */
export function firstCodePoints(text: string, count: number): string {
  // A code point is at most two UTF-16 units, so no more than those need to be looked at.
  return Array.from(text.slice(0, 2 * count))
    .slice(0, count)
    .join('')
}
