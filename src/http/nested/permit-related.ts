import type { FieldError } from '../../errors/app-exception.js'
import { PermissionDeniedError, UnauthenticatedError } from '../../errors/exceptions.js'
import { pointerTo } from '../../errors/json-pointer.js'
import type { EntityRow } from '../../orm/entity-row.js'
import type { CompiledNested } from '../../serializer/compiled-serializer.js'
import type { NestedDeed } from '../../serializer/nested-rules.js'
import type { Call } from '../call.js'

/** A related row, where it stands in the body; a new one is not there yet. */
export interface JudgedRow {
  readonly at: readonly string[]
  readonly row?: EntityRow
  /** The key of a row that the body does not name. */
  readonly id?: string | number
}

const messages: Readonly<Record<NestedDeed, string>> = {
  refer: 'may not be referred to by you',
  create: 'may not be made by you',
  change: 'may not be changed by you',
  remove: 'leaves out a row that may not be deleted by you',
}

/**
 * Asks the rule of a relation whether a call may do something to related rows.
 * @throws {UnauthenticatedError} where nobody is signed in.
 * @throws {PermissionDeniedError} with every row that the rule refuses.
 */
export async function permitRelated(
  call: Call,
  { decisions }: CompiledNested,
  deed: NestedDeed,
  judged: readonly JudgedRow[],
): Promise<void> {
  if (judged.length === 0) return
  const decision = (await decisions(call)).get(deed)
  if (decision === undefined || decision === true) return
  const errors: FieldError[] = []
  for (const { at, row, id } of judged) {
    if (typeof decision === 'function' && row !== undefined && (await decision(row as never))) continue
    const error = { pointer: pointerTo(...at), code: 'forbidden', message: messages[deed] }
    errors.push(id === undefined ? error : { ...error, params: { id } })
  }
  if (errors.length === 0) return
  const shown = errors.slice(0, 100)
  if (call.user === null) throw new UnauthenticatedError('Sign in to write these related rows.', { errors: shown })
  throw new PermissionDeniedError('You may not write these related rows.', { errors: shown })
}
