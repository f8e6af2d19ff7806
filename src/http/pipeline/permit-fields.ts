import type { FieldError } from '../../errors/app-exception.js'
import { PermissionDeniedError, UnauthenticatedError } from '../../errors/exceptions.js'
import { forbiddenFields } from '../../serializer/forbidden-fields.js'
import type { ActionModel } from '../action-model.js'
import type { Call } from '../call.js'
import type { Run } from '../step.js'
import type { CompiledModel } from './compiled-model.js'

/** Refuses a body with fields that the caller may not write, now that the row is there. */
export function permitFields({ input }: ActionModel, model: CompiledModel | undefined): Run | undefined {
  if (!model || !input) return undefined
  const { serializer } = model
  if (!Object.values(serializer.definition.spec.rules ?? {}).some((rule) => rule.write)) return undefined
  return async (exchange) => {
    const values = exchange.body as Readonly<Record<string, unknown>>
    const { row } = exchange as { readonly row?: object }
    refuseFields(exchange, await forbiddenFields(serializer, exchange, { values, row }))
  }
}

/**
 * Refuses fields.
 * @throws {UnauthenticatedError} where nobody is signed in: signing in may help.
 * @throws {PermissionDeniedError} `FIELD_FORBIDDEN` where somebody is.
 */
export function refuseFields({ user }: Call, errors: readonly FieldError[]): void {
  if (errors.length === 0) return
  if (user === null) throw new UnauthenticatedError('Sign in to write these fields.', { errors })
  const message =
    errors.length === 1 ? 'You may not write one of the fields.' : `You may not write ${errors.length} of the fields.`
  throw new PermissionDeniedError(message, { errorCode: 'FIELD_FORBIDDEN', errors })
}
