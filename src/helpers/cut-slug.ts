const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/**
 * Cuts a slug to at most `maxLength` code points: between words where one ends in the last quarter, never inside a
 * character that is made of several code points, and without a separator at the end. May leave nothing.
 */
export function cutSlug(slug: string, maxLength: number, separator = '-'): string {
  // No string has fewer UTF-16 units than code points, and none has more than twice as many.
  if (slug.length <= maxLength) return slug
  const points = Array.from(slug.slice(0, (maxLength + 1) * 2))
  if (points.length <= maxLength) return slug
  const room = points.slice(0, maxLength).join('')
  const next = points[maxLength]!
  return withoutTail(next === separator ? room : wordEnd(room, next, maxLength, separator), separator)
}

function wordEnd(room: string, next: string, maxLength: number, separator: string): string {
  const whole = wholeCharacters(room, next)
  const end = whole.lastIndexOf(separator)
  return end >= 0 && Array.from(whole.slice(0, end)).length >= maxLength * 0.75 ? whole.slice(0, end) : whole
}

// Asks for the one character that the cut may go through: walking over all of them takes the square of their number.
function wholeCharacters(room: string, next: string): string {
  const character = graphemes.segment(room + next).containing(room.length)
  return character ? room.slice(0, character.index) : room
}

function withoutTail(slug: string, separator: string): string {
  return slug.endsWith(separator) ? slug.slice(0, -separator.length) : slug
}
