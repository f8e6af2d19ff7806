import type { FieldError } from '../errors/app-exception.js'
import { pointerTo } from '../errors/json-pointer.js'
import type { CompiledSerializer } from './compiled-serializer.js'

/** What was given of a row, and the row as it is; a new row is not there yet. */
export interface GivenValues {
  readonly values: Readonly<Record<string, unknown>>
  readonly row?: object | undefined
}

/**
 * The fields among given values that a call may not write. Where there is no row, what asks for one is refused. What is
 * given of related rows is judged when those are there.
 */
export async function forbiddenFields(
  serializer: CompiledSerializer,
  call: object,
  { values, row }: GivenValues,
  above: readonly string[] = [],
): Promise<readonly FieldError[]> {
  const decisions = await serializer.writeDecisions(call)
  const errors: FieldError[] = []
  for (const [name, decision] of decisions) {
    if (!Object.hasOwn(values, name)) continue
    const allowed = typeof decision === 'function' ? row !== undefined && (await decision(row as never)) : decision
    if (!allowed)
      errors.push({ pointer: pointerTo(...above, name), code: 'forbidden', message: 'may not be written by you' })
  }
  return errors
}
