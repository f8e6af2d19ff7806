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
  async run<T>(statement: () => Promise<T>): Promise<T> {
    this.assertUsable()
    return this.turns.run(async () => {
      // The level may have ended while the statement waited.
      this.assertUsable()
      try {
        return await this.session.wire.run(statement)
      } catch (error) {
        this.statementFailed(error)
        throw error
      }
    })
  }
}
