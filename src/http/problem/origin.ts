import type { AppException } from '../../errors/app-exception.js'
import { UnexpectedError } from './unexpected-error.js'

/** What went wrong, for those who look after the application: the cause of an exception that only stands for it. */
export function originOf(exception: AppException): unknown {
  const { told, message, cause } = exception
  const standsForIt = exception instanceof UnexpectedError || told !== undefined || message === ''
  return standsForIt ? (cause ?? exception) : exception
}
