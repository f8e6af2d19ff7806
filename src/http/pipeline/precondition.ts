import type { Mistakes } from '../../errors/definition-error.js'
import { PreconditionRequiredError } from '../../errors/request-exceptions.js'
import type { ActionModel } from '../action-model.js'
import { type Preconditions, readPreconditions } from '../conditional/preconditions.js'
import type { RowValidators } from '../conditional/validators.js'
import type { Run } from '../step.js'
import type { CompiledModel } from './compiled-model.js'

/** Whether an action must be told on which condition it writes. */
export function requiresPrecondition({ requirePrecondition, model, writes, on }: ActionModel): boolean {
  return requirePrecondition ?? (model?.requirePrecondition === true && writes && on === 'row')
}

/** Reads on which conditions the request is made, before its body is; whether they are met is known later. */
export function precondition(action: ActionModel, model: CompiledModel | undefined): Run {
  const required = requiresPrecondition(action)
  return (exchange) => {
    const conditions = readPreconditions(exchange)
    if (required && !protects(conditions, model?.validators)) refuse(model?.validators)
    if (conditions) exchange.preconditions = conditions
  }
}

/** Whether conditions keep a write from a row that is another than its caller knows. */
function protects(conditions: Preconditions | undefined, validators: RowValidators | undefined): boolean {
  if (conditions?.ifMatch !== undefined) return true
  return conditions?.ifUnmodifiedSince !== undefined && validators?.dated === true
}

function refuse(validators: RowValidators | undefined): never {
  const header = validators?.versioned ? 'If-Match' : 'If-Unmodified-Since'
  throw new PreconditionRequiredError(`This can be done only with ${header}, so that nobody else's changes are lost.`, {
    errors: [{ header, code: 'required', message: 'is required' }],
  })
}

/** Adds an action that requires a condition on which it cannot write. */
export function verifyPrecondition(action: ActionModel, model: CompiledModel | undefined, mistakes: Mistakes): void {
  if (!requiresPrecondition(action)) return
  const { viewSet, name, place, on, writes } = action
  const problem =
    on !== 'row' || !writes
      ? 'it requires a precondition, but it is no write to a row.'
      : model && !model.validators.known
        ? 'it requires a precondition, but nothing of the rows of its entity tells that they were written.'
        : undefined
  if (!problem) return
  mistakes.add({
    code: 'E_PRECONDITION',
    subject: `${viewSet.name}.${name}`,
    problem,
    places: [place],
    remedy: 'Give the entity a trait that has a column with the role `version`, or leave `requirePrecondition` out.',
  })
}
