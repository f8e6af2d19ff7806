import type { EntityManager, QueryRunner } from 'typeorm'
import { Guard, guardOf, register, type Surroundings } from './guard.js'
import { defaultIsolation, type IsolationLevel } from './isolation.js'
import type { Level } from './level.js'
import { Transaction } from './transaction.js'

/**
 * A runner whose statements and transactions go through a level. Everything else is the driver's runner itself, which
 * is its prototype.
 */
export function guardedRunner(base: Level, surroundings: Surroundings): QueryRunner {
  const { runner } = base.session
  const own = { data: {}, loadedTables: [], loadedViews: [], cachedTablePaths: {}, ...methods }
  const guarded = Object.defineProperties(Object.assign(Object.create(runner), own), accessors) as QueryRunner
  register(guarded, new Guard(runner, base, surroundings))
  return guarded
}

const accessors: PropertyDescriptorMap & ThisType<QueryRunner> = {
  isTransactionActive: {
    get() {
      const { opened, isJoined } = guardOf(this)
      return isJoined || opened.length > 0
    },
  },
  isReleased: {
    get() {
      const { released, runner } = guardOf(this)
      return released || runner.isReleased
    },
  },
  manager: {
    // Most runners send one statement and never need a manager.
    get() {
      const guard = guardOf(this)
      guard.manager ??= guard.surroundings.managerOf(this)
      return guard.manager
    },
    set(manager: EntityManager) {
      guardOf(this).manager = manager
    },
  },
  broadcaster: {
    get() {
      // What subscribers are given must not lead around the guard.
      return Object.create(guardOf(this).runner.broadcaster, { queryRunner: { value: this } })
    },
  },
}

type Query = (query: string, parameters?: unknown[], structured?: boolean) => Promise<unknown>

const methods: Record<string, unknown> & ThisType<QueryRunner> = {
  connect() {
    return guardOf(this).runner.connect()
  },

  async query(...statement: Parameters<Query>) {
    const guard = guardOf(this)
    guard.assertHeld()
    return guard.level.run(() => (guard.runner.query as Query)(...statement))
  },

  async stream(...statement: Parameters<QueryRunner['stream']>) {
    const guard = guardOf(this)
    guard.assertHeld()
    return streamOf(guard, statement)
  },

  async startTransaction(isolation?: IsolationLevel) {
    const guard = guardOf(this)
    guard.assertHeld()
    await this.broadcaster.broadcast('BeforeTransactionStart')
    const { isolationLevel } = this.dataSource.options as { readonly isolationLevel?: IsolationLevel }
    const opening = { isolation: isolation ?? isolationLevel ?? defaultIsolation, now: guard.surroundings.now() }
    guard.opened.push(await Transaction.open(guard.level, opening))
    await this.broadcaster.broadcast('AfterTransactionStart')
  },

  async commitTransaction() {
    const guard = guardOf(this)
    const last = guard.last()
    await this.broadcaster.broadcast('BeforeTransactionCommit')
    await last.commit()
    guard.opened.pop()
    await this.broadcaster.broadcast('AfterTransactionCommit')
  },

  async rollbackTransaction() {
    const guard = guardOf(this)
    const last = guard.last()
    await this.broadcaster.broadcast('BeforeTransactionRollback')
    await last.rollback()
    guard.opened.pop()
    await this.broadcaster.broadcast('AfterTransactionRollback')
  },

  async release() {
    const guard = guardOf(this)
    if (guard.released) return
    guard.released = true
    for (let open = guard.opened.pop(); open; open = guard.opened.pop()) await open.rollback()
    // A unit of work releases its connection itself.
    if (!guard.isJoined) await guard.base.session.release()
  },

  async [Symbol.asyncDispose]() {
    while (guardOf(this).opened.length > 0) await this.commitTransaction()
    await this.release()
  },
}

/** A stream keeps the turn until it ends: its connection can do nothing else meanwhile. */
function streamOf(guard: Guard, statement: Parameters<QueryRunner['stream']>): Promise<unknown> {
  return new Promise((opened, failed) => {
    guard.level
      .run(async () => {
        const stream = await guard.runner.stream(...statement)
        opened(stream)
        await new Promise<void>((done) => {
          for (const event of ['close', 'end', 'error']) stream.once(event, () => done())
        })
      })
      .catch(failed)
  })
}
