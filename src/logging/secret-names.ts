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
