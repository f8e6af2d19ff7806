import { ConflictError, type Id, ValidationError } from 'plinth'

/** The codes of everything that lists refuse, with their statuses. */
export const orderRefusals = {
  NOT_IN_LIST: 400,
  ONE_ROW: 400,
  NOT_A_PERMUTATION: 400,
  UNKNOWN_LIST: 400,
  INVALID_PLACE: 400,
  LIST_CHANGED: 409,
} as const

/** Those of lists that are kept by ranks. */
export const rankRefusals = { ...orderRefusals, INVALID_RANK: 409 } as const

/** The row that is named beside another one, or the row itself, stands in no such list. */
export function notInList(pointer = '#/id'): ValidationError {
  return new ValidationError('The row is not in the list.', {
    errorCode: 'NOT_IN_LIST',
    errors: [{ pointer, code: 'not_in_list', message: 'is not in the list' }],
  })
}

export function oneRow(verb: string): ValidationError {
  return new ValidationError(`${verb} takes one row; moveToTop, moveBefore and moveAfter take several.`, {
    errorCode: 'ONE_ROW',
    // Callers may know the verbs by other names, or only some of them.
    told: { message: 'This takes one row: several can only be moved to the top, before a row or after it.' },
  })
}

/** A list has changed since its reader has read it. */
export function listChanged(version: number, order: readonly unknown[]): ConflictError {
  return new ConflictError('The list was changed by somebody else in the meantime.', {
    errorCode: 'LIST_CHANGED',
    details: { version, order },
    told: { details: { version } },
  })
}

/** A row beside which another is to be put has a rank that no move has given it. */
export function invalidRank(id: unknown, rank: string): ConflictError {
  return new ConflictError(
    `The row ${String(id)} has the rank "${rank}", which is none: it was written past the list. Put it right with healLists.`,
    {
      errorCode: 'INVALID_RANK',
      details: { id, rank },
      told: {
        message: 'A row beside which this one is to be put has a rank that is none: it was written past the list.',
      },
    },
  )
}

/** What keeps ids from being the rows of a list, each once. */
export interface Misnamed {
  readonly missing: readonly unknown[]
  readonly unknown: readonly Id[]
  readonly duplicate: readonly Id[]
}

export function notAPermutation({ missing, unknown, duplicate }: Misnamed): ValidationError {
  return new ValidationError('A new order must name every row of one list, each once.', {
    errorCode: 'NOT_A_PERMUTATION',
    details: { missing, unknown, duplicate },
    told: { details: { unknown, duplicate } },
  })
}

/** A list is named by other properties than those that make lists. */
export function unknownList(within: readonly string[]): ValidationError {
  return new ValidationError(`A list is named by ${within.join(', ') || 'nothing: there is only one'}.`, {
    errorCode: 'UNKNOWN_LIST',
    names: within,
    errors: [{ pointer: '#/list', code: 'UNKNOWN_LIST', message: `must have exactly: ${within.join(', ')}` }],
  })
}

export function notAPlace(): ValidationError {
  return new ValidationError("A place is 'first', 'last', { position }, { before } or { after }.", {
    errorCode: 'INVALID_PLACE',
    errors: [{ pointer: '#/position', code: 'INVALID_PLACE', message: 'must be a whole number' }],
  })
}
