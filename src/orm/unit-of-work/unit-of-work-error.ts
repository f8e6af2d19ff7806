import { ServiceUnavailableError } from '../../errors/exceptions.js'
import type { IsolationLevel } from './isolation.js'

/** Every code an error of a unit of work can have, with what it means. */
export const unitOfWorkCodes = {
  UNIT_ENDED: 'A statement was sent after its unit of work had ended.',
  UNIT_ABORTED: 'A statement of the unit failed and its error was swallowed, so the database undid the unit.',
  UNIT_NOT_AWAITED: 'The work of a unit returned while statements of it were still running.',
  UNIT_NEEDS_CONNECTION: 'A new unit was opened inside a unit of an engine that has only one connection.',
  UNIT_ISOLATION: 'A nested unit asked for another isolation level than its outermost unit has.',
  UNIT_LOCKS: 'A unit needs locks it should have taken earlier; it is undone and runs again with all of them.',
  UNIT_TURN: 'A statement or unit waited too long for another unit to end.',
  UNIT_COMMITTED:
    'The database committed the transaction of the unit by itself, as MySQL and MariaDB do where a table is created or altered.',
  UNIT_CONNECTION: 'A statement or unit waited too long for a connection of the pool.',
} as const

/** The code of an error of a unit of work; each stands in `unitOfWorkCodes` with what it means. */
export type UnitOfWorkCode = keyof typeof unitOfWorkCodes

/** A unit of work was used in a way that cannot work. It is the program that must change, not the request. */
export class UnitOfWorkError extends Error {
  override readonly name = 'UnitOfWorkError'
  readonly code: UnitOfWorkCode

  constructor(code: UnitOfWorkCode, message: string, cause?: unknown) {
    super(`${message} [${code}]`, cause === undefined ? {} : { cause })
    this.code = code
  }
}

/** A statement came too late. */
export function ended(): UnitOfWorkError {
  return new UnitOfWorkError(
    'UNIT_ENDED',
    'This statement was sent after its unit of work had ended. Await every statement inside the unit; use ' +
      'afterCommit() for what must follow it.',
  )
}

/** Nothing of a unit can be kept. */
export function aborted(cause: unknown): UnitOfWorkError {
  return new UnitOfWorkError(
    'UNIT_ABORTED',
    'A statement of this unit of work failed and its error was swallowed, so the database undid the unit. Put what ' +
      'may fail into an atomic() of its own.',
    cause,
  )
}

/** A unit must run again. */
export function needsLocks(): UnitOfWorkError {
  return new UnitOfWorkError(
    'UNIT_LOCKS',
    'This unit of work needs locks it should have taken earlier, so it is undone and runs again. Let this error pass; ' +
      'declaring `locks` for the unit avoids the second run.',
  )
}

/** A nested unit asks for another isolation level. */
export function otherIsolation(isolation: IsolationLevel, outermost: IsolationLevel): UnitOfWorkError {
  return new UnitOfWorkError(
    'UNIT_ISOLATION',
    `A nested unit asks for ${isolation}, but its outermost unit runs in ${outermost}, and a transaction has one ` +
      "level. Ask for it in the outermost unit, or use propagation 'new'.",
  )
}

/** A unit ended too early. */
export function notAwaited(): UnitOfWorkError {
  return new UnitOfWorkError(
    'UNIT_NOT_AWAITED',
    'The work of a unit returned while statements of it were still running, so it was undone. Await all of them.',
  )
}

/** The connection was lost between COMMIT, or a statement that is a transaction of its own, and its answer. */
export function unknownOutcome(cause: unknown): ServiceUnavailableError {
  return new ServiceUnavailableError('It is not known whether the change was kept.', {
    errorCode: 'OUTCOME_UNKNOWN',
    details: { outcome: 'unknown' },
    cause,
  })
}

/** There is no transaction any more that a savepoint could be in. */
export function committedByDatabase(): UnitOfWorkError {
  return new UnitOfWorkError(
    'UNIT_COMMITTED',
    'MySQL and MariaDB commit where a table is created or altered, so there is no transaction any more in which this could be ' +
      "undone as a whole; nothing of it was written. Do it in a unit of its own; of a migration, in one of its own that runs with migrationsTransactionMode: 'each'.",
  )
}

/** Two units at a time need two connections. */
export function noSecondConnection(): UnitOfWorkError {
  return new UnitOfWorkError(
    'UNIT_NEEDS_CONNECTION',
    "propagation 'new' inside a unit needs a second connection, and this engine has one. Open the unit outside, or use " +
      'afterCommit().',
  )
}

/** Nobody was given a connection of the pool in time. */
export function waitedForConnection(limit: number): ServiceUnavailableError {
  return new ServiceUnavailableError('The database did not become free in time.', {
    errorCode: 'DATABASE_BUSY',
    cause: new UnitOfWorkError(
      'UNIT_CONNECTION',
      `Nobody was given a connection of the pool for ${limit} ms. Those who hold one may be waiting for another, as units ` +
        "with propagation 'new' do inside of others: let the pool have more, and hold connections for a short time.",
    ),
  })
}
