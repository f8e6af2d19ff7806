import { ok } from 'node:assert'
import type { Awaitable, Clock } from 'plinth'

/** How `checkClock` makes a clock, and lets time pass. */
export interface ClockCheck {
  readonly create: () => Awaitable<Clock>
  /** Lets time pass, where the clock is not that of a machine; the clock must have advanced then. */
  readonly advance?: (clock: Clock) => Awaitable<void>
}

/**
 * Checks that a clock keeps the rules of `Clock`: instants in whole milliseconds that never go back, each a value of its own.
 * @throws {AssertionError} that says which rule is broken.
 */
export async function checkClock({ create, advance }: ClockCheck): Promise<void> {
  const clock = await create()
  let before = Number.NEGATIVE_INFINITY
  for (let look = 0; look < 1000; look += 1) {
    const now = clock.now()
    ok(now instanceof Date && Number.isInteger(now.getTime()), 'The present is a valid date, in whole milliseconds.')
    ok(now.getTime() >= before, 'Time never goes back.')
    before = now.getTime()
    now.setTime(0)
  }
  ok(clock.now().getTime() >= before, 'What is done to a date that was given out does not change the time.')
  if (!advance) return
  await advance(clock)
  ok(clock.now().getTime() > before, 'Time passes.')
}
