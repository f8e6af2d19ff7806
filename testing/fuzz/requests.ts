import type { Arbitrary } from 'fast-check'
import type { OpenApiOperation, ParameterObject } from 'plinth'
import type { PropertyLibrary } from '../property-library.js'
import { changed } from './changed.js'
import type { FuzzUser } from './fuzz-options.js'
import type { Hostile } from './hostile.js'
import type { Kinship } from './kinship.js'
import type { Memory } from './memory.js'
import { headerValues, queryValues } from './parameter-values.js'
import { addressed, type Pair, type Parts, pairsOf } from './request-parts.js'
import type { SchemaValues } from './schema-values.js'

/** One request, as it is sent. */
export interface FuzzedRequest {
  readonly user: string
  /** In upper case. */
  readonly method: string
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** An operation of a document, and where it is. */
export interface FuzzedOperation {
  readonly path: string
  /** In upper case. */
  readonly method: string
  readonly operation: OpenApiOperation
}

/** What requests are made of. */
export interface Makings {
  readonly fc: PropertyLibrary
  readonly values: SchemaValues
  readonly hostile: Hostile
  readonly memory: Memory
  readonly kinship: Kinship
  readonly users: readonly FuzzUser[]
}

/** The path of an operation as far as its first parameter. */
export const baseOf = ({ path }: FuzzedOperation): string => path.split('{')[0]!

/** The names of the parameters of a path, in their order. */
export const parametersOf = (path: string): readonly string[] =>
  [...path.matchAll(/\{([^}]+)\}/g)].flatMap(([, name]) => name ?? [])

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

/** Requests of an operation: most as the document wants them, many wrong in one part, some in every part. */
export function requestsOf(target: FuzzedOperation, makings: Makings): Arbitrary<FuzzedRequest> {
  const { fc, users } = makings
  const valid = validParts(target, makings)
  const wrong = wrongParts(target, makings)
  const weights = { method: 1, path: 1, query: 3, headers: 3, body: target.operation.requestBody ? 8 : 1 }
  const nearly = (Object.keys(wrong) as (keyof Parts)[]).map((part) => ({
    weight: weights[part],
    arbitrary: fc.record({ ...valid, [part]: wrong[part] }),
  }))
  return fc
    .tuple(
      fc.constantFrom(...users),
      fc.oneof(
        { weight: 4, arbitrary: fc.record(valid) },
        { weight: 4, arbitrary: fc.oneof(...nearly) },
        { weight: 1, arbitrary: fc.record(wrong) },
      ),
    )
    .map(([user, parts]) => requestOf(target, user, parts))
}

type Arbitraries = { readonly [P in keyof Parts]: Arbitrary<Parts[P]> }

function validParts(target: FuzzedOperation, makings: Makings): Arbitraries {
  const { fc, values } = makings
  const { method, operation } = target
  const { parameters, requestBody } = operation
  const of = (place: ParameterObject['in']) => parameters.filter((parameter) => parameter.in === place)
  const path = Object.fromEntries(
    of('path').map(({ name, schema }) => [name, values.leading(schema, name, baseOf(target)).map(String)]),
  )
  const types = Object.entries(requestBody?.content ?? {})
  const bodies = types.map(([type, { schema }]) =>
    values.of(schema).map((value) => ({ type, text: JSON.stringify(value) })),
  )
  return {
    method: fc.constant(method),
    path: related(target, fc.record(path), makings),
    query: someOf(fc, of('query'), (parameter) => queryValues(makings, parameter)),
    headers: someOf(fc, of('header'), (parameter) => headerValues(makings, parameter)),
    body: bodies.length === 0 ? fc.constant(undefined) : fc.oneof(...bodies),
  }
}

/** Values of the parameters of a path; most of those of its last two are of a row and of one that belongs to it. */
function related(
  { path, operation }: FuzzedOperation,
  single: Arbitrary<Parts['path']>,
  { fc, values, kinship }: Makings,
): Arbitrary<Parts['path']> {
  const names = parametersOf(path)
  const [parent, child] = names
    .slice(-2)
    .flatMap((name) => operation.parameters.find((one) => one.in === 'path' && one.name === name) ?? [])
  if (!parent || !child) return single
  const paired = fc.tuple(fc.nat(), fc.boolean(), single).map(([place, keysAlone, otherwise]) => {
    const fitting = kinship
      .of(path, keysAlone)
      .filter((one) => values.fits(parent.schema, one.parent) && values.fits(child.schema, one.child))
    const pair = fitting[place % fitting.length]
    return pair ? { ...otherwise, [parent.name]: String(pair.parent), [child.name]: String(pair.child) } : otherwise
  })
  return fc.oneof({ weight: 4, arbitrary: paired }, single)
}

/** Those parameters that are required, and some of the others, each with a value. */
function someOf(
  fc: PropertyLibrary,
  parameters: readonly ParameterObject[],
  valuesOf: (parameter: ParameterObject) => Arbitrary<string | readonly string[]>,
): Arbitrary<readonly Pair[]> {
  const taken = parameters.map((parameter) => {
    const pairs = valuesOf(parameter).map((value) => pairsOf(parameter.name, value))
    return parameter.required === true
      ? pairs
      : fc.oneof({ weight: 6, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: pairs })
  })
  return fc.tuple(...taken).map((all) => all.flat())
}

function wrongParts(target: FuzzedOperation, makings: Makings): Arbitraries {
  const { fc, hostile, values } = makings
  const valid = validParts(target, makings)
  const { parameters, requestBody } = target.operation
  const names = parameters.map(({ name }) => name)
  const path = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => [name, hostile.texts])
  const [first] = Object.values(requestBody?.content ?? {})
  const near = first ? changed(fc, values.of(first.schema), hostile) : hostile.values
  const type = fc.constantFrom('application/json', 'application/merge-patch+json')
  const otherType = fc.constantFrom('text/plain', 'application/json; charset=latin1', 'application/x', '', '/')
  const otherPair = fc.tuple(fc.oneof(fc.constantFrom(...names, 'page'), hostile.texts), hostile.texts)
  return {
    method: fc.constantFrom(...methods),
    path: fc.record(Object.fromEntries(path) as Readonly<Record<string, Arbitrary<string>>>),
    query: fc.oneof(
      fc.tuple(valid.query, otherPair).map(([pairs, other]) => [...pairs, other]),
      valid.query.map((pairs) => [...pairs, ...pairs]),
      hostile.texts.map((text) => [[text] as const]),
    ),
    headers: fc.tuple(valid.headers, hostile.headers).map(([pairs, others]) => [...pairs, ...Object.entries(others)]),
    body: fc.oneof(
      { weight: 9, arbitrary: fc.tuple(type, near).map(([type, value]) => ({ type, text: JSON.stringify(value) })) },
      { weight: 3, arbitrary: fc.tuple(type, hostile.bodies).map(([type, text]) => ({ type, text })) },
      { weight: 1, arbitrary: fc.tuple(otherType, hostile.bodies).map(([type, text]) => ({ type, text })) },
      { weight: 1, arbitrary: fc.constant(undefined) },
    ),
  }
}

function requestOf({ path }: FuzzedOperation, user: FuzzUser, parts: Parts): FuzzedRequest {
  const { method, body } = parts
  const headers = {
    ...user.headers,
    ...(body && { 'content-type': body.type, 'content-length': String(Buffer.byteLength(body.text)) }),
    ...Object.fromEntries(parts.headers.map(([name, value = '']) => [name.toLowerCase(), value])),
  }
  return {
    user: user.name,
    method,
    target: addressed(path, parts),
    headers,
    ...(body && { body: body.text }),
  }
}
