import type { Arbitrary } from 'fast-check'
import type { ParameterObject } from 'plinth'
import type { Makings } from './requests.js'

/** Values of a parameter of a query, as text; several where it is written several times. */
export function queryValues(
  { fc, values, memory }: Makings,
  { name, schema, explode }: ParameterObject,
): Arbitrary<string | readonly string[]> {
  const made = values.of(schema, name.split('__')[0]).map((value) => {
    if (!Array.isArray(value)) return String(value)
    return explode === false ? value.map(listed).join(',') : value.map(String)
  })
  return name === 'cursor' ? fc.oneof(made, recalled(fc, memory.cursors, 'none')) : made
}

/** A comma inside of a value of a list is escaped. */
const listed = (value: unknown): string => String(value).replaceAll(',', '\\,')

/** Values of a header. */
export function headerValues({ fc, values, memory }: Makings, { name, schema }: ParameterObject): Arbitrary<string> {
  const tags = fc.oneof(fc.constant('*'), fc.constantFrom('"0-x"', 'W/"x"'), recalled(fc, memory.tags, '"none"'))
  const dates = fc
    .date({ min: new Date('1990-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
    .map((date) => date.toUTCString())
  if (/^If-(None-)?Match$/i.test(name)) return tags
  if (/-Since$/i.test(name)) return dates
  return values
    .of(schema)
    .map(String)
    .filter((text) => /^[\x20-\x7e]*$/.test(text))
}

/** One of what is remembered when the value is made. */
function recalled(fc: Makings['fc'], known: readonly string[], otherwise: string): Arbitrary<string> {
  return fc.nat().map((place) => known[place % known.length] ?? otherwise)
}
