import { isUtf8 } from 'node:buffer'
import { scan } from 'secure-json-parse'
import { MalformedRequestError } from '../../errors/request-exceptions.js'

/**
 * The value of a JSON text (RFC 8259) in UTF-8. The last of several members of one name counts.
 * @throws {MalformedRequestError} for what is no JSON or no UTF-8, is nested deeper than `depth`, or has members that
 * would change the prototypes of objects. The message never tells what was sent.
 */
export function parseJson(bytes: Buffer, depth: number): unknown {
  if (!isUtf8(bytes)) throw malformed('The body is not valid UTF-8.')
  const text = bytes.toString('utf8')
  const value = parsed(text, depth)
  if (typeof value !== 'object' || value === null) return value
  // First of all, because everything that looks at a value later may be recursive.
  const looked = lookedThrough(value, depth)
  if (looked === 'deep') throw tooDeep(depth)
  if (looked === 'suspect') requireHarmless(value)
  return value
}

function parsed(text: string, depth: number): unknown {
  try {
    return JSON.parse(text.charCodeAt(0) === byteOrderMark ? text.slice(1) : text) as unknown
  } catch {
    throw isDeeper(text, depth) ? tooDeep(depth) : malformed('The body is not valid JSON.')
  }
}

const byteOrderMark = 0xfeff

/**
 * Whether a value is nested deeper than a limit, or has members that may change prototypes. One level after the other, so that none
 * is too deep to be looked at; it takes a fifth of what the same takes of the text.
 */
function lookedThrough(value: object, limit: number): 'deep' | 'suspect' | undefined {
  let isSuspect = false
  let level: object[] = [value]
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > limit) return 'deep'
    const below: object[] = []
    for (const container of level) {
      if (Array.isArray(container)) addContainers(container, below)
      else if (addMembers(container as Readonly<Record<string, unknown>>, below)) isSuspect = true
    }
    level = below
  }
  return isSuspect ? 'suspect' : undefined
}

function addContainers(list: readonly unknown[], found: object[]): void {
  for (const item of list) if (typeof item === 'object' && item !== null) found.push(item)
}

/** The same for the members of an object; whether one of them has a name that is suspect. */
function addMembers(members: Readonly<Record<string, unknown>>, found: object[]): boolean {
  let isSuspect = false
  for (const name in members) {
    const member = members[name]
    if (typeof member === 'object' && member !== null) found.push(member)
    if (name === '__proto__' || name === 'constructor') isSuspect = true
  }
  return isSuspect
}

function requireHarmless(value: object): void {
  try {
    scan(value)
  } catch {
    const message = 'The body has a member whose name is not allowed.'
    throw new MalformedRequestError(message, { errorCode: 'FORBIDDEN_MEMBER' })
  }
}

function tooDeep(depth: number): MalformedRequestError {
  return new MalformedRequestError(`The body is nested more than ${depth} levels deep.`, { errorCode: 'BODY_TOO_DEEP' })
}

function malformed(message: string): MalformedRequestError {
  return new MalformedRequestError(message, { errorCode: 'MALFORMED_BODY' })
}

const quote = '"'.charCodeAt(0)
const backslash = '\\'.charCodeAt(0)
const brackets: readonly number[] = ['[', '{'].map((text) => text.charCodeAt(0))
const [openArray, openObject] = brackets as [number, number]
const closeArray = ']'.charCodeAt(0)
const closeObject = '}'.charCodeAt(0)

/** What is no JSON may be no JSON because its end is missing: it is told how deep it is all the same. */
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
