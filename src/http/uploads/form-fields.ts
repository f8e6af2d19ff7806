import type { FieldError } from '../../errors/app-exception.js'
import { pointerTo } from '../../errors/json-pointer.js'
import { asDeclared } from '../../helpers/naming.js'
import { propertyType } from '../../metadata/member-types.js'
import { invalidBody } from '../../serializer/body-errors.js'
import { ruledProperties } from '../../serializer/validation-rules.js'
import type { Constructor } from '../action-model.js'
import { parseJson } from '../body/parse-json.js'
import { checkText } from '../native/strict-values.js'

/** The texts of a form, by name, in the order in which they came. */
export type FormTexts = ReadonlyMap<string, readonly string[]>

/**
 * The texts of a form as the members of a body, by the types of the properties of its class: a number as JSON writes it,
 * `true` or `false`, all texts of one name for an array, JSON for objects of a class, and texts for the rest.
 * @throws {ValidationError} with everything that cannot be read so, or that was sent twice.
 */
export function bodyOfForm(
  texts: FormTexts,
  target: Constructor,
  depth: number,
  naming = asDeclared,
): Readonly<Record<string, unknown>> {
  const properties = new Map([...ruledProperties(target)].map((name) => [naming.outside(name), name]))
  const errors: FieldError[] = []
  const members = [...texts].map(([name, values]): [string, unknown] => {
    const type = propertyType(target.prototype as object, properties.get(name) ?? name)
    if (type === Array) return [name, values]
    const [value = '', ...more] = values
    const problem = more.length > 0 ? { code: 'repeated', message: 'was sent more than once' } : checkText(value, type)
    if (problem && type !== Date) errors.push({ pointer: pointerTo(name), ...problem })
    return [name, valueOf(value, type, depth)]
  })
  if (errors.length > 0) throw invalidBody(errors)
  return Object.fromEntries(members)
}

const texts: ReadonlySet<unknown> = new Set([undefined, String, Object, Date])

function valueOf(text: string, type: unknown, depth: number): unknown {
  if (type === Number) return Number(text)
  if (type === Boolean) return text === 'true'
  return texts.has(type) ? text : parseJson(Buffer.from(text), depth)
}
