import type { AnyClass } from '../../metadata/fact-kind.js'
import { checkRules, ruledProperties } from '../../serializer/validation-rules.js'
import { invalidQuery } from './parse-query-string.js'
import { compileQueryReader } from './query-reader.js'

/** Reads a raw query string as an instance of a class. */
export type QueryClassReader = (queryString: string) => Promise<object>

/**
 * Compiles a class whose properties have rules of class-validator into a reader of query strings. The value of every
 * parameter is text. Parameters without a rule are refused.
 */
export function compileQueryClass(target: AnyClass): QueryClassReader {
  const Target = target as new () => object
  const parameters = [...ruledProperties(target)].map((name) => ({
    name,
    read: (value: string | undefined) => ({ value }),
  }))
  const read = compileQueryReader(parameters)
  return async (queryString) => {
    const instance = Object.assign(new Target(), read(queryString))
    const errors = await checkRules(instance)
    if (errors.length === 0) return instance
    throw invalidQuery(errors.map(({ pointer = '', ...error }) => ({ ...error, parameter: pointer.slice(2) })))
  }
}
