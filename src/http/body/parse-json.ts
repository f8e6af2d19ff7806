import { isUtf8 } from 'node:buffer'
import { parse } from 'secure-json-parse'
import { MalformedRequestError } from '../../errors/request-exceptions.js'

/**
 * The value of a JSON text (RFC 8259) in UTF-8. The last of several members of one name counts.
 * @throws {MalformedRequestError} for what is no JSON or no UTF-8, is nested deeper than `depth`, or has members that
 * would change the prototypes of objects. The message never tells what was sent.
 */
export function parseJson(bytes: Buffer, depth: number): unknown {
  if (!isUtf8(bytes)) throw malformed('The body is not valid UTF-8.')
  const text = bytes.toString('utf8')
  // First of all, because everything that looks at a value later may be recursive.
  if (isDeeper(text, depth)) {
    throw new MalformedRequestError(`The body is nested more than ${depth} levels deep.`, {
      errorCode: 'BODY_TOO_DEEP',
    })
  }
  try {
    return (maySpellForbidden(text) ? parse(text) : JSON.parse(text)) as unknown
  } catch (error) {
    const forbidden = error instanceof Error && error.message === 'Object contains forbidden prototype property'
    if (!forbidden) throw malformed('The body is not valid JSON.')
    const message = 'The body has a member whose name is not allowed.'
    throw new MalformedRequestError(message, { errorCode: 'FORBIDDEN_MEMBER' })
  }
}

/** Whether the careful parser has to read a text: it reads most of them once more than it would take to see this. */
function maySpellForbidden(text: string): boolean {
  // That parser reads past a byte order mark.
  return signs.some((sign) => text.includes(sign)) || text.startsWith('\uFEFF')
}

/** The forbidden names, and the way in which they can be spelled otherwise. */
const signs = ['__proto__', 'constructor', '\\u'] as const

function malformed(message: string): MalformedRequestError {
  return new MalformedRequestError(message, { errorCode: 'MALFORMED_BODY' })
}

const quote = '"'.charCodeAt(0)
const backslash = '\\'.charCodeAt(0)
const brackets: readonly number[] = ['[', '{'].map((text) => text.charCodeAt(0))
const [openArray, openObject] = brackets as [number, number]
const closeArray = ']'.charCodeAt(0)
const closeObject = '}'.charCodeAt(0)

function isDeeper(text: string, limit: number): boolean {
  let depth = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === quote) index = endOfString(text, index)
    else if (code === openArray || code === openObject) {
      if (++depth > limit) return true
    } else if (code === closeArray || code === closeObject) depth--
  }
  return false
}

function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0
    while (text.charCodeAt(end - 1 - slashes) === backslash) slashes++
    if (slashes % 2 === 0) return end
  }
  return text.length
}
