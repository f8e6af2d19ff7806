import type { FieldError } from '../../errors/app-exception.js'
import { shortName } from '../../errors/json-pointer.js'
import { nearestNames } from '../../helpers/nearest-name.js'
import { whenAsked } from '../../helpers/when-asked.js'
import { invalidQuery, parseQueryString } from './parse-query-string.js'

/** A value that was read, or why it was refused. */
export type ParameterReading = { readonly value: unknown } | Omit<FieldError, 'parameter'>

/** The fields of rows that a caller may not read, and so must not learn of by asking about them either. */
export type WithheldFields = ReadonlySet<string>

/** A parameter as documents describe it, in the words of OpenAPI 3.1. */
export interface ParameterDescription {
  readonly name: string
  readonly in: 'query'
  readonly description: string
  /** A schema of JSON Schema 2020-12. */
  readonly schema: Readonly<Record<string, unknown>>
  /** `style: form` with `explode: false`: values with commas between them. */
  readonly explode?: false
}

/** One query parameter that an action takes. Filters, searches and orderings are parameters like the others. */
export interface QueryParameter {
  /** The member of what is read. */
  readonly name: string
  /** What callers call it, where they do not call it so. */
  readonly outside?: string
  /** Whether it would tell of what is withheld; then a caller does not have the parameter. */
  readonly tells?: (withheld: WithheldFields) => boolean
  /** Absent where its author has said nothing of it. */
  readonly description?: ParameterDescription
  /** Reads the text of the parameter; undefined where the request does not have it. */
  readonly read: (text: string | undefined, withheld: WithheldFields) => ParameterReading
  /** Reads the texts of a parameter that is given several times; without it, once is all it may be given. */
  readonly readSeveral?: (texts: readonly string[]) => ParameterReading
}

/**
 * Reads a raw query string.
 * @throws {ValidationError} with everything that is wrong with it.
 */
export type QueryReader = (queryString: string, withheld?: WithheldFields) => Readonly<Record<string, unknown>>

/** Looks at all parameters together, once each is right; what it finds is about one of them. */
export type QueryCheck = (query: Readonly<Record<string, unknown>>) => FieldError | undefined

const nothing: WithheldFields = new Set()

/** Compiles a reader of the parameters an action takes. Any other parameter is refused. */
export function compileQueryReader(
  parameters: readonly QueryParameter[],
  checks: readonly QueryCheck[] = [],
): QueryReader {
  const everything = knownTo(parameters)
  const read: QueryReader = (queryString, withheld = nothing) => {
    const known = withheld.size === 0 ? everything : knownTo(parameters.filter(({ tells }) => !tells?.(withheld)))
    const given = parseQueryString(queryString)
    const errors: FieldError[] = []
    const meant = nearestNames(known.names)
    for (const name of given.keys()) if (!known.names.has(name)) errors.push(unknown(name, meant(name)))
    const query: Record<string, unknown> = {}
    for (const parameter of known.parameters) {
      const { name, outside = name } = parameter
      const reading = readingOf(parameter, given.get(outside), withheld)
      if (!('value' in reading)) errors.push({ parameter: outside, ...reading })
      else if (reading.value !== undefined) query[name] = reading.value
    }
    if (errors.length === 0) errors.push(...checks.flatMap((check) => check(query) ?? []))
    if (errors.length > 0) throw invalidQuery(errors)
    return Object.freeze(query)
  }
  // What nothing is read as does not change.
  const unasked = whenAsked(() => read(''))
  return (queryString, withheld = nothing) =>
    queryString === '' && withheld.size === 0 ? unasked() : read(queryString, withheld)
}

function readingOf(
  { read, readSeveral }: QueryParameter,
  given: string | readonly string[] | undefined,
  withheld: WithheldFields,
): ParameterReading {
  if (given === undefined || typeof given === 'string') return read(given, withheld)
  return readSeveral ? readSeveral(given) : { code: 'repeated', message: 'must be given once' }
}

const knownTo = (parameters: readonly QueryParameter[]) => ({
  parameters,
  names: new Set(parameters.map(({ name, outside = name }) => outside)),
})

function unknown(name: string, nearest: string | undefined): FieldError {
  return {
    parameter: shortName(name),
    code: 'unknown_parameter',
    message: nearest === undefined ? 'is not known here' : `is not known here; did you mean "${nearest}"?`,
  }
}
