import type { FieldError } from '../errors/app-exception.js'
import type { Mistakes } from '../errors/definition-error.js'
import type { Awaitable } from '../helpers/awaitable.js'
import type { AnyClass } from '../metadata/fact-kind.js'
import type { EntityDescription, PropertyDescription } from '../model/entity-description.js'
import { invalidBody } from './body-errors.js'
import { compileReader, type InputProperty, type Refusal } from './compile-reader.js'
import { compileWriter, type RowWriter } from './compile-writer.js'
import type { AnySerializer } from './serializer-types.js'
import { checkRules, ruledProperties } from './validation-rules.js'
import { verifySerializer } from './verify-serializer.js'

/** Which bodies a serializer reads: of a new row, of all of a row, of a part of it. */
export type InputShape = 'create' | 'replace' | 'patch'

/**
 * Reads a JSON body.
 * @throws {ValidationError} with everything that is wrong with it, at most 100 errors.
 */
export type InputReader = (body: unknown) => Promise<Record<string, unknown>>

/** A serializer bound to the entity of one data source. */
export interface CompiledSerializer {
  readonly write: RowWriter
  /** The properties that are shown, in order. */
  readonly shown: readonly PropertyDescription[]
  reader(shape: InputShape): InputReader
}

/** Compiles a serializer; what is wrong with it is added to `mistakes`. */
export function compileSerializer(
  serializer: AnySerializer,
  description: EntityDescription,
  mistakes: Mistakes,
): CompiledSerializer {
  verifySerializer(serializer, description, mistakes)
  const { fields, writeOnly = [] } = serializer.spec
  const known = fields.flatMap((name) => description.properties.get(name) ?? [])
  const shown = known.filter(({ name }) => !writeOnly.includes(name))
  return { write: compileWriter(shown), shown, reader: (shape) => inputReader(serializer, known, shape) }
}

function inputReader(serializer: AnySerializer, known: readonly PropertyDescription[], shape: InputShape): InputReader {
  const refusals = new Map(
    known.flatMap((property) => {
      const refusal = refusalOf(serializer, property, shape)
      return refusal ? [[property.name, refusal] as const] : []
    }),
  )
  const accepted = known.filter(({ name }) => !refusals.has(name)).map((property) => expected(property, shape))
  const read = compileReader(accepted, refusals)
  const check = ruleCheck(serializer.entity)
  const defaults = shape === 'patch' ? {} : defaultsOf(accepted)
  return async (body) => {
    const { values, errors } = read(body)
    errors.push(...(await check(values)))
    if (errors.length > 0) throw invalidBody(errors)
    return { ...defaults, ...values }
  }
}

/** Asks the rules of a class about exactly the values that are given. */
function ruleCheck(entity: AnyClass): (values: Readonly<Record<string, unknown>>) => Awaitable<readonly FieldError[]> {
  const ruled = ruledProperties(entity)
  const prototype = entity.prototype as object
  return (values) => {
    // Null is no value that a rule could be about: whether it may stand there, the column has said.
    const names = new Set(Object.keys(values).filter((name) => ruled.has(name) && values[name] !== null))
    // The constructor does not run: its effects and defaults are no part of the input.
    return names.size === 0 ? [] : checkRules(Object.assign(Object.create(prototype) as object, values), names)
  }
}

function refusalOf(
  { spec: { readOnly = [], createOnly = [] } }: AnySerializer,
  { name, primary, writable, immutable }: PropertyDescription,
  shape: InputShape,
): Refusal | undefined {
  if (readOnly.includes(name) || !writable) return 'read_only'
  if (primary && !createOnly.includes(name)) return 'read_only'
  return (immutable || createOnly.includes(name)) && shape !== 'create' ? 'create_only' : undefined
}

/** All of a row is told in full, null included, except for what the row would have by itself. */
function expected(property: PropertyDescription, shape: InputShape): InputProperty {
  const { hasDefault, defaultValue, nullable } = property
  if (shape === 'patch') return { ...property, required: false }
  if (shape === 'replace') return { ...property, required: defaultValue === undefined }
  return { ...property, required: !hasDefault && !nullable }
}

function defaultsOf(properties: readonly PropertyDescription[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    properties.flatMap(({ name, defaultValue }) => (defaultValue === undefined ? [] : [[name, defaultValue] as const])),
  )
}
