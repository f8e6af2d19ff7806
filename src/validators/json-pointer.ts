const longestName = 64

/**
 * A JSON pointer as a URI fragment (RFC 6901 section 6) of one that is not: `/a b/0` becomes `#/a%20b/0`. Names that
 * are longer than 64 characters are cut: they come from outside.
 */
export function pointerFragment(pointer: string): string {
  return `#${pointer.split('/').map(encoded).join('/')}`
}

/** A name as a part of a JSON pointer (RFC 6901 section 3). */
export function pointerPart(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}

function encoded(name: string): string {
  const short = name.length > longestName ? `${name.slice(0, longestName)}…` : name
  // Cutting, or the sender, may have left half a character, which cannot be encoded.
  return encodeURIComponent(Buffer.from(short, 'utf8').toString('utf8'))
}
