const mostMembers = 32
/** Longer ones are dropped: whoever passes them on must have at least 512 characters. */
const longest = 4096

const simpleKey = /^[a-z][\w*/-]{0,255}$/
const tenantKey = /^[a-z\d][\w*/-]{0,240}@[a-z][\w*/-]{0,13}$/
const value = /^[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/

/**
 * A `tracestate` (W3C Trace Context, section 3.3) as it is passed on: without blanks between its members. Undefined where it is
 * empty or malformed, because then all of it is dropped.
 */
export function parseTracestate(header: string | undefined): string | undefined {
  if (header === undefined || header.length > longest) return undefined
  const members = header
    .split(',')
    .map(withoutBlanks)
    .filter((member) => member !== '')
  const keys = members.map((member) => member.slice(0, Math.max(0, member.indexOf('='))))
  const sound = members.every((member, index) => {
    const key = keys[index]!
    return isKey(key) && value.test(member.slice(key.length + 1))
  })
  if (!sound || members.length === 0 || members.length > mostMembers || new Set(keys).size < keys.length)
    return undefined
  return members.join(',')
}

const isBlank = (character: string | undefined): boolean => character === ' ' || character === '\t'

/** A text without the blanks at its ends; no expression, because those look at the blanks in its middle again and again. */
function withoutBlanks(text: string): string {
  let [start, end] = [0, text.length]
  while (isBlank(text[start])) start++
  while (isBlank(text[end - 1])) end--
  return text.slice(start, end)
}

const isKey = (key: string): boolean => !/[A-Z]/.test(key) && (simpleKey.test(key) || tenantKey.test(key))
