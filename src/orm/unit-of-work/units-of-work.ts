import { AsyncLocalStorage } from 'node:async_hooks'
import type { EntityManager, QueryRunner, ReplicationMode } from 'typeorm'
import { isFailure } from '../../errors/failure.js'
import type { Clock } from '../../helpers/clock.js'
import { isContention } from '../errors/error-kind.js'
import type { TransactionEngine } from './engine.js'
import type { Hook } from './hooks.js'
import { defaultIsolation, type IsolationLevel } from './isolation.js'
import type { Level } from './level.js'
import { backOff, defaultRetries } from './retry.js'
import type { Surroundings } from './runner-state.js'
import { Session } from './session.js'
import { Transaction } from './transaction.js'
import { UnitOfWorkError } from './unit-of-work-error.js'
import { unitRunner } from './unit-runner.js'

/** How a unit of work is run. */
export interface AtomicOptions {
  /** READ COMMITTED unless told, on every server. A nested unit cannot ask for another level than its outermost has. */
  readonly isolation?: IsolationLevel
  /**
   * How often the outermost unit is run again when the database reports a deadlock, a lost race or that it is busy;
   * 3 unless told. Its work must therefore do nothing outside of the database: that is what `afterCommit` is for.
   */
  readonly retries?: number
  /** `nested`, unless told: a savepoint of the running unit. `new`: a unit of its own, on another connection. */
  readonly propagation?: 'nested' | 'new'
}

/** What units of work need of their data source. */
export interface UnitHost {
  readonly engine: TransactionEngine
  readonly clock: Clock
  /** The longest a statement or unit waits for another unit of its connection, in milliseconds. */
  readonly turnLimit: number
  /** The level of units that do not ask for one. */
  readonly isolation?: IsolationLevel
  /** Makes a runner of the driver. */
  createRunner(mode: ReplicationMode): QueryRunner
  managerOf(runner: QueryRunner): EntityManager
  /** Hears what a hook threw: the unit has ended and cannot fail any more. */
  onHookError(error: unknown): void
}

/** The units of work of one data source. */
export class UnitsOfWork implements Surroundings {
  readonly #host: UnitHost
  readonly #running = new AsyncLocalStorage<Transaction | undefined>()
  #shared: Session | undefined

  constructor(host: UnitHost) {
    this.#host = host
  }

  /**
   * Runs `work` in one transaction. Everything sent through the data source meanwhile joins, whatever repository,
   * manager or query builder it comes from. An error, and a returned failure, undo all of it.
   */
  async atomic<T>(work: () => T | Promise<T>, options: AtomicOptions = {}): Promise<T> {
    const running = this.#running.getStore()
    if (!running) return this.#outermost(work, options)
    if (options.propagation !== 'new') return this.atomicIn(running, work, options)
    if (this.#host.engine.singleConnection && !running.ended) throw noSecondConnection()
    return this.#outermost(work, options)
  }

  /** Runs `work` in a savepoint of a transaction. */
  async atomicIn<T>(level: Level, work: () => T | Promise<T>, options: AtomicOptions = {}): Promise<T> {
    const opening = this.#opening(options)
    this.#assertIsolation(level, options)
    const savepoint = await Transaction.open(level, opening)
    return this.#run(savepoint, work)
  }

  /** The level of the running unit. */
  ambient(): Level | undefined {
    return this.#running.getStore()
  }

  /** The instant of the running unit; outside of units, the present one. */
  now(): Date {
    return this.#running.getStore()?.opening.now ?? this.#host.clock.now()
  }

  /** Runs `hook` once the outermost unit is committed, outside of it; at once where no unit is running. */
  afterCommit(hook: Hook): void {
    const running = this.#running.getStore()
    if (!running) return void this.#runHooks([hook])
    if (running.ended) running.assertUsable()
    running.hooks.afterCommit(hook)
  }

  /** Runs `hook` once the outermost unit has ended, if what this unit or savepoint did was undone. */
  afterRollback(hook: Hook): void {
    const running = this.#running.getStore()
    if (running?.ended) running.assertUsable()
    running?.hooks.afterRollback(hook)
  }

  /** Makes a runner: one that joins the running unit, or one with a session of its own. */
  runner(mode: ReplicationMode): QueryRunner {
    return unitRunner(this.#running.getStore() ?? this.#session(mode), this)
  }

  managerOf(runner: QueryRunner): EntityManager {
    return this.#host.managerOf(runner)
  }

  #session(mode: ReplicationMode = 'master'): Session {
    const { engine, turnLimit } = this.#host
    const runner = this.#host.createRunner(mode)
    if (!engine.singleConnection) return new Session(runner, engine, turnLimit)
    // The driver makes a new runner only when it was connected anew.
    if (this.#shared?.runner !== runner) this.#shared = new Session(runner, engine, turnLimit)
    return this.#shared
  }

  async #outermost<T>(work: () => T | Promise<T>, options: AtomicOptions): Promise<T> {
    const retries = options.retries ?? defaultRetries
    for (let attempt = 0; ; attempt++) {
      const outcome = await this.#attempt(work, options)
      await this.#runHooks(outcome.hooks)
      if (!('error' in outcome)) return outcome.result
      if (attempt >= retries || !outcome.lostRace) throw outcome.error
      await backOff(attempt)
    }
  }

  async #attempt<T>(work: () => T | Promise<T>, options: AtomicOptions): Promise<Outcome<T>> {
    const session = this.#session()
    let unit: Transaction | undefined
    try {
      unit = await Transaction.open(session, this.#opening(options))
      const result = await this.#run(unit, work)
      return { result, hooks: unit.hooks.ended(!isFailure(result)) }
    } catch (error) {
      const lostRace = isContention(error) || isContention(unit?.broken)
      return { error, lostRace, hooks: unit?.hooks.ended(false) ?? [] }
    } finally {
      await session.release()
    }
  }

  async #run<T>(level: Transaction, work: () => T | Promise<T>): Promise<T> {
    try {
      const result = await this.#running.run(level, async () => work())
      if (isFailure(result)) await level.rollback()
      else await level.commit()
      return result
    } catch (error) {
      await level.rollback()
      throw error
    }
  }

  #opening({ isolation }: AtomicOptions) {
    return { isolation: isolation ?? this.#host.isolation ?? defaultIsolation, now: this.#host.clock.now() }
  }

  #assertIsolation(level: Level, { isolation }: AtomicOptions): void {
    if (isolation === undefined || this.#host.engine.singleConnection || !(level instanceof Transaction)) return
    const outermost = level.opening.isolation
    if (isolation === outermost) return
    throw new UnitOfWorkError(
      'UNIT_ISOLATION',
      `A nested unit asks for ${isolation}, but its outermost unit runs in ${outermost}, and a transaction has one ` +
        "level. Ask for it in the outermost unit, or use propagation 'new'.",
    )
  }

  /** Hooks run one after another and outside of every unit. */
  async #runHooks(hooks: readonly Hook[]): Promise<void> {
    for (const hook of hooks) {
      try {
        await this.#running.run(undefined, async () => hook())
      } catch (error) {
        this.#host.onHookError(error)
      }
    }
  }
}

type Outcome<T> =
  | { readonly result: T; readonly hooks: readonly Hook[] }
  | { readonly error: unknown; readonly lostRace: boolean; readonly hooks: readonly Hook[] }

function noSecondConnection(): UnitOfWorkError {
  return new UnitOfWorkError(
    'UNIT_NEEDS_CONNECTION',
    "propagation 'new' inside a unit needs a second connection, and this engine has one. Open the unit outside, or use " +
      'afterCommit().',
  )
}
