import type { EntityManager, QueryRunner, ReplicationMode } from 'typeorm'
import { isFailure } from '../../errors/failure.js'
import type { Awaitable } from '../../helpers/awaitable.js'
import { instantOf } from '../../helpers/clock.js'
import { ContextSlot } from '../../helpers/context-slot.js'
import { isContention } from '../errors/error-kind.js'
import { type Connected, connectedAlone, connectedIn } from './connected.js'
import type { Hook } from './hooks.js'
import type { IsolationLevel } from './isolation.js'
import type { Level } from './level.js'
import { openingOf } from './opening.js'
import { requireIsolation } from './require-isolation.js'
import { type Outcome, RunAgain } from './run-again.js'
import type { Surroundings } from './runner-state.js'
import { Session } from './session.js'
import { takeLockBy, takeLocks } from './take-locks.js'
import { Transaction } from './transaction.js'
import type { AtomicOptions, TransactionEvent, UnitHost } from './unit-host.js'
import type { UnitLocks } from './unit-locks.js'
import type { MeasuredUnits } from './unit-measurements.js'
import { noSecondConnection } from './unit-of-work-error.js'
import { unitRunner } from './unit-runner.js'

/** The units of work of one data source. */
export class UnitsOfWork implements Surroundings {
  readonly #host: UnitHost
  /** The unit that the running code belongs to; undefined where it runs outside of every unit. */
  readonly #running = new ContextSlot<Transaction | undefined>()
  readonly #again = new RunAgain()
  #shared: Session | undefined

  constructor(host: UnitHost) {
    this.#host = host
  }

  /**
   * Runs `work` in one transaction. Everything sent through the data source meanwhile joins, whatever repository,
   * manager or query builder it comes from. An error, and a returned failure, undo all of it.
   */
  async atomic<T>(work: () => T | Promise<T>, options: AtomicOptions = {}): Promise<T> {
    const running = this.#running.get()
    if (!running) return this.#outermost(work, options)
    if (options.propagation !== 'new') return this.atomicIn(running, work, options)
    if (this.#host.engine.singleConnection && !running.ended) throw noSecondConnection()
    return this.#outermost(work, options)
  }

  /** Runs `work` in a level: in a savepoint of a transaction, or in a transaction of a session. */
  async atomicIn<T>(level: Level, work: () => T | Promise<T>, options: AtomicOptions = {}): Promise<T> {
    requireIsolation(level, this.#host.engine, options.isolation)
    const outcome = await this.#attempt(level, work, options)
    if (!(level instanceof Transaction)) await this.runHooks(outcome.hooks)
    if ('error' in outcome) throw outcome.error
    return outcome.result
  }

  /** Runs `work` with connections without limits, as what changes a schema needs them. */
  withoutLimits<T>(work: () => Promise<T>): Promise<T> {
    return this.#host.limits.without(work)
  }

  /** The level of the running unit. */
  ambient(): Level | undefined {
    return this.#running.get()
  }

  /** The isolation level of the running unit; outside of units undefined. */
  get isolation(): IsolationLevel | undefined {
    return this.#running.get()?.opening.isolation
  }

  /** Whether the database may refuse a statement without an end of the running unit, if there is one. */
  get outlivesRefusals(): boolean {
    return this.#host.engine.outlivesRefusals || this.#running.get() === undefined
  }

  /** The instant of the running unit; outside of units, the present one. */
  now(): Date {
    return this.#running.get()?.opening.now ?? instantOf(this.#host.clock)
  }

  /** Runs `hook` once the outermost unit is committed, outside of it; at once where no unit is running. */
  afterCommit(hook: Hook): void {
    const running = this.#running.get()
    if (!running) return void this.runHooks([hook])
    if (running.ended) running.assertUsable()
    running.hooks.afterCommit(hook)
  }

  /** Runs `hook` once the outermost unit has ended, if what this unit or savepoint did was undone. */
  afterRollback(hook: Hook): void {
    const running = this.#running.get()
    if (running?.ended) running.assertUsable()
    running?.hooks.afterRollback(hook)
  }

  /** Makes a runner: one that joins the running unit, or one with a session of its own. */
  runner(mode: ReplicationMode): QueryRunner {
    return unitRunner(this.#running.get() ?? this.session(mode), this)
  }

  /** Runs `work` with the driver's own connection, as one statement: of the running unit, or of a session of its own. */
  connected<T>(work: Connected<T>, mode: ReplicationMode = 'slave'): Awaitable<T> {
    const running = this.#running.get()
    const lent = running ? undefined : this.#host.lend(mode, work)
    if (lent) return lent
    const level = running ?? this.session(mode)
    const isAlone = level instanceof Session && !this.#host.engine.singleConnection
    return isAlone ? connectedAlone(level, work) : connectedIn(level, work)
  }

  /** The same for a statement that writes: outside of units it may be committed together with others. */
  writing<T>(work: Connected<T>): Awaitable<T> {
    const group = this.#running.get() || !this.#host.engine.groups ? undefined : this.session().group
    return group ? group.write(work) : this.connected(work, 'master')
  }

  /** Ends what is open of plain statements: nothing is sent afterwards. */
  close(): void {
    this.#shared?.group?.close()
  }

  managerOf(runner: QueryRunner): EntityManager {
    return this.#host.managerOf(runner)
  }

  async transactionEnded(transaction: Transaction, committed: boolean): Promise<void> {
    if (transaction.isOutermost) await this.runHooks(transaction.hooks.ended(committed))
  }

  /** What is measured; see `measurementsOf`. */
  get measured(): MeasuredUnits {
    return { host: this.#host, again: this.#again, shared: this.#shared }
  }

  /** A session outside of every unit: the one that everybody shares, or one of its own. */
  session(mode: ReplicationMode = 'master'): Session {
    const { engine } = this.#host
    if (this.#shared && engine.keeps?.(this.#shared.runner)) return this.#shared
    this.close()
    const session = new Session(this.#host.createRunner(mode), this.#host)
    if (engine.singleConnection) this.#shared = session
    return session
  }

  async #outermost<T>(work: () => T | Promise<T>, options: AtomicOptions): Promise<T> {
    const run = async (locks: UnitLocks) => {
      const session = this.session()
      const outcome = await this.#attempt(session, work, options, locks)
      await session.release()
      if (outcome.hooks.length > 0) await this.runHooks(outcome.hooks)
      return outcome
    }
    const inside = this.#running.get() !== undefined
    return this.#again.run(run, { learned: new Set(options.locks), retries: options.retries, inside })
  }

  /** Takes locks that the unit does not hold yet; see `takeLocks`. */
  lock(level: Level, keys: readonly string[], late = false): Promise<void> {
    return takeLocks({ host: this.#host, level, runner: () => unitRunner(level, this) }, keys, late)
  }

  /** Notes that rows are locked in a level, so that its unit does not wait for locks that it should have taken first. */
  rowsLocked(level: Level | undefined = this.#running.get()): void {
    if (level instanceof Transaction) level.locks.lockRows(level)
  }

  /** The same of rows that are locked to be written, where the engine has a way to take locks without waiting behind them. */
  rowsWritten(level: Level | undefined = this.#running.get()): void {
    if (this.#host.engine.withoutWaiting) this.rowsLocked(level)
  }

  /** Takes a lock by a statement that does more than that; see `takeLockBy`. */
  lockBy<T>(level: Level, key: string, take: () => Promise<T>): Promise<T | undefined> {
    return takeLockBy({ host: this.#host, level }, key, take)
  }

  /** Runs `work` once. Errors are an outcome: whatever happens, the transaction has ended then. */
  async #attempt<T>(
    level: Level,
    work: () => T | Promise<T>,
    options: AtomicOptions,
    locks?: UnitLocks,
  ): Promise<Ended<T>> {
    let unit: Transaction | undefined
    try {
      // Without a subscriber nothing comes between asking for a unit and its place in the queue.
      const announcing = this.#announce('BeforeTransactionStart', level)
      if (announcing) await announcing
      unit = await Transaction.open(level, openingOf(this.#host, options, locks))
      const first = [...(unit.isOutermost ? unit.locks.learned : []), ...(options.locks ?? [])]
      if (first.length > 0) await this.lock(unit, first)
      const result = await this.#run(unit, level, work)
      return { result, hooks: unit.hooks.ended(!isFailure(result)) }
    } catch (error) {
      if (unit) await this.#rollback(unit, level)
      const lostRace = isContention(error) || isContention(unit?.broken) || (unit?.locks.restarts ?? false)
      return { error, lostRace, hooks: unit?.hooks.ended(false) ?? [] }
    }
  }

  async #run<T>(unit: Transaction, outer: Level, work: () => T | Promise<T>): Promise<T> {
    const starting = this.#announce('AfterTransactionStart', unit)
    if (starting) await starting
    const result = await this.#running.run(unit, work)
    if (isFailure(result)) {
      await this.#rollback(unit, outer)
      return result
    }
    const ending = this.#announce('BeforeTransactionCommit', unit)
    if (ending) await ending
    await unit.commit()
    const ended = this.#announceEnd('AfterTransactionCommit', outer)
    if (ended) await ended
    return result
  }

  async #rollback(unit: Transaction, outer: Level): Promise<void> {
    if (unit.closed) return
    await unit.rollback()
    await this.#announceEnd('AfterTransactionRollback', outer)
  }

  /** Tells TypeORM's subscribers, where one wants to hear it; there is nothing to wait for where none does. */
  #announce(event: TransactionEvent, level: Level): Promise<void> | undefined {
    if (!this.#host.hears(event)) return undefined
    const unit = level instanceof Transaction ? level : undefined
    return this.#running.run(unit, () => unitRunner(level, this).broadcaster.broadcast(event))
  }

  /** Tells what has happened, which nobody can change any more. */
  #announceEnd(event: TransactionEvent, level: Level): Promise<void> | undefined {
    return this.#announce(event, level)?.catch((error: unknown) => this.#host.onHookError(error))
  }

  /** Hooks run one after another and outside of every unit. */
  async runHooks(hooks: readonly Hook[]): Promise<void> {
    for (const hook of hooks) {
      try {
        await this.#running.run(undefined, async () => hook())
      } catch (error) {
        this.#host.onHookError(error)
      }
    }
  }
}

type Ended<T> = Outcome<T> & { readonly hooks: readonly Hook[] }
