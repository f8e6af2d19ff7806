import { AppException, type FieldError } from '../../errors/app-exception.js'
import { pointerTo } from '../../errors/json-pointer.js'
import { asException } from '../problem/as-exception.js'
import { withStatus } from '../problem/failure-exception.js'
import { outsideErrors } from '../problem/outside-errors.js'
import type { BulkItem } from './bulk-item.js'
import type { BulkPlan } from './bulk-plan.js'

/**
 * What an item failed with, where its caller is to be told so: it says which item it was. Whatever else was thrown is no
 * affair of one item, and stays as it is, so that a unit of work that lost a race is run again.
 * @throws whatever else was thrown.
 */
export function failureOf(
  error: unknown,
  item: Pick<BulkItem, 'at' | 'valuesAt' | 'id'>,
  plan: BulkPlan,
): AppException {
  const exception = exceptionIn(error, plan)
  if (exception.statusCode >= 500) throw error
  return pointed(exception, item, plan)
}

/** The exception that stands for what was thrown while items were written. */
export function exceptionIn(error: unknown, plan: BulkPlan): AppException {
  return asException(withStatus(error, plan), plan.host.translate)
}

/** The exception with pointers from the whole body. */
function pointed(
  exception: AppException,
  { at, valuesAt, id }: Pick<BulkItem, 'at' | 'valuesAt' | 'id'>,
  { host: { naming }, model: { description } }: BulkPlan,
): AppException {
  const { errors, errorCode, message } = exception
  const inside = outsideErrors(errors, { naming, description }).map((error): FieldError => {
    return error.pointer === undefined ? error : { ...error, pointer: pointerTo(...valuesAt) + error.pointer.slice(1) }
  })
  const whole: FieldError = {
    pointer: pointerTo(...at),
    code: errorCode.toLowerCase(),
    message,
    ...(id !== undefined && { params: { id } }),
  }
  // Everything else of it, its class and its cause among them, is as it was.
  return Object.create(exception, {
    errors: { value: inside.length > 0 ? inside : [whole] },
  }) as AppException
}
