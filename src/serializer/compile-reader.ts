import type { FieldError } from '../errors/app-exception.js'
import { pointerTo } from '../errors/json-pointer.js'
import { asDeclared, type Naming } from '../helpers/naming.js'
import type { PropertyDescription } from '../model/entity-description.js'
import { below, isObject, notAnObject, unknownMember } from './body-errors.js'
import { type Checker, checkerOf } from './value-check.js'

/** A property that input may set, and whether input must have it. */
export interface InputProperty extends PropertyDescription {
  readonly required: boolean
}

/** A member that is read by other means, once the rest is. */
export interface PartReading {
  readonly name: string
  readonly required: boolean
}

/** Why a member that exists is not accepted; one that is `ignored` may be given, and does nothing. */
export type Refusal = 'read_only' | 'create_only' | 'ignored'

/** What was read of a body, and everything that is wrong with it. */
export interface Reading {
  readonly values: Record<string, unknown>
  readonly errors: FieldError[]
}

/** Reads a JSON body as values of properties. */
export type BodyReader = (body: unknown) => Reading

/**
 * Compiles a reader of bodies.
 * @param refused members that exist but are not accepted here.
 * @param parts members that are left to others.
 * @param naming what members are called.
 */
export function compileReader(
  properties: readonly InputProperty[],
  refused: ReadonlyMap<string, Refusal> = new Map(),
  parts: readonly PartReading[] = [],
  { outside } = asDeclared,
): BodyReader {
  const fields = new Map(properties.map((property) => [outside(property.name), compileField(property, outside)]))
  const required = [...properties, ...parts].filter(({ required }) => required).map(({ name }) => outside(name))
  const elsewhere = new Set(parts.map(({ name }) => outside(name)))
  const refusals = new Map([...refused].map(([name, refusal]) => [outside(name), refusal]))
  return (body) => {
    const reading: Reading = { values: {}, errors: [] }
    if (!isObject(body)) {
      reading.errors.push(notAnObject(body))
      return reading
    }
    for (const name of Object.keys(body)) {
      const read = fields.get(name)
      if (read) read(body[name], reading)
      else if (!elsewhere.has(name) && refusals.get(name) !== 'ignored')
        reading.errors.push(unexpected(name, refusals.get(name)))
    }
    for (const name of required) if (!Object.hasOwn(body, name)) reading.errors.push(missing(name))
    return reading
  }
}

function compileField(
  { name, value: kind, nullable, check: complaintsAbout }: PropertyDescription,
  outside: Naming['outside'],
): (value: unknown, reading: Reading) => void {
  const check: Checker = checkerOf(kind)
  const pointer = pointerTo(outside(name))
  return (value, { values, errors }) => {
    if (value === null) {
      if (nullable) values[name] = null
      else errors.push({ pointer, code: 'null', message: 'must not be null' })
      return
    }
    const checked = check(value)
    if (!('value' in checked)) {
      errors.push({ pointer, ...checked })
      return
    }
    const complaints = complaintsAbout?.(checked.value) ?? []
    if (complaints.length === 0) values[name] = checked.value
    else errors.push(...below(pointer, complaints))
  }
}

function unexpected(name: string, refusal: Refusal | undefined): FieldError {
  const pointer = pointerTo(name)
  if (refusal === 'read_only') return { pointer, code: refusal, message: 'is read-only' }
  if (refusal === 'create_only') return { pointer, code: refusal, message: 'cannot be changed once it is created' }
  return unknownMember(name)
}

const missing = (name: string): FieldError => ({
  pointer: pointerTo(name),
  code: 'required',
  message: 'is required',
})
