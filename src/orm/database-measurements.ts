import type { ModelDataSource } from './data-source.js'
import { reach } from './unit-of-work/reach.js'
import { type DatabaseMeasurements, measurementsOf, oldestWaitOf } from './unit-of-work/unit-measurements.js'

/** The connections of a data source, those who wait for them, and its units of work, as they are now. */
export function databaseMeasurements({ units }: ModelDataSource): DatabaseMeasurements {
  return measurementsOf(units.measured)
}

/** How long the first who waits for a connection, on SQLite for the turn of the only one, has waited, in milliseconds. */
export function oldestWait({ units }: ModelDataSource): number {
  return oldestWaitOf(units.measured)
}

/**
 * Asks the database for an answer, on SQLite past units of work and whoever waits for a turn.
 * @param signal says that it takes too long. A pool that gave connections to others meanwhile is busy, and not away.
 * @throws {Error} where the database does not answer.
 */
export function reachDatabase({ units }: ModelDataSource, signal: AbortSignal): Promise<void> {
  return reach(units.session(), signal, units.measured.host.queues)
}
