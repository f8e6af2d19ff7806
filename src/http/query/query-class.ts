import { asDeclared, type Naming } from '../../helpers/naming.js'
import type { AnyClass } from '../../metadata/fact-kind.js'
import { firstNamed } from '../../serializer/body-errors.js'
import { type MemberType, memberTypes } from '../../serializer/member-type.js'
import { ruleCheck } from '../../serializer/validation-rules.js'
import { invalidQuery } from './parse-query-string.js'
import { compileQueryReader, type QueryCheck, type QueryParameter, type WithheldFields } from './query-reader.js'
import { readTexts, textReader } from './text-reader.js'

/** Reads a raw query string as an instance of a class. */
export type QueryClassReader = (queryString: string, withheld?: WithheldFields) => Promise<object>

/**
 * Compiles a class whose properties have rules of class-validator into a reader of query strings. The texts of parameters
 * are read by the types of the properties; lists are parameters that are given several times. Parameters without a rule are
 * refused.
 */
export function compileQueryClass(
  target: AnyClass,
  others: readonly QueryParameter[] = [],
  checks: readonly QueryCheck[] = [],
  naming = asDeclared,
): QueryClassReader {
  const Target = target as new () => object
  const check = ruleCheck(target)
  const own = [...memberTypes(target)].flatMap(([name, type]) => parameterOf(name, type, naming) ?? [])
  const ownNames = new Set(own.map(({ name }) => name))
  const read = compileQueryReader([...own, ...others.filter(({ name }) => !ownNames.has(name))], checks)
  return async (queryString, withheld) => {
    const instance = Object.assign(new Target(), read(queryString, withheld))
    const errors = await check(instance)
    if (errors.length === 0) return instance
    throw invalidQuery(
      firstNamed(errors, naming).map(({ pointer = '', ...error }) => ({ ...error, parameter: pointer.slice(2) })),
    )
  }
}

/** The properties of a class that no text of a query stands for. */
export function unreadableProperties(target: AnyClass): readonly string[] {
  return [...memberTypes(target)].flatMap(([name, type]) => (parameterOf(name, type, asDeclared) ? [] : [name]))
}

function parameterOf(name: string, type: MemberType, { outside }: Naming): QueryParameter | undefined {
  const read = textReader(type.kind === 'list' ? type.of : type)
  if (!read) return undefined
  const several = (texts: readonly string[]) => readTexts(texts, read)
  const single = type.kind === 'list' ? (text: string) => several([text]) : read
  return {
    name,
    outside: outside(name),
    read: (text) => (text === undefined ? { value: undefined } : single(text)),
    ...(type.kind === 'list' && { readSeveral: several }),
  }
}
