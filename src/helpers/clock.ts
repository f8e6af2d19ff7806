import { UsageError } from '../errors/usage-error.js'

/** Where an application takes its instants from: one clock, so that tests can set the time. */
export interface Clock {
  /** The present instant, in whole milliseconds. */
  now(): Date
}

/** The clock of the machine. */
export const systemClock: Clock = { now: () => new Date() }

const [first, last] = ['0001-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z'].map(Date.parse) as [number, number]

/** Whether a value is an instant that every database can hold. */
export function isInstant(value: unknown): value is Date {
  return value instanceof Date && value.getTime() >= first && value.getTime() <= last
}

/**
 * What a clock says, which is stored everywhere.
 * @throws {UsageError} `E_CLOCK` where it is no instant that every database can hold.
 */
export function instantOf(clock: Clock): Date {
  const instant: unknown = clock.now()
  if (isInstant(instant)) return instant
  throw new UsageError('E_CLOCK', `The clock says ${String(instant)}, which is no Date of the years 1 to 9999.`)
}
