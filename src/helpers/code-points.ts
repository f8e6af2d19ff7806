/** How many Unicode code points a text has: what databases mean by characters. */
export function codePointsIn(text: string): number {
  return Array.from(text).length
}
