import { ValidationError as Complaint } from 'class-validator'
import type { FieldError } from '../../errors/app-exception.js'

/** Where a value that class-validator looked at came from. */
export type Origin = 'body' | 'parameter' | 'header'

const longestName = 64

/** Whether something thrown is what class-validator rejects with. */
export function areComplaints(error: unknown): error is readonly Complaint[] {
  return Array.isArray(error) && error.length > 0 && error.every((one) => one instanceof Complaint)
}

/**
 * What class-validator complained about, without the values it looked at. Members nobody knows have the code
 * `unknown`; any other code is the name of the rule, as in `isEmail`.
 */
export function fieldErrorsOf(complaints: readonly Complaint[], origin: Origin, above = ''): readonly FieldError[] {
  return complaints.flatMap(({ property, constraints = {}, children = [] }) => {
    const path = `${above}/${escaped(property ?? '')}`
    const own = Object.entries(constraints).map(([rule, message]) => ({
      ...placed(path, origin),
      ...said(rule, message),
    }))
    return [...own, ...fieldErrorsOf(children, origin, path)]
  })
}

function placed(path: string, origin: Origin): Pick<FieldError, 'pointer' | 'parameter' | 'header'> {
  if (origin === 'body') return { pointer: `#${path}` }
  const name = path.slice(1)
  return origin === 'header' ? { header: name } : { parameter: name }
}

function said(rule: string, message: string): Pick<FieldError, 'code' | 'message'> {
  return rule === 'whitelistValidation' ? { code: 'unknown', message: 'is not known here' } : { code: rule, message }
}

// RFC 6901 section 3, then section 6.
function escaped(name: string): string {
  const short = name.length > longestName ? `${name.slice(0, longestName)}…` : name
  return encodeURI(wellFormed(short.replaceAll('~', '~0').replaceAll('/', '~1')))
}

function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8')
}
