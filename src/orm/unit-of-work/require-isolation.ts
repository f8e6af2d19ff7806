import type { TransactionEngine } from './engine.js'
import type { IsolationLevel } from './isolation.js'
import type { Level } from './level.js'
import { Transaction } from './transaction.js'
import { UnitOfWorkError } from './unit-of-work-error.js'

/**
 * Whether a unit may run in an isolation level.
 * @throws {UnitOfWorkError} `UNIT_ISOLATION` inside of a unit that runs in another.
 */
export function requireIsolation(
  level: Level,
  { singleConnection }: TransactionEngine,
  isolation: IsolationLevel | undefined,
): void {
  if (isolation === undefined || singleConnection || !(level instanceof Transaction)) return
  const outermost = level.opening.isolation
  if (isolation === outermost) return
  throw new UnitOfWorkError(
    'UNIT_ISOLATION',
    `A nested unit asks for ${isolation}, but its outermost unit runs in ${outermost}, and a transaction has one ` +
      "level. Ask for it in the outermost unit, or use propagation 'new'.",
  )
}
