import type { FieldError } from '../errors/app-exception.js'
import { type Awaitable, andThen } from '../helpers/awaitable.js'
import type { AnyClass } from '../metadata/fact-kind.js'
import type { PropertyDescription } from '../model/entity-description.js'
import { firstNamed, isObject } from './body-errors.js'
import { compileReader, type InputProperty, type Reading, type Refusal } from './compile-reader.js'
import type { CompiledSerializer, InputShape, PartReader } from './compiled-serializer.js'
import { compileDocuments, type DocumentCheck, documentTypes } from './document-check.js'
import { type NestedReader, nestedReaders } from './nested-input.js'
import type { SerializerFields } from './serializer-spec.js'
import { ruleCheck, ruledProperties } from './validation-rules.js'

/** The actions of viewsets that read each shape. */
const actionOfShape = { create: 'create', replace: 'update', patch: 'partialUpdate' } as const

/** Which part of a serializer's input is compiled. */
export interface InputPart {
  readonly shape: InputShape
  readonly action?: string
  /** Members that the surroundings set, which input may not. */
  readonly without?: readonly string[]
}

/** The members that a shape of bodies may have. */
export interface AcceptedInput {
  readonly accepted: readonly InputProperty[]
  readonly nested: readonly NestedReader[]
  readonly refusals: ReadonlyMap<string, Refusal>
}

/** Which members a shape of bodies may have. */
export function acceptedInput(serializer: CompiledSerializer, part: InputPart): AcceptedInput {
  const { definition, description } = serializer
  const { shape } = part
  const { spec } = definition
  const known = spec.fields.flatMap((name) => description.properties.get(name) ?? [])
  const refusals = new Map<string, Refusal>(
    spec.fields.flatMap((name) => {
      const refusal = refusalOf(serializer, name, part)
      return refusal ? [[name, refusal] as const] : []
    }),
  )
  for (const name of Object.keys(spec.computed ?? {})) refusals.set(name, 'read_only')
  if (spec.readOnlyInput === 'ignore') {
    for (const [name, refusal] of refusals) if (refusal === 'read_only') refusals.set(name, 'ignored')
  }
  for (const name of part.without ?? []) refusals.set(name, 'read_only')
  const accepted = known
    .filter(({ name }) => !refusals.has(name))
    .map((property) => expected(property, shape, isRuled(serializer, property)))
  return { accepted, nested: nestedReaders(serializer, shape, (name) => !refusals.has(name)), refusals }
}

const isRuled = ({ definition }: CompiledSerializer, { name }: PropertyDescription): boolean =>
  definition.spec.rules?.[name]?.write !== undefined

/** Compiles the reader of one shape of bodies. */
export function compileInput(serializer: CompiledSerializer, part: InputPart): PartReader {
  const { accepted, nested, refusals } = acceptedInput(serializer, part)
  const { naming } = serializer
  const read = compileReader(accepted, refusals, nested, naming)
  const check = inputCheck(serializer, accepted, part.shape)
  const unruled = accepted.filter((property) => !isRuled(serializer, property))
  const defaults = Object.entries(part.shape === 'patch' ? {} : defaultsOf(unruled))
  const complete = (reading: Reading): Reading => {
    const { values } = reading
    for (const [name, value] of defaults) if (!Object.hasOwn(values, name)) values[name] = value
    return reading
  }
  const finish = (reading: Reading, found: readonly FieldError[], body: unknown): Awaitable<Reading> => {
    if (found.length > 0) reading.errors.push(...firstNamed(found, naming))
    if (nested.length === 0) return complete(reading)
    return readAllNested(nested, body, reading).then(() => complete(reading))
  }
  return (body) => {
    const reading = read(body)
    const found = check(reading.values)
    return found instanceof Promise ? found.then((known) => finish(reading, known, body)) : finish(reading, found, body)
  }
}

/** Asks the rules of an entity, and the classes of its JSON columns, about what is given. */
function inputCheck(
  { definition: { entity }, naming }: CompiledSerializer,
  accepted: readonly InputProperty[],
  shape: InputShape,
): DocumentCheck {
  const check = givenCheck(entity)
  const documents = documentTypes(entity, accepted)
  if (documents.size === 0) return check
  const checkDocuments = compileDocuments(documents, naming, shape === 'patch')
  return (values) =>
    andThen(check(values), (found) => andThen(checkDocuments(values), (inside) => [...found, ...inside]))
}

async function readAllNested(
  readers: readonly NestedReader[],
  body: unknown,
  { values, errors }: Reading,
): Promise<void> {
  for (const reader of readers) await readNested(reader, body, values, errors)
}

async function readNested(
  { name, outside, read }: NestedReader,
  body: unknown,
  values: Record<string, unknown>,
  errors: FieldError[],
): Promise<void> {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, outside)) return
  const reading = await read((body as Readonly<Record<string, unknown>>)[outside])
  if (reading.errors.length === 0) values[name] = reading.value
  errors.push(...reading.errors)
}

/** Asks the rules of a class about exactly the values that are given. */
function givenCheck(entity: AnyClass): (values: Readonly<Record<string, unknown>>) => Awaitable<readonly FieldError[]> {
  const ruled = ruledProperties(entity)
  const all = [...ruled]
  const check = ruleCheck(entity)
  const prototype = entity.prototype as object
  return (values) => {
    const names = all.every((name) => isAsked(values, name)) ? ruled : askedOf(all, values)
    // The constructor does not run: its effects and defaults are no part of the input.
    return names.size === 0 ? [] : check(Object.assign(Object.create(prototype) as object, values), names)
  }
}

const askedOf = (all: readonly string[], values: Readonly<Record<string, unknown>>): ReadonlySet<string> =>
  new Set(all.filter((name) => isAsked(values, name)))

/** Null is no value that a rule could be about: whether it may stand there, the column has said. */
const isAsked = (values: Readonly<Record<string, unknown>>, name: string): boolean =>
  Object.hasOwn(values, name) && values[name] !== null

function refusalOf(
  { definition: { spec }, description, nested }: CompiledSerializer,
  name: string,
  { shape, action = actionOfShape[shape] }: InputPart,
): Refusal | undefined {
  const { readOnly = [], createOnly = [] } = spec
  if (readOnly.includes(name) || !takes(spec, name, action)) return 'read_only'
  const property = description.properties.get(name)
  if (property && !property.writable) return 'read_only'
  if (property?.primary && !createOnly.includes(name)) return 'read_only'
  const write = nested.get(name)?.write
  if (write === 'none') return 'read_only'
  const isLate = property?.immutable || createOnly.includes(name) || write === 'create'
  return isLate && shape !== 'create' ? 'create_only' : undefined
}

function takes({ actions = {} }: SerializerFields, name: string, action: string): boolean {
  const fields = actions[action]
  return !fields || !('write' in fields) || !fields.write || fields.write.includes(name)
}

/** All of a row is told in full, null included, except for what the row would have by itself. */
function expected(property: PropertyDescription, shape: InputShape, ruled: boolean): InputProperty {
  const { hasDefault, defaultValue, nullable } = property
  if (shape === 'patch') return patchedProperty(property)
  // Who may not write a field can neither give it nor reset it, and keeps it.
  if (shape === 'replace') return { ...property, required: defaultValue === undefined && !ruled }
  return { ...property, required: !hasDefault && !nullable }
}

/** What a PATCH says of a document is merged into the one that is stored, which is known when the row is written. */
function patchedProperty({ check, ...property }: PropertyDescription): InputProperty {
  if (!check) return { ...property, required: false }
  const isMerged = (value: unknown) => property.value.kind === 'json' && isObject(value)
  return { ...property, required: false, check: (value) => (isMerged(value) ? [] : check(value)) }
}

function defaultsOf(properties: readonly PropertyDescription[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    properties.flatMap(({ name, defaultValue }) => (defaultValue === undefined ? [] : [[name, defaultValue] as const])),
  )
}
