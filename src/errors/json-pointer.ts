/** Longer names are cut, so that an answer cannot be blown up by what was sent. */
const longestName = 64

/** A JSON pointer to a part of a document, as a URI fragment (RFC 6901 section 6): `#/tags/0`. */
export function pointerTo(...path: readonly string[]): string {
  return `#${path.map((name) => `/${encoded(name)}`).join('')}`
}

/** The names a JSON pointer leads along (RFC 6901 section 3): of `/tags/0` they are `tags` and `0`. */
export function namesOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** A name that was sent, as it can be told again: cut, and well-formed. */
export function shortName(name: string): string {
  // No more than twice as many code units as code points, so that a name of a megabyte is not taken apart.
  const short = Array.from(name.slice(0, 2 * longestName))
    .slice(0, longestName)
    .join('')
  // Cutting, or the sender, may have left half a character, which cannot be encoded.
  return short.replace(/\p{Surrogate}/gu, '\uFFFD')
}

const encoded = (name: string): string =>
  encodeURIComponent(shortName(name).replaceAll('~', '~0').replaceAll('/', '~1'))

/**
 * The same place by other names. What cannot be decoded is left.
 * @param rename is given the names of the way, in order.
 */
export function renamedPointer(pointer: string, rename: (names: readonly string[]) => readonly string[]): string {
  try {
    return pointerTo(...rename(namesOf(pointer).map(decodeURIComponent)))
  } catch {
    return pointer
  }
}
