import type { QueryRunner } from 'typeorm'
import type { Awaitable } from '../../helpers/awaitable.js'
import { errorKindOf } from '../errors/error-kind.js'
import type { TransactionEngine } from './engine.js'
import { GroupCommit } from './group-commit.js'
import { Level } from './level.js'
import { Turns } from './turns.js'
import type { Listening, UnitHost } from './unit-host.js'

/** What sessions are told by whoever opens them. */
type SessionHost = Pick<UnitHost, 'engine' | 'turnLimit' | 'groupsStatements' | 'listening'>

/** A connection to the database, held through the driver's own query runner. */
export class Session extends Level {
  readonly runner: QueryRunner
  readonly engine: TransactionEngine
  readonly turnLimit: number
  readonly listening: Listening
  /** Whoever has a turn here sends to the server. A rollback needs no turn of its level, only this one. */
  readonly wire: Turns
  /** Where several statements are committed together; absent where each is by itself. */
  readonly group: GroupCommit | undefined
  /** Set when the state of the connection is not known: it must not be used by anybody else. */
  damaged = false

  constructor(runner: QueryRunner, { engine, turnLimit, groupsStatements, listening }: SessionHost) {
    super(turnLimit)
    this.runner = runner
    this.engine = engine
    this.turnLimit = turnLimit
    this.listening = listening
    this.wire = new Turns(turnLimit)
    this.group = engine.groups && new GroupCommit(this, engine.groups, groupsStatements)
  }

  override get session(): Session {
    return this
  }

  override assertUsable(): void {}

  override isWithin(other: Level): boolean {
    return other === this
  }

  /** A connection that is lost, or still waits for an answer, is for nobody else. */
  override statementFailed(error: unknown): void {
    if (errorKindOf(error) === 'unavailable') this.damaged = true
  }

  /** Gives the connection back to the pool, or closes it when it cannot be trusted. */
  release(): Awaitable<void> {
    const { runner, engine } = this
    if (engine.singleConnection || runner.isReleased) return
    return !this.damaged && engine.isClean(runner) ? runner.release() : engine.discard(runner)
  }
}
