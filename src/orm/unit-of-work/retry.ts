import { setTimeout as wait } from 'node:timers/promises'

/** How often a unit is run again after it lost a race, unless it says otherwise. */
export const defaultRetries = 3

/** The same for a unit that has learned of locks: it collides with those that have not, until they have too. */
export const retriesWithLocks = 10

const shortest = 20
const longest = 200

/**
 * Waits before a unit is run again: a random time up to a limit that doubles each time ("full jitter"), so that
 * units that collided do not collide again. At most 200 ms.
 */
export async function backOff(attempt: number): Promise<void> {
  await wait(Math.random() * Math.min(longest, shortest * 2 ** attempt))
}
