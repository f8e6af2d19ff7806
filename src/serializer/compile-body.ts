import { andThen } from '../helpers/awaitable.js'
import { asDeclared } from '../helpers/naming.js'
import type { AnyClass } from '../metadata/fact-kind.js'
import { firstNamed, invalidBody, isObject, notAnObject, unknownMember } from './body-errors.js'
import type { InputReader } from './compile-serializer.js'
import { ruleCheck, ruledProperties } from './validation-rules.js'

/**
 * Compiles a class whose properties have rules of class-validator into a reader of bodies. Members without a rule are
 * refused. What is read is an instance of the class; its constructor has run, so its defaults hold.
 */
export function compileBody(target: AnyClass, naming = asDeclared): InputReader {
  const known = new Map([...ruledProperties(target)].map((name) => [naming.outside(name), name]))
  const check = ruleCheck(target)
  const Target = target as new () => object
  return (body) => {
    if (!isObject(body)) throw invalidBody([notAnObject(body)])
    const members = Object.entries(body)
    const instance = Object.assign(
      new Target() as Record<string, unknown>,
      Object.fromEntries(
        members.flatMap(([outside, value]) => {
          const name = known.get(outside)
          return name === undefined ? [] : [[name, value] as const]
        }),
      ),
    )
    const unknown = members.filter(([name]) => !known.has(name)).map(([name]) => unknownMember(name))
    return andThen(check(instance), (found) => {
      const errors = [...unknown, ...firstNamed(found, naming)]
      if (errors.length > 0) throw invalidBody(errors)
      return instance
    })
  }
}
