/** The known name that a misspelt one was most likely meant to be, or undefined where none is near. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  // Only short names are compared: the work grows with their length, and callers choose it.
  if (name.length > 64) return undefined
  const distances = known
    .map((candidate) => ({ candidate, distance: distance(plain(name), plain(candidate)) }))
    .sort((a, b) => a.distance - b.distance)
  const [nearest] = distances
  return nearest && nearest.distance <= Math.max(2, Math.floor(nearest.candidate.length / 3))
    ? nearest.candidate
    : undefined
}

/** The most misspelt names of one request for which a known one is looked for. */
const mostMeant = 10

/** Tells the nearest known names of the first misspelt ones that are asked about: callers choose how many there are. */
export function nearestNames(known: Iterable<string>): (name: string) => string | undefined {
  let left = mostMeant
  return (name) => (left-- > 0 ? nearestName(name, [...known]) : undefined)
}

/** Different spellings of one name, such as `page_size` and `pageSize`, are no distance apart. */
const plain = (name: string): string => name.toLowerCase().replace(/[_-]/g, '')

/** How many letters must be added, removed or changed (Levenshtein). */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const changed = previous[column - 1]! + Number(a[row - 1] !== b[column - 1])
      current.push(Math.min(changed, previous[column]! + 1, current[column - 1]! + 1))
    }
    previous = current
  }
  return previous[b.length]!
}
