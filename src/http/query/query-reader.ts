import type { FieldError } from '../../errors/app-exception.js'
import { shortName } from '../../errors/json-pointer.js'
import { nearestName } from './nearest-name.js'
import { invalidQuery, parseQueryString } from './parse-query-string.js'

/** A value that was read, or why it was refused. */
export type ParameterReading = { readonly value: unknown } | Omit<FieldError, 'parameter'>

/** One query parameter that an action takes. Filters, searches and orderings are parameters like the others. */
export interface QueryParameter {
  readonly name: string
  /** Reads the text of the parameter; undefined where the request does not have it. */
  readonly read: (text: string | undefined) => ParameterReading
}

/**
 * Reads a raw query string.
 * @throws {ValidationError} with everything that is wrong with it.
 */
export type QueryReader = (queryString: string) => Readonly<Record<string, unknown>>

/** Looks at all parameters together, once each is right; what it finds is about one of them. */
export type QueryCheck = (query: Readonly<Record<string, unknown>>) => FieldError | undefined

/** Compiles a reader of the parameters an action takes. Any other parameter is refused. */
export function compileQueryReader(
  parameters: readonly QueryParameter[],
  checks: readonly QueryCheck[] = [],
): QueryReader {
  const names = parameters.map(({ name }) => name)
  return (queryString) => {
    const given = parseQueryString(queryString)
    const errors: FieldError[] = []
    for (const name of given.keys()) if (!names.includes(name)) errors.push(unknown(name, names))
    const query: Record<string, unknown> = {}
    for (const { name, read } of parameters) {
      const reading = read(given.get(name))
      if (!('value' in reading)) errors.push({ parameter: name, ...reading })
      else if (reading.value !== undefined) query[name] = reading.value
    }
    if (errors.length === 0) errors.push(...checks.flatMap((check) => check(query) ?? []))
    if (errors.length > 0) throw invalidQuery(errors)
    return Object.freeze(query)
  }
}

function unknown(name: string, known: readonly string[]): FieldError {
  const nearest = nearestName(name, known)
  return {
    parameter: shortName(name),
    code: 'unknown_parameter',
    message: nearest === undefined ? 'is not known here' : `is not known here; did you mean "${nearest}"?`,
  }
}
