/** What stands in the log instead of a secret. */
export const redacted = '[redacted]'

/** A name that contains one of these is that of a secret, however it is spelt: `X-Api-Key`, `newPassword`. */
const parts = [
  'accesskey',
  'apikey',
  'authorization',
  'bearer',
  'cardnumber',
  'cookie',
  'credential',
  'creditcard',
  'cvv',
  'jwt',
  'passphrase',
  'passwd',
  'password',
  'privatekey',
  'pwd',
  'secret',
  'sessionid',
  'token',
]

/** Short ones are so as a whole only: a `shipping` address has no `pin`. */
const whole: ReadonlySet<string> = new Set(['auth', 'cvc', 'otp', 'pass', 'pin', 'session', 'sid', 'ssn'])

const known = new Map<string, boolean>()

/** Whether what has this name is kept out of logs. */
export function isSecretName(name: string): boolean {
  const before = known.get(name)
  if (before !== undefined) return before
  const letters = name
    .slice(0, 256)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
  const secret = whole.has(letters) || parts.some((part) => letters.includes(part))
  // Names may be what callers have sent, so that there is no end of them.
  if (known.size < 1000 && name.length <= 64) known.set(name, secret)
  return secret
}

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
  return text
    .replaceAll(/\b(Bearer|Basic|Digest|Negotiate)\s+[\w.~+/=-]{6,}/gi, `$1 ${redacted}`)
    .replaceAll(/\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g, redacted)
    .replaceAll(/\b([a-z][a-z\d+.-]{0,19}:\/\/)[^\s/]{0,512}@/gi, `$1${redacted}@`)
    .replaceAll(assignment, (all, name: string, sign: string) => (isSecretName(name) ? name + sign + redacted : all))
}

/** What none of the forms above can do without. */
const suspicious = /[=:]|\beyJ|\b(?:bearer|basic|digest|negotiate)\b/i

/** `password=hunter2`, `"token": "abc"`, `?api_key=abc&…`. */
const assignment = /([\w.[\]%-]{2,64})(["']?\s{0,3}[=:]\s{0,3}["']?)([^\s"'&;,]{1,1024})/g
