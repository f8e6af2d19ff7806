import { instantOf } from '../../helpers/clock.js'
import { defaultIsolation, type IsolationLevel } from './isolation.js'
import type { AtomicOptions, UnitHost } from './unit-host.js'
import type { UnitLocks } from './unit-locks.js'

/** What a transaction is opened with. */
export interface Opening {
  readonly isolation: IsolationLevel
  /** The instant of the unit. */
  readonly now: Date
  /** The locks of the unit; without them it has none yet and is never started again. */
  readonly locks?: UnitLocks
  /** The longest that its statements may take, in milliseconds; that of the data source unless told. */
  readonly statementLimit?: number | false | undefined
}

/** What a transaction is opened with that is asked for so. */
export function openingOf(
  { isolation: usual = defaultIsolation, clock }: Pick<UnitHost, 'isolation' | 'clock'>,
  { isolation = usual, statementLimit }: AtomicOptions,
  locks: UnitLocks | undefined,
): Opening {
  return { isolation, now: instantOf(clock), statementLimit, ...(locks && { locks }) }
}
