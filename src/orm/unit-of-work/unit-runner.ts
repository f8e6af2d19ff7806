import type { EntityManager, QueryRunner } from 'typeorm'
import { defaultIsolation, type IsolationLevel } from './isolation.js'
import type { Level } from './level.js'
import { RunnerState, remember, type Surroundings, stateOf } from './runner-state.js'
import { Transaction } from './transaction.js'

/**
 * A runner whose statements and transactions go through a level. Everything else is the driver's runner itself, which
 * is its prototype.
 */
export function unitRunner(base: Level, surroundings: Surroundings): QueryRunner {
  const { runner } = base.session
  const own = { data: {}, loadedTables: [], loadedViews: [], cachedTablePaths: {} }
  const unit = Object.assign(Object.create(prototypeOf(runner)), own) as QueryRunner
  remember(unit, new RunnerState(runner, base, surroundings))
  return unit
}

const prototypes = new WeakMap<QueryRunner, object>()

/** What all runners over one of the driver share: a unit of work makes one for most of its statements. */
function prototypeOf(runner: QueryRunner): object {
  const known = prototypes.get(runner)
  if (known) return known
  const made = Object.defineProperties(Object.assign(Object.create(runner), methods), accessors) as object
  prototypes.set(runner, made)
  return made
}

const accessors: PropertyDescriptorMap & ThisType<QueryRunner> = {
  isTransactionActive: {
    get() {
      const { opened, isJoined } = stateOf(this)
      return isJoined || opened.length > 0
    },
  },
  isReleased: {
    get() {
      const { released, runner } = stateOf(this)
      return released || runner.isReleased
    },
  },
  manager: {
    // Most runners send one statement and never need a manager.
    get() {
      const state = stateOf(this)
      state.manager ??= state.surroundings.managerOf(this)
      return state.manager
    },
    set(manager: EntityManager) {
      stateOf(this).manager = manager
    },
  },
  broadcaster: {
    get() {
      // What subscribers are given must not lead around the turns of its level.
      return Object.create(stateOf(this).runner.broadcaster, { queryRunner: { value: this } })
    },
  },
}

type Query = (query: string, parameters?: unknown[], structured?: boolean) => Promise<unknown>

const methods: Record<string, unknown> & ThisType<QueryRunner> = {
  connect() {
    return stateOf(this).runner.connect()
  },

  async query(...statement: Parameters<Query>) {
    const state = stateOf(this)
    state.assertHeld()
    return state.level.run(() => (state.runner.query as Query)(...statement))
  },

  // SQLite leaves foreign keys as they are while a transaction is open, and says nothing.
  beforeMigration() {
    const { level, runner } = stateOf(this)
    return level.run(() => runner.beforeMigration())
  },

  afterMigration() {
    const { level, runner } = stateOf(this)
    return level.run(() => runner.afterMigration())
  },

  async stream(...statement: Parameters<QueryRunner['stream']>) {
    const state = stateOf(this)
    state.assertHeld()
    return streamOf(state, statement)
  },

  async startTransaction(isolation?: IsolationLevel) {
    const state = stateOf(this)
    state.assertHeld()
    await this.broadcaster.broadcast('BeforeTransactionStart')
    const { isolationLevel } = this.dataSource.options as { readonly isolationLevel?: IsolationLevel }
    const opening = { isolation: isolation ?? isolationLevel ?? defaultIsolation, now: state.surroundings.now() }
    state.opened.push(await Transaction.open(state.level, opening))
    await this.broadcaster.broadcast('AfterTransactionStart')
  },

  async commitTransaction() {
    const state = stateOf(this)
    const last = state.last()
    await this.broadcaster.broadcast('BeforeTransactionCommit')
    await last.commit()
    state.opened.pop()
    await state.surroundings.transactionEnded(last, true)
    await this.broadcaster.broadcast('AfterTransactionCommit')
  },

  async rollbackTransaction() {
    const state = stateOf(this)
    const last = state.last()
    await this.broadcaster.broadcast('BeforeTransactionRollback')
    await last.rollback()
    state.opened.pop()
    await state.surroundings.transactionEnded(last, false)
    await this.broadcaster.broadcast('AfterTransactionRollback')
  },

  async release() {
    const state = stateOf(this)
    if (state.released) return
    state.released = true
    for (let open = state.opened.pop(); open; open = state.opened.pop()) await open.rollback()
    // A unit of work releases its connection itself.
    if (!state.isJoined) await state.base.session.release()
  },

  async [Symbol.asyncDispose]() {
    while (stateOf(this).opened.length > 0) await this.commitTransaction()
    await this.release()
  },
}

/** A stream keeps the turn until it ends: its connection can do nothing else meanwhile. */
function streamOf(state: RunnerState, statement: Parameters<QueryRunner['stream']>): Promise<unknown> {
  return new Promise((opened, failed) => {
    state.level
      .run(async () => {
        const stream = await state.runner.stream(...statement)
        opened(stream)
        await new Promise<void>((done) => {
          for (const event of ['close', 'end', 'error']) stream.once(event, () => done())
        })
      })
      .catch(failed)
  })
}
