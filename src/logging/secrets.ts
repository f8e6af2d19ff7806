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
  if (text.length > longestText) return `${scrub(text.slice(0, longestText))}… (${text.length} characters)`
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
