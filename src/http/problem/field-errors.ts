import { ValidationError as Complaint } from 'class-validator'
import type { FieldError } from '../../errors/app-exception.js'
import { pointerTo, shortName } from '../../errors/json-pointer.js'

/** Where a value that class-validator looked at came from. */
export type Origin = 'body' | 'parameter' | 'header'

/** Whether something thrown is what class-validator rejects with. */
export function areComplaints(error: unknown): error is readonly Complaint[] {
  return Array.isArray(error) && error.length > 0 && error.every((one) => one instanceof Complaint)
}

/**
 * What class-validator complained about, without the values it looked at. Members nobody knows have the code
 * `unknown_field`; any other code is the name of the rule, as in `isEmail`.
 */
export function fieldErrorsOf(
  complaints: readonly Complaint[],
  origin: Origin,
  above: readonly string[] = [],
): readonly FieldError[] {
  return complaints.flatMap(({ property, constraints = {}, children = [] }) => {
    const path = [...above, property ?? '']
    const own = Object.entries(constraints).map(([rule, message]) => ({
      ...placed(path, origin),
      ...said(rule, message),
    }))
    return [...own, ...fieldErrorsOf(children, origin, path)]
  })
}

function placed(path: readonly string[], origin: Origin): Pick<FieldError, 'pointer' | 'parameter' | 'header'> {
  if (origin === 'body') return { pointer: pointerTo(...path) }
  const name = path.map(shortName).join('.')
  return origin === 'header' ? { header: name } : { parameter: name }
}

function said(rule: string, message: string): Pick<FieldError, 'code' | 'message'> {
  return rule === 'whitelistValidation'
    ? { code: 'unknown_field', message: 'is not known here' }
    : { code: rule, message }
}
