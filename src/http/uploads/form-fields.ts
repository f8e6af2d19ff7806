import type { FieldError } from '../../errors/app-exception.js'
import { pointerTo } from '../../errors/json-pointer.js'
import { asDeclared } from '../../helpers/naming.js'
import { invalidBody } from '../../serializer/body-errors.js'
import { type MemberType, memberTypes } from '../../serializer/member-type.js'
import type { Constructor } from '../action-model.js'
import { parseJson } from '../body/parse-json.js'
import type { ParameterReading } from '../query/query-reader.js'
import { readTexts, type TextReader, textReader } from '../query/text-reader.js'

/** The texts of a form, by name, in the order in which they came. */
export type FormTexts = ReadonlyMap<string, readonly string[]>

/**
 * The texts of a form as the members of a body, by the types of the properties of its class: a number as JSON writes it,
 * `true` or `false`, all texts of one name for an array, JSON for each object of a class, and texts for the rest.
 * @throws {ValidationError} with everything that cannot be read so, or that was sent twice.
 */
export function bodyOfForm(
  texts: FormTexts,
  target: Constructor,
  depth: number,
  naming = asDeclared,
): Readonly<Record<string, unknown>> {
  const types = new Map([...memberTypes(target)].map(([name, type]) => [naming.outside(name), type]))
  const errors: FieldError[] = []
  const members = [...texts].map(([name, values]): [string, unknown] => {
    const type = types.get(name) ?? { kind: 'anything' }
    const reading =
      type.kind === 'list'
        ? readTexts(values, (text) => readPart(text, type.of, depth))
        : readSingle(values, (text) => readPart(text, type, depth))
    if ('value' in reading) return [name, reading.value]
    errors.push({ pointer: pointerTo(name), ...reading })
    return [name, undefined]
  })
  if (errors.length > 0) throw invalidBody(errors)
  return Object.fromEntries(members)
}

function readSingle([text = '', ...more]: readonly string[], read: TextReader): ParameterReading {
  return more.length > 0 ? { code: 'repeated', message: 'was sent more than once' } : read(text)
}

/** Dates stay texts, as they are in JSON, and what holds objects is JSON. */
function readPart(text: string, type: MemberType, depth: number): ParameterReading {
  if (type.kind === 'date') return { value: text }
  const read = textReader(type)
  return read ? read(text) : { value: parseJson(Buffer.from(text), depth) }
}
