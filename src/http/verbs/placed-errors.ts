import { AppException, type FieldError } from '../../errors/app-exception.js'
import { isFailure } from '../../errors/failure.js'
import { namesOf, pointerTo } from '../../errors/json-pointer.js'
import type { Receipt } from '../../model/verb.js'
import { isObject } from '../../serializer/body-errors.js'
import { ServiceResult } from '../../service/service-result.js'

/** Errors about properties, which say where in the input of a verb the values of those stood. */
function placedErrors(errors: readonly FieldError[], input: object): readonly FieldError[] {
  return errors.map((error) => {
    const [name, ...others] = namesOf(error.pointer?.slice(1) ?? '')
    if (name === undefined || Object.hasOwn(input, name)) return error
    const above = Object.entries(input).find(([, member]) => isObject(member) && Object.hasOwn(member, name))
    return above ? { ...error, pointer: pointerTo(above[0], name, ...others) } : error
  })
}

/** The exception of a verb with the places of its input. What has errors about none of it is given back as it is. */
export function placedException(error: unknown, exception: AppException, input: object): unknown {
  const errors = placedErrors(exception.errors, input)
  if (errors.every((one, index) => one === exception.errors[index])) return error
  // Everything else of it, its class and its cause among them, is as it was.
  return Object.create(exception, { errors: { value: errors } }) as AppException
}

/** The same of a failure that a service answers for an exception. */
export function placedResult<T extends Receipt | ServiceResult<Receipt>>(result: T, input: object): T {
  if (!isFailure(result)) return result
  const { cause } = result as { readonly cause?: unknown }
  if (!(cause instanceof AppException)) return result
  const placed = placedException(cause, cause, input)
  return placed === cause ? result : (ServiceResult.from(placed) as T)
}
