import { PreconditionFailedError } from '../../errors/request-exceptions.js'
import type { EntityTag, EntityTags } from './entity-tag.js'
import type { PreconditionHeader, Preconditions } from './preconditions.js'
import type { RowValidators } from './validators.js'

/** What a representation that could be answered is known by. */
export interface Current {
  readonly tag?: EntityTag | undefined
  readonly lastModified?: Date | undefined
}

/**
 * Evaluates the conditions of a request that reads, in the order of RFC 9110 section 13.2.2.
 * @returns whether the caller has the representation already (304).
 * @throws {PreconditionFailedError}
 */
export function isUnchanged(conditions: Preconditions, { tag, lastModified }: Current): boolean {
  const { ifMatch, ifNoneMatch, ifUnmodifiedSince, ifModifiedSince } = conditions
  if (ifMatch !== undefined) {
    if (ifMatch !== '*' && !ifMatch.some((one) => isSameStrongly(one, tag))) throw failed('If-Match')
  } else if (isAfter(lastModified, ifUnmodifiedSince)) throw failed('If-Unmodified-Since')
  if (ifNoneMatch !== undefined) {
    return ifNoneMatch === '*' ? tag !== undefined : ifNoneMatch.some(({ opaque }) => opaque === tag?.opaque)
  }
  return ifModifiedSince !== undefined && lastModified !== undefined && !isAfter(lastModified, ifModifiedSince)
}

/**
 * Evaluates the conditions of a request that writes a row. Its tags are compared by the state of the row that they tell
 * of, whichever representation they came with: a write replaces a row, not a representation.
 * @returns whether the row must still be the same when it is written.
 * @throws {PreconditionFailedError}
 */
export function dependsOnState(
  conditions: Preconditions,
  row: object | undefined,
  validators?: RowValidators,
): boolean {
  const { ifMatch, ifNoneMatch, ifUnmodifiedSince } = conditions
  const state = row && validators?.stateOf(row)
  const lastModified = row && validators?.lastModifiedOf(row)
  if (ifMatch !== undefined) {
    if (ifMatch !== '*' && !tellsOf(ifMatch, state, false)) throw failed('If-Match')
  } else if (isAfter(lastModified, ifUnmodifiedSince)) throw failed('If-Unmodified-Since')
  // On a collection `*` speaks of the row that is to be made.
  if (row && ifNoneMatch !== undefined && tellsOf(ifNoneMatch, state, true)) throw failed('If-None-Match')
  if (ifMatch !== undefined) return ifMatch !== '*'
  return ifUnmodifiedSince !== undefined && lastModified !== undefined
}

/** Whether a row is as a request that writes it wants it. */
export function isAsConditioned(conditions: Preconditions, row: object, validators: RowValidators): boolean {
  try {
    dependsOnState(conditions, row, validators)
    return true
  } catch (error) {
    if (error instanceof PreconditionFailedError) return false
    throw error
  }
}

/** Whether a row is in a state that one of some tags tells of, whichever representation they came with. */
export function isKnownBy(tags: EntityTags, row: object, validators: RowValidators): boolean {
  return tags === '*' || tellsOf(tags, validators.stateOf(row), false)
}

/** The header a failed write was conditional on. */
export function decisiveHeader({ ifMatch }: Preconditions): PreconditionHeader {
  return ifMatch === undefined ? 'If-Unmodified-Since' : 'If-Match'
}

const messages: Readonly<Record<PreconditionHeader, string>> = {
  'If-Match': 'The row is another than it was when you read it.',
  'If-Unmodified-Since': 'The row was changed since then.',
  'If-None-Match': 'There is such a row already.',
  'If-Modified-Since': 'The row was not changed since then.',
}

export function failed(header: PreconditionHeader, cause?: unknown): PreconditionFailedError {
  return new PreconditionFailedError(messages[header], {
    errors: [{ header, code: 'mismatch', message: 'is not met' }],
    ...(cause !== undefined && { cause }),
  })
}

function tellsOf(tags: EntityTags, state: string | undefined, weakly: boolean): boolean {
  if (tags === '*') return true
  if (state === undefined) return false
  return tags.some(({ weak, opaque }) => (weakly || !weak) && opaque.startsWith(`${state}-`))
}

/** Tags that are the same and both strong (section 8.8.3.2). */
function isSameStrongly(one: EntityTag, other: EntityTag | undefined): boolean {
  return other !== undefined && !one.weak && !other.weak && one.opaque === other.opaque
}

function isAfter(lastModified: Date | undefined, instant: number | undefined): boolean {
  return lastModified !== undefined && instant !== undefined && lastModified.getTime() > instant
}
