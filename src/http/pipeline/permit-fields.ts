import type { FieldError } from '../../errors/app-exception.js'
import { PermissionDeniedError, UnauthenticatedError } from '../../errors/exceptions.js'
import { forbiddenFields } from '../../serializer/forbidden-fields.js'
import type { ActionModel } from '../action-model.js'
import type { Call } from '../call.js'
import type { Exchange } from '../exchange.js'
import type { Run } from '../step.js'
import type { CompiledModel } from './compiled-model.js'

/** The fields of a body that rules say of who may write them. */
function judgedFields({ input }: ActionModel, model: CompiledModel | undefined): readonly string[] {
  const rules = Object.entries((input && model?.serializer.definition.spec.rules) ?? {})
  return rules.filter(([, { write }]) => write).map(([name]) => name)
}

/** Whether a request gives fields whose rules may look at the row, which nobody may change until it is written. */
export function judgesFields(action: ActionModel, model: CompiledModel | undefined): (exchange: Exchange) => boolean {
  const names = judgedFields(action, model)
  return ({ body }) => names.some((name) => Object.hasOwn(body as object, name))
}

/** Refuses a body with fields that the caller may not write, now that the row is there. */
export function permitFields(action: ActionModel, model: CompiledModel | undefined): Run | undefined {
  if (!model || judgedFields(action, model).length === 0) return undefined
  const { serializer } = model
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
