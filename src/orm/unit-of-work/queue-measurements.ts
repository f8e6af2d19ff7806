/** What is known of those who wait for a connection, and of those who waited before. */
export interface QueueMeasurements {
  /** How many wait now. */
  readonly waiting: number
  /** How long the first of them has waited, in milliseconds; 0 where nobody waits. */
  readonly oldestWait: number
  /** How many were given what they asked for, since the start. */
  readonly given: number
  /** How long all of those have waited, in milliseconds. */
  readonly waitTime: number
}

/** Where one waits. */
export interface MeasuredQueue {
  /** How long the first who waits has waited, in milliseconds; 0 where nobody does. */
  readonly oldestWait: number
  readonly measurements: QueueMeasurements
}
