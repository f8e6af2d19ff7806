const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/**
 * Cuts a slug to at most `maxLength` code points: between words where one ends in the last quarter, never inside a
 * character that is made of several code points, and without a separator at the end. May leave nothing.
 */
export function cutSlug(slug: string, maxLength: number, separator = '-'): string {
  // No string has fewer UTF-16 units than code points.
  if (slug.length <= maxLength) return slug
  const points = firstPoints(slug, maxLength + 1)
  if (points.length <= maxLength) return slug
  const whole = wholeCharacters(points, maxLength)
  const next = points[whole]
  return withoutTail(wordEnd(points.slice(0, whole), next, maxLength, separator), separator).join('')
}

function firstPoints(text: string, count: number): readonly string[] {
  // One code point has at most two units.
  return Array.from(text.slice(0, count * 2)).slice(0, count)
}

function wholeCharacters(points: readonly string[], maxLength: number): number {
  let length = 0
  for (const { segment } of graphemes.segment(points.join(''))) {
    const longer = length + Array.from(segment).length
    if (longer > maxLength) break
    length = longer
  }
  return length
}

function wordEnd(
  points: readonly string[],
  next: string | undefined,
  maxLength: number,
  separator: string,
): readonly string[] {
  if (next === separator) return points
  const end = points.lastIndexOf(separator)
  return end >= maxLength * 0.75 ? points.slice(0, end) : points
}

function withoutTail(points: readonly string[], separator: string): readonly string[] {
  return points.at(-1) === separator ? points.slice(0, -1) : points
}
