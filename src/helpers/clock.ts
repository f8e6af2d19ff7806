/** Where an application takes its instants from: one clock, so that tests can set the time. */
export interface Clock {
  /** The present instant, in whole milliseconds. */
  now(): Date
}

/** The clock of the machine. */
export const systemClock: Clock = { now: () => new Date() }
