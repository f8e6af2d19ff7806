import { NotAcceptableError } from '../../errors/request-exceptions.js'

/** How closely a media range names JSON: the closest that a request has is what counts (RFC 9110 section 12.5.1). */
const ranges: readonly string[] = ['*/*', 'application/*', 'application/json']

/**
 * Refuses a request that accepts no JSON. One that says nothing of what it accepts, or nothing that can be read, accepts it.
 * @throws {NotAcceptableError} 406.
 */
export function requireJsonAccepted(request: { header(name: string): string | undefined }): void {
  const accept = request.header('accept')
  if (accept === undefined || accept === '*/*' || accept === 'application/json' || acceptsJson(accept)) return
  throw new NotAcceptableError('This can be answered as application/json alone.')
}

function acceptsJson(accept: string): boolean {
  let closest = -1
  let weight = 0
  for (const range of accept.split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    const close = ranges.indexOf(type)
    if (close < closest || close < 0) continue
    const own = weightIn(parameters)
    weight = close === closest ? Math.max(weight, own) : own
    closest = close
  }
  return weight > 0 || !accept.includes('/')
}

function weightIn(parameters: readonly string[]): number {
  const [, weight = '1'] = parameters.map((parameter) => /^q=([01](?:\.\d{0,3})?)$/.exec(parameter)).find(Boolean) ?? []
  return Number(weight)
}
