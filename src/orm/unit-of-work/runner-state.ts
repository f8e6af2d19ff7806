import {
  type EntityManager,
  type QueryRunner,
  QueryRunnerAlreadyReleasedError,
  TransactionNotStartedError,
} from 'typeorm'
import type { Level } from './level.js'
import { Transaction } from './transaction.js'

/** What a runner needs of the data source it belongs to. */
export interface Surroundings {
  /** The level of the running unit, if there is one. */
  ambient(): Level | undefined
  now(): Date
  managerOf(runner: QueryRunner): EntityManager
  /** Runs what was to be done once a transaction has ended that was opened through a runner. */
  transactionEnded(transaction: Transaction, committed: boolean): Promise<void>
}

/** What a runner of a data source knows beyond the driver's runner behind it. */
export class RunnerState {
  /** Transactions that were opened through this runner and are still open, outermost first. */
  readonly opened: Transaction[] = []
  manager: EntityManager | undefined
  released = false
  readonly runner: QueryRunner
  readonly base: Level
  readonly surroundings: Surroundings

  constructor(runner: QueryRunner, base: Level, surroundings: Surroundings) {
    this.runner = runner
    this.base = base
    this.surroundings = surroundings
  }

  /** The innermost level: of the running unit where it lies inside what this runner opened or was made in. */
  get level(): Level {
    const own = this.opened.at(-1) ?? this.base
    const ambient = this.surroundings.ambient()
    return ambient?.isWithin(own) ? ambient : own
  }

  get isJoined(): boolean {
    return this.base instanceof Transaction
  }

  assertHeld(): void {
    if (this.released) throw new QueryRunnerAlreadyReleasedError()
  }

  last(): Transaction {
    const last = this.opened.at(-1)
    if (!last) throw new TransactionNotStartedError()
    return last
  }
}

const key = Symbol('state')

/** Remembers the state of a runner; it is found through proxies of the runner too. */
export function remember(runner: QueryRunner, state: RunnerState): void {
  Object.defineProperty(runner, key, { value: state })
}

/** The state of a runner that the data source made. */
export function stateOf(runner: QueryRunner): RunnerState {
  const state = find(runner)
  if (!state) throw new Error('This query runner was not made by the data source.')
  return state
}

const find = (runner: QueryRunner) => (runner as { readonly [key]?: RunnerState })[key]

/** Whether a runner takes part in a unit of work that was open when the runner was made. */
export function isJoined(runner: QueryRunner): boolean {
  return find(runner)?.isJoined ?? false
}

/** Whether a runner's next statement belongs to a transaction. */
export function isInTransaction(runner: QueryRunner): boolean {
  return stateOf(runner).level instanceof Transaction
}

/** The level a runner's next statement belongs to. */
export function levelOf(runner: QueryRunner): Level {
  return stateOf(runner).level
}

/**
 * Runs `work` with the driver's own connection, as one statement of the runner's unit: in its turn, and refused
 * when the unit has ended.
 */
export function useConnection<C, T>(runner: QueryRunner, work: (connection: C) => Promise<T>): Promise<T> {
  const { runner: own } = stateOf(runner)
  return levelOf(runner).run(async () => work((await own.connect()) as C))
}
