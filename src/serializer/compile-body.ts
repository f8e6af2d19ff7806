import { andThen } from '../helpers/awaitable.js'
import { asDeclared } from '../helpers/naming.js'
import type { AnyClass } from '../metadata/fact-kind.js'
import { invalidBody, notAnObject } from './body-errors.js'
import { compileClass, constructed } from './class-reader.js'
import type { InputReader } from './compile-serializer.js'

/**
 * Compiles a class whose properties have rules of class-validator into a reader of bodies. Members without a rule are
 * refused. What is read is an instance of the class. A request without a body is as good as one with an empty object.
 */
export function compileBody(target: AnyClass, naming = asDeclared): InputReader {
  const read = compileClass(target, { naming, made: constructed, partial: false })
  return (body) =>
    andThen(read(body === undefined ? {} : body), ({ value, errors }) => {
      if (errors.length > 0) throw invalidBody(body === undefined ? [notAnObject(body)] : errors)
      return value as Record<string, unknown>
    })
}
