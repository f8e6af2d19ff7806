import type { PoolSize } from './engine.js'
import type { PoolQueue } from './pool-queue.js'
import type { QueueMeasurements } from './queue-measurements.js'
import type { RunAgain } from './run-again.js'
import type { Session } from './session.js'
import type { UnitHost } from './unit-host.js'

/** The connections of a data source, and those who wait for them: on SQLite, which has one connection, for their turn. */
export interface PoolMeasurements extends PoolSize, QueueMeasurements {}

/** What a data source can tell of itself at any time. */
export interface DatabaseMeasurements {
  readonly pool: PoolMeasurements
  readonly units: {
    /** How many outermost units of work are open, those among them that wait for a connection. */
    readonly open: number
    /** How often units that had lost a race were run again, since the start. */
    readonly runAgain: number
  }
}

/** What is measured of the units of work of a data source. */
export interface MeasuredUnits {
  readonly host: Pick<UnitHost, 'engine' | 'driver' | 'queues'>
  readonly again: RunAgain
  /** The session that everybody shares, on engines with one connection, once it is used. */
  readonly shared: Session | undefined
}

export function measurementsOf(units: MeasuredUnits): DatabaseMeasurements {
  return Object.freeze({ pool: poolOf(units), units: Object.freeze({ ...units.again.measurements }) })
}

/** How long the first who waits for a connection, or for the turn of the only one, has waited, in milliseconds. */
export function oldestWaitOf({ host: { engine, queues }, shared }: MeasuredUnits): number {
  return engine.singleConnection ? (shared?.turns.oldestWait ?? 0) : oldestOf(queues)
}

function poolOf({ host: { engine, driver, queues }, shared }: MeasuredUnits): PoolMeasurements {
  if (!engine.singleConnection) return Object.freeze({ ...engine.poolOf?.(driver), ...together(queues) })
  const { turns } = shared ?? {}
  return Object.freeze({ max: 1, size: 1, inUse: turns?.taken ? 1 : 0, ...(turns?.measurements ?? together([])) })
}

/** What is known of those who wait in one queue or in several. */
function together(queues: readonly PoolQueue[]): QueueMeasurements {
  const all = queues.map(({ measurements }) => measurements)
  const sum = (figure: keyof QueueMeasurements): number => all.reduce((total, one) => total + one[figure], 0)
  return { waiting: sum('waiting'), oldestWait: oldestOf(queues), given: sum('given'), waitTime: sum('waitTime') }
}

function oldestOf(queues: readonly PoolQueue[]): number {
  let oldest = 0
  for (const queue of queues) oldest = Math.max(oldest, queue.oldestWait)
  return oldest
}
