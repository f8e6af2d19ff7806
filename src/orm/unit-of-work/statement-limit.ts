import { promised } from '../../helpers/awaitable.js'
import type { Session } from './session.js'

/** Another limit of statements, as long as a transaction or savepoint lasts. */
export class StatementLimit {
  readonly #session: Session
  readonly #former: string | undefined

  private constructor(session: Session, former: string | undefined) {
    this.#session = session
    this.#former = former
  }

  /**
   * Sets it at the begin.
   * @param limit in milliseconds; 0 is none.
   */
  static async set(session: Session, limit: number): Promise<StatementLimit> {
    try {
      return new StatementLimit(session, await send(session, String(limit)))
    } catch (error) {
      session.damaged = true
      throw error
    }
  }

  /** Brings the former one back, unless the database does so. Never throws: what was done has ended already. */
  async end({ undone, isOutermost }: { readonly undone: boolean; readonly isOutermost: boolean }): Promise<void> {
    const isOver = this.#session.engine.undoesSettings && (undone || isOutermost)
    if (this.#former === undefined || isOver || this.#session.damaged) return
    try {
      await send(this.#session, this.#former)
    } catch {
      this.#session.damaged = true
    }
  }
}

/** @returns what it was before; undefined where an engine has no limit. */
function send({ engine, runner, wire }: Session, limit: string): Promise<string | undefined> {
  return promised(() => wire.run(async () => engine.limitStatements?.(runner, limit)))
}
