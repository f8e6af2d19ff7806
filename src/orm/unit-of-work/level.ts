import { type Awaitable, promised } from '../../helpers/awaitable.js'
import type { Session } from './session.js'
import { Turns } from './turns.js'

/**
 * Where statements run: a session outside of any transaction, a transaction, or a savepoint inside one. A level runs
 * one statement at a time, and none while a level inside it is open: savepoints of a connection are a stack.
 */
export abstract class Level {
  readonly turns: Turns
  abstract readonly session: Session

  constructor(turnLimit: number) {
    this.turns = new Turns(turnLimit)
  }

  /** @throws {UnitOfWorkError} when no statement can run here any more. */
  abstract assertUsable(): void

  /** Whether this level is the other one or lies inside it. */
  abstract isWithin(other: Level): boolean

  /** Hears that a statement of this level failed. */
  protected abstract statementFailed(error: unknown): void

  /** Runs one statement when it is its turn. */
  run<T>(statement: () => Promise<T>): Promise<T> {
    return promised(() => this.runAtOnce(statement))
  }

  /** The same without a promise, where it is its turn and the statement makes none. */
  runAtOnce<T>(statement: () => Awaitable<T>): Awaitable<T> {
    this.session.group?.makeWay()
    this.assertUsable()
    const failed = (error: unknown): never => {
      this.statementFailed(error)
      throw error
    }
    return this.turns.run(() => {
      // The level may have ended while the statement waited.
      this.assertUsable()
      let running: Awaitable<T>
      try {
        running = this.session.wire.run(statement)
      } catch (error) {
        return failed(error)
      }
      return running instanceof Promise ? running.catch(failed) : running
    })
  }
}
