const zero = 0x30

/** The number that two digits of a text stand for. */
function twoDigits(text: string, at: number): number {
  return (text.charCodeAt(at) - zero) * 10 + text.charCodeAt(at + 1) - zero
}

/**
 * The instant of a text that begins as `2024-02-29 23:59:59`, of UTC, whose digits are known to be some; undefined for years that
 * `Date` takes for others.
 */
export function instantValue(text: string, milliseconds: number): Date | undefined {
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2)
  if (year < 100) return undefined
  const day = Date.UTC(year, twoDigits(text, 5) - 1, twoDigits(text, 8))
  const seconds = (twoDigits(text, 11) * 60 + twoDigits(text, 14)) * 60 + twoDigits(text, 17)
  return new Date(day + seconds * 1000 + milliseconds)
}
