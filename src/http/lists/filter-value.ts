import type { ValueKind } from '../../model/entity-description.js'
import { type Checked, checkerOf, type Problem } from '../../serializer/value-check.js'

/** The longest value of a filter, in bytes of UTF-8. */
export const valueLimit = 1024

/** Reads one value of a column from the text of a query. */
export type ValueReader = (text: string) => Checked

/** How values of a kind are read: strictly, in one spelling each. */
export function valueReaderOf(kind: ValueKind): ValueReader {
  const check = checkerOf(kind)
  switch (kind.kind) {
    case 'integer':
      return (text) =>
        /^(?:0|-?[1-9][0-9]{0,15})$/.test(text) ? check(Number(text)) : wanted('a whole number, in digits')
    case 'number':
      return (text) => (jsonNumber.test(text) ? check(Number(text)) : wanted('a number, such as 12.5'))
    case 'boolean':
      return (text) => (text === 'true' || text === 'false' ? { value: text === 'true' } : wanted('true or false'))
    case 'enum':
      return (text) => check(kind.values.find((value) => String(value) === text))
    case 'timestamp':
      return (text) => (finerThanMilliseconds.test(text) ? tooFine : check(text))
    case 'bigint':
      return (text) => named(check(text), 'a whole number, in digits')
    case 'decimal':
      return (text) => named(check(text), 'a decimal number, such as 12.50')
    default:
      return check
  }
}

const jsonNumber = /^-?(?:0|[1-9][0-9]{0,30})(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,3})?$/
const finerThanMilliseconds = /\.\d{4}/
const tooFine: Problem = { code: 'timestamp', message: 'must have at most three digits of a second' }
const wanted = (what: string): Problem => ({ code: 'type', message: `must be ${what}` })

/** In a query everything is text, so that nothing need be said of strings. */
const named = (checked: Checked, what: string): Checked =>
  'code' in checked && checked.code === 'type' ? wanted(what) : checked

/** Splits a list at its commas; `\,` is a comma inside of a value, and `\\` a backslash. */
export function splitList(text: string): readonly string[] {
  const values = ['']
  for (const [part] of text.matchAll(/\\[\\,]|[^]/gu)) {
    if (part === ',') values.push('')
    else values[values.length - 1] += part.length > 1 && part.startsWith('\\') ? part.slice(1) : part
  }
  return values
}
