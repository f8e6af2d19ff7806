import { withoutAssigned } from './assigned-secrets.js'
import { redacted } from './secret-names.js'

const longestText = 32_768

/**
 * A text without the secrets that can be told by their form: credentials in headers and URLs, tokens, and values of
 * parameters with such names. What is longer than 32,768 characters is cut.
 */
export function scrub(text: string): string {
  return text.length > longestText ? `${scrubbedHead(text, longestText)}… (${text.length} characters)` : scrubbed(text)
}

/** What none of the forms above is longer than, up to where it can be told. */
const longestSecret = 2048

/** The beginning of a long text without secrets, and without those that its end cuts through. */
export function scrubbedHead(text: string, length: number): string {
  const seen = text.slice(0, length + 2 * longestSecret)
  const clean = scrubbed(seen)
  // Where much was taken out, what is cut through may have come near.
  const isNear = seen.length < text.length && clean.length < length + longestSecret
  const safe = isNear ? clean.slice(0, Math.max(0, ...spaces.map((space) => clean.lastIndexOf(space)))) : clean
  // Half a character could not be written.
  return safe.slice(0, length).replace(/[\uD800-\uDBFF]$/, '')
}

const spaces = [' ', '\n', '\t']

function scrubbed(text: string): string {
  if (!suspicious.test(text)) return text
  const plain = text
    .replaceAll(/\b(Bearer|Basic|Negotiate)\s+[\w.~+/=-]{6,}/gi, `$1 ${redacted}`)
    .replaceAll(/\b(Digest)\s+(?=\w{1,32}=)(?:="[^"\r\n]*"|[^\r\n"'`\\])+/gi, `$1 ${redacted}`)
    .replaceAll(dotted, withoutToken)
    .replaceAll(/\b([a-z][a-z\d+.-]{0,19}:\/\/)[^\s/]{0,512}@/gi, `$1${redacted}@`)
  return withoutAssigned(plain)
}

/** What none of the forms above can do without. */
const suspicious = /[=:]|%3[ad]|eyJ|\b(?:bearer|basic|digest|negotiate)\b/i

/** Looked at from its beginning alone: from each place in it, it would be looked at again and again. */
const dotted = /(?<![\w.-])[\w.-]{20,}/g

/** A JSON web token begins with an object in base64url, maybe behind other words, and has one part more at least. */
function withoutToken(text: string): string {
  const words = text.split('.')
  const place = words.findIndex((word, index) => tokenStart.test(word) && (words[index + 1] ?? '').length >= 8)
  const word = words[place]
  if (word === undefined) return text
  return [...words.slice(0, place), word.slice(0, word.search(tokenStart)) + redacted].join('.')
}

const tokenStart = /(?<![A-Za-z\d])eyJ[\w-]{8}/
