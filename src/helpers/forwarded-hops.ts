import parseForwarded from 'forwarded-parse'

/** The header that the proxies before the application write the chain of clients into. */
export type ForwardedHeader = 'x-forwarded-for' | 'forwarded'

// How many commas a quoted string in a Forwarded element may hold; a bound, so that garbage is not read over and over.
const mostCommas = 16

/**
 * The addresses in a header, nearest hop first: the last one was written by the nearest proxy, and what stands further
 * left may have been made up by the client. Read lazily, so that only what a trusted proxy vouches for is looked at.
 * Yields undefined for an element that names no address of this form; nothing after it can be believed.
 */
export function* forwardedHops(header: ForwardedHeader, value: string): Generator<string | undefined> {
  const read = header === 'forwarded' ? lastElement : lastEntry
  let rest: string | undefined = value
  while (rest !== undefined) {
    const last: Element = read(rest)
    rest = last.rest
    if (last.node !== '') yield last.node === undefined ? undefined : withoutPort(last.node)
  }
}

/** The last element of a list: its node (`''` where the element is empty), and what stands before it. */
interface Element {
  readonly node: string | undefined
  readonly rest: string | undefined
}

function lastEntry(list: string): Element {
  const comma = list.lastIndexOf(',')
  return { node: list.slice(comma + 1).trim(), rest: before(list, comma) }
}

// The shortest end of the list that can be read is what the nearest proxy appended: a quote that the client left open
// further left cannot swallow it, and a comma inside a quoted string leaves an end that cannot be read.
function lastElement(list: string): Element {
  let comma = list.length
  for (let tries = 0; tries < mostCommas && comma >= 0; tries += 1) {
    comma = comma === 0 ? -1 : list.lastIndexOf(',', comma - 1)
    const element = list.slice(comma + 1).trim()
    if (element === '') return { node: '', rest: before(list, comma) }
    const pairs = pairsOf(element)
    if (pairs) return { node: pairs['for'] === '' ? undefined : pairs['for'], rest: before(list, comma) }
  }
  return { node: undefined, rest: undefined }
}

function before(list: string, comma: number): string | undefined {
  return comma < 0 ? undefined : list.slice(0, comma)
}

function pairsOf(element: string): Readonly<Record<string, string>> | undefined {
  try {
    return parseForwarded(element)[0]
  } catch {
    return undefined
  }
}

// RFC 7239 section 6: IPv6 in brackets, then an optional port. X-Forwarded-For has IPv6 without brackets as well.
function withoutPort(node: string): string {
  const [, bracketed, plain] = /^(?:\[([^\]]*)\](?::[\w.-]*)?|(\d+(?:\.\d+){3}):[\w.-]*)$/.exec(node) ?? []
  return bracketed ?? plain ?? node
}
