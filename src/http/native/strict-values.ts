import type { FieldError } from '../../errors/app-exception.js'

/** What is wrong with a text, or undefined where nothing is. */
export type TextProblem = Pick<FieldError, 'code' | 'message'> | undefined

type Check = (text: string) => TextProblem

// RFC 8259 section 6: what JSON takes for a number, so neither `0x10` nor a space.
const numeric = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/

const instant = /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/

const checks = new Map<unknown, Check>([
  [Number, checkNumber],
  [Boolean, (text) => (text === 'true' || text === 'false' ? undefined : said('boolean', 'must be true or false'))],
  [Date, checkInstant],
])

/**
 * Whether a text of a query, path, header or cookie stands for a value of a type: a number as JSON writes it that a
 * double holds exactly enough, `true` or `false`, or an instant with its offset (RFC 3339). Any text is a string.
 */
export function checkText(text: string, type: unknown): TextProblem {
  return checks.get(type)?.(text)
}

function checkNumber(text: string): TextProblem {
  const value = Number(text)
  if (!numeric.test(text)) return said('number', 'must be a number')
  if (!Number.isFinite(value)) return said('number', 'must be a number that is not too large')
  if (/^-?\d+$/.test(text) && !Number.isSafeInteger(value)) {
    return said('number', 'must be a whole number that is not too large')
  }
  return undefined
}

function checkInstant(text: string): TextProblem {
  const [, year, month, day] = instant.exec(text) ?? []
  // A date rolls over, so that what JavaScript makes of the 30th of February is in March.
  const midnight = new Date(`${year}-${month}-${day}T00:00:00Z`)
  const real = !Number.isNaN(midnight.getTime()) && midnight.getUTCDate() === Number(day)
  return real ? undefined : said('date', 'must be a date and time with an offset, such as 2030-01-31T12:00:00Z')
}

function said(code: string, message: string): TextProblem {
  return { code, message }
}
