import { exceptionCodes } from '../../errors/exception-codes.js'
import { FailureError } from '../../errors/exceptions.js'
import type { Failure } from '../../errors/failure.js'
import type { ActionModel } from '../action-model.js'
import type { PipelineHost } from '../host.js'
import { refusalsOf } from '../openapi/trait-refusals.js'
import { StatusError } from './status-error.js'

/** What a failure means to the caller: its own exception, where it knows one. */
export function exceptionOf(failure: Failure & { unwrap?(): never }): Error {
  try {
    failure.unwrap?.()
  } catch (error) {
    return error as Error
  }
  const { error, errorCode, errors = [], names = [] } = failure
  return new FailureError(error, { errorCode, errors, names })
}

/** What says which statuses the codes of failures have. */
export interface FailureScene {
  readonly action: Pick<ActionModel, 'problems' | 'model'>
  readonly host: Pick<PipelineHost, 'dataSource' | 'openapi'>
}

/**
 * A failure as an exception with the status of its code: what the action says in `problems`, or its viewset, or traits in
 * `refusals`, or the application, or what the framework has. Without any it stays 400; whatever else was thrown stays as it
 * is.
 */
export function withStatus(error: unknown, { action, host }: FailureScene): unknown {
  if (!(error instanceof FailureError)) return error
  const { message, errorCode, errors, details, headers, told, names = [], cause } = error
  const said = [action.problems, action.model?.problems, ofTraits(host), host.openapi?.problems, ofFramework]
  const status = said.find((statuses) => statuses && Object.hasOwn(statuses, errorCode))?.[errorCode]
  if (status === undefined || status === error.statusCode) return error
  return new StatusError(status, message, { errorCode, errors, details, headers, ...(told && { told }), names, cause })
}

const ofFramework: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries(exceptionCodes).map(([code, [status]]) => [code, status]),
)

function ofTraits({ dataSource }: FailureScene['host']): Readonly<Record<string, number>> {
  const refusals = refusalsOf(dataSource?.registry.models ?? [])
  return Object.fromEntries(refusals.map(({ code, status }) => [code, status]))
}
