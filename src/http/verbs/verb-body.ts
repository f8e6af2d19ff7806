import type { FieldError } from '../../errors/app-exception.js'
import { AppException } from '../../errors/app-exception.js'
import { asDeclared } from '../../helpers/naming.js'
import type { Columns } from '../../model/column.js'
import { checkedInput } from '../../orm/writes/verb-input.js'
import { firstNamed, invalidBody, isObject, notAnObject, unknownMember } from '../../serializer/body-errors.js'
import type { InputReader } from '../../serializer/compile-serializer.js'

/** What was read of the input of a verb, or everything that is wrong with it. */
export interface VerbReading {
  readonly values: Readonly<Record<string, unknown>>
  readonly errors: readonly FieldError[]
}

/** Reads the input of a verb, which is one JSON object; where the verb takes none, nothing need be sent. */
export function readVerbInput(columns: Columns, body: unknown, naming = asDeclared): VerbReading {
  const given = body === undefined ? {} : body
  if (!isObject(given)) return { values: {}, errors: [notAnObject(given)] }
  const named = new Map(Object.keys(columns).map((name) => [naming.outside(name), name]))
  const known = Object.entries(given).flatMap(([outside, value]) => {
    const name = named.get(outside)
    return name === undefined ? [] : [[name, value] as const]
  })
  const unknown = Object.keys(given).filter((outside) => !named.has(outside))
  const errors = unknown.map(unknownMember)
  try {
    return { values: checkedInput(columns, Object.fromEntries(known)), errors }
  } catch (error) {
    if (!(error instanceof AppException)) throw error
    return { values: {}, errors: [...errors, ...firstNamed(error.errors, naming)] }
  }
}

/** Reads the body of an action that carries out a verb. */
export function verbBody(columns: Columns, naming = asDeclared): InputReader {
  return (body) => {
    const { values, errors } = readVerbInput(columns, body, naming)
    if (errors.length > 0) throw invalidBody(errors)
    return { ...values }
  }
}
