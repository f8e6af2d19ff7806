import { type Awaitable, andThen, caught } from '../../helpers/awaitable.js'
import { errorKindOf, isServerError, wasUnsent } from '../errors/error-kind.js'
import { Hooks } from './hooks.js'
import type { IsolationLevel } from './isolation.js'
import { Level } from './level.js'
import type { Opening } from './opening.js'
import type { Session } from './session.js'
import { timeOf } from './session-limits.js'
import { StatementLimit } from './statement-limit.js'
import type { Done } from './turns.js'
import { UnitLocks } from './unit-locks.js'
import { aborted, ended, needsLocks, notAwaited, unknownOutcome } from './unit-of-work-error.js'

/** How many savepoints are kept open in one another: each makes the transaction a little slower. */
const mostKept = 50

/** An open transaction, or an open savepoint inside one. */
export class Transaction extends Level {
  readonly hooks: Hooks
  readonly opening: Opening
  /** The locks of the whole unit. */
  readonly locks: UnitLocks
  readonly #parent: Level
  readonly #done: Done
  /** The name of the savepoint; undefined for the outermost level, which is the transaction. */
  readonly #savepoint: string | undefined
  #savepoints = 0
  /** The savepoints that ended well but are open for the database, which end with this one. */
  readonly #kept: string[] = []
  #ended = false
  #closed = false
  #undone = false
  /** The error because of which nothing of this level can be kept. */
  #broken: unknown
  #limit: StatementLimit | undefined

  private constructor(parent: Level, opening: Opening, savepoint: string | undefined, done: Done) {
    super(parent.session.turnLimit)
    this.#parent = parent
    this.hooks = new Hooks(parent.session.listening)
    this.opening = parent instanceof Transaction ? parent.opening : opening
    this.locks = parent instanceof Transaction ? parent.locks : (opening.locks ?? new UnitLocks(new Set()))
    this.#savepoint = savepoint
    this.#done = done
  }

  /** Opens a transaction in a session, or a savepoint in a transaction, when it is its turn. */
  static async open(parent: Level, opening: Opening): Promise<Transaction> {
    parent.assertUsable()
    parent.session.group?.makeWay()
    const limit = opening.statementLimit === undefined ? undefined : timeOf('statementLimit', opening.statementLimit)
    const taking = parent.turns.take()
    const done = taking instanceof Promise ? await taking : taking
    try {
      parent.assertUsable()
      const savepoint = parent instanceof Transaction ? parent.root.#nextSavepoint() : undefined
      const begun = begin(parent.session, savepoint, opening.isolation)
      if (begun instanceof Promise) await begun
      const unit = new Transaction(parent, opening, savepoint, done)
      if (limit !== undefined) unit.#limit = await StatementLimit.set(unit.session, limit)
      return unit
    } catch (error) {
      done()
      throw error
    }
  }

  override get session(): Session {
    return this.#parent.session
  }

  /** The outermost transaction. */
  get root(): Transaction {
    return this.#parent instanceof Transaction ? this.#parent.root : this
  }

  get isOutermost(): boolean {
    return this.#savepoint === undefined
  }

  /** Whether its work has returned, so that nothing more belongs to it. */
  get ended(): boolean {
    return this.#ended || (this.#parent instanceof Transaction && this.#parent.ended)
  }

  /** Whether the database has been told how it ends. */
  get closed(): boolean {
    return this.#closed
  }

  /** Whether nothing is left of what was done here: it, or a level around it, was rolled back. */
  get undone(): boolean {
    return this.#undone || (this.#parent instanceof Transaction && this.#parent.undone)
  }

  /** The error because of which nothing of this level, or of the whole unit, can be kept. */
  get broken(): unknown {
    return this.#broken ?? this.root.#broken
  }

  override isWithin(other: Level): boolean {
    return other === this || this.#parent.isWithin(other)
  }

  override assertUsable(): void {
    if (this.ended) throw ended()
    if (this.broken !== undefined) throw aborted(this.broken)
  }

  protected override statementFailed(error: unknown): void {
    const damage = this.session.engine.damageOf(error, this.session.runner)
    if (damage === 'level') this.#broken ??= error
    if (damage === 'unit') this.root.#broken ??= error
  }

  /**
   * Keeps what was done.
   * @throws {UnitOfWorkError} `UNIT_ABORTED`, `UNIT_NOT_AWAITED`.
   * @throws {ServiceUnavailableError} `OUTCOME_UNKNOWN` when the connection was lost while the server committed.
   */
  async commit(): Promise<void> {
    if (this.turns.taken) throw notAwaited()
    this.assertUsable()
    this.#ended = true
    const kept = this.session.wire.run(() => (this.#savepoint === undefined ? this.#commit() : this.#release()))
    if (kept instanceof Promise) await kept
    if (this.#limit) await this.#limit.end({ undone: false, isOutermost: this.isOutermost })
    this.#close(true)
  }

  /** Undoes what was done. Never throws: whatever made it necessary is the error to report. */
  async rollback(): Promise<void> {
    if (this.#closed) return
    this.#ended = true
    try {
      await this.session.wire.run(() => this.#undo())
    } catch (error) {
      this.root.#broken ??= error
      this.session.damaged = true
    }
    if (this.#limit) await this.#limit.end({ undone: true, isOutermost: this.isOutermost })
    this.#close(false)
  }

  /**
   * Ends the unit so that it starts again with every lock it has learned of.
   * @throws {UnitOfWorkError} `UNIT_LOCKS`, which also ends a unit that swallows it.
   */
  startAgain(): never {
    const error = needsLocks()
    this.locks.restarts = true
    this.root.#broken ??= error
    throw error
  }

  #nextSavepoint(): string {
    this.#savepoints += 1
    return `plinth_${this.#savepoints}`
  }

  #commit(): Awaitable<void> {
    const { engine, runner } = this.session
    const failed = (error: unknown): never => {
      const isTold = !engine.commitsWhenInterrupted || errorKindOf(error) !== 'statement-timeout'
      if (isServerError(error) && isTold) throw error
      this.session.damaged = true
      throw wasUnsent(error) ? error : unknownOutcome(error)
    }
    return andThen(
      caught(() => engine.commit(runner), failed),
      (committed) => {
        if (!committed) throw aborted(this.#broken)
      },
    )
  }

  async #release(): Promise<void> {
    const first = this.#parent instanceof Transaction ? this.#parent.#keep(this.#savepoint!) : this.#savepoint
    if (first !== undefined) await this.session.runner.query(`RELEASE SAVEPOINT ${first}`)
  }

  /**
   * Keeps a savepoint open that ended well, as long as this one may be undone: those who wait for its locks do so until the
   * whole transaction ends once it is released, and are not told where this one gives them back.
   * @returns what is to be released; with it ends whatever was opened behind it.
   */
  #keep(inner: string): string | undefined {
    if (this.#savepoint === undefined || !this.session.engine.givesLocksBack) return inner
    this.#kept.push(inner)
    return this.#kept.length < mostKept ? undefined : this.#kept.splice(0)[0]
  }

  async #undo(): Promise<void> {
    const { engine, runner } = this.session
    if (this.#savepoint === undefined) return engine.rollback(runner)
    // With the transaction its savepoints are gone; the connection may already serve somebody else.
    if (this.root.#broken !== undefined || this.root.#ended) return
    await runner.query(`ROLLBACK TO SAVEPOINT ${this.#savepoint}`)
    await runner.query(`RELEASE SAVEPOINT ${this.#savepoint}`)
  }

  #close(committed: boolean): void {
    this.#closed = true
    this.#undone = !committed
    if (!committed) this.locks.release(this, this.session.engine.givesLocksBack)
    if (this.#parent instanceof Transaction) this.#parent.hooks.adopt(this.hooks, committed)
    this.#done()
  }
}

function begin(session: Session, savepoint: string | undefined, isolation: IsolationLevel): Awaitable<unknown> {
  const { wire } = session
  return wire.run(() => (savepoint === undefined ? started(session, isolation) : opened(session, savepoint)))
}

function opened({ engine, runner }: Session, savepoint: string): Awaitable<unknown> {
  return engine.savepoint ? engine.savepoint(runner, savepoint) : runner.query(`SAVEPOINT ${savepoint}`)
}

function started(session: Session, isolation: IsolationLevel): Awaitable<unknown> {
  return caught(
    () => session.engine.begin(session.runner, isolation),
    (error) => {
      session.damaged = true
      throw error
    },
  )
}
