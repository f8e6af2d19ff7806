import { asDeclared } from '../../helpers/naming.js'
import type { AnyClass } from '../../metadata/fact-kind.js'
import { firstNamed } from '../../serializer/body-errors.js'
import { ruleCheck, ruledProperties } from '../../serializer/validation-rules.js'
import { invalidQuery } from './parse-query-string.js'
import { compileQueryReader, type QueryCheck, type QueryParameter, type WithheldFields } from './query-reader.js'

/** Reads a raw query string as an instance of a class. */
export type QueryClassReader = (queryString: string, withheld?: WithheldFields) => Promise<object>

/**
 * Compiles a class whose properties have rules of class-validator into a reader of query strings. The value of every
 * parameter is text. Parameters without a rule are refused.
 */
export function compileQueryClass(
  target: AnyClass,
  others: readonly QueryParameter[] = [],
  checks: readonly QueryCheck[] = [],
  naming = asDeclared,
): QueryClassReader {
  const Target = target as new () => object
  const check = ruleCheck(target)
  const ruled = [...ruledProperties(target)].map((name) => ({
    name,
    outside: naming.outside(name),
    read: (value: string | undefined) => ({ value }),
  }))
  const ownNames = new Set(ruled.map(({ name }) => name))
  const read = compileQueryReader([...ruled, ...others.filter(({ name }) => !ownNames.has(name))], checks)
  return async (queryString, withheld) => {
    const instance = Object.assign(new Target(), read(queryString, withheld))
    const errors = await check(instance)
    if (errors.length === 0) return instance
    throw invalidQuery(
      firstNamed(errors, naming).map(({ pointer = '', ...error }) => ({ ...error, parameter: pointer.slice(2) })),
    )
  }
}
