import { firstCodePoints } from '../helpers/code-points.js'

/** Longer names are cut, so that an answer cannot be blown up by what was sent. */
const nameLimit = 64

/** A JSON pointer to a member of a body, as a URI fragment (RFC 6901 section 6). */
export function memberPointer(...path: readonly string[]): string {
  return `#${path.map((name) => `/${encoded(name)}`).join('')}`
}

function encoded(name: string): string {
  const escaped = firstCodePoints(name, nameLimit).replace(/~/g, '~0').replace(/\//g, '~1')
  return encodeURIComponent(escaped.replace(/\p{Surrogate}/gu, '\uFFFD'))
}
