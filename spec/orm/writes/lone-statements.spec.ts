import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import { createDataSource, type EngineOptions, type ModelDataSource } from '../../../src/index.js'
import { asAppException } from '../../../src/orm/errors/as-app-exception.js'
import { type Database, describeOnEngines } from '../../support/engines.js'

@Entity()
class Account {
  @PrimaryColumn()
  id!: number

  @Column({ type: 'int' })
  balance!: number
}

const isWrite = (sql: string): boolean => /^(?:UPDATE|DELETE)/.test(sql)

/** Somebody else who has written account 1 and has not committed yet. */
interface Other {
  /** Whether a statement waits for it; absent where that cannot be asked. */
  isWaitedFor?(): Promise<boolean>
  commit(): Promise<void>
  end(): Promise<void>
}

describeOnEngines('A statement outside of units', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let directory: string
  let attempts: number

  before(async () => {
    database = await engine.create()
    directory = await mkdtemp(join(tmpdir(), 'plinth-'))
    dataSource = await createDataSource({ ...options(), entities: [Account], synchronize: true }).initialize()
    // What waits for the other is the victim soon.
    if (engine.name === 'sqlite') await dataSource.query('PRAGMA busy_timeout = 0')
    if (engine.name === 'mariadb') await dataSource.query('SET SESSION innodb_lock_wait_timeout = 1')
    dataSource.onStatement(({ sql }) => {
      if (isWrite(sql)) attempts += 1
    })
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
    if (directory) await rm(directory, { recursive: true, force: true })
  })
  beforeEach(async () => {
    await dataSource.getRepository(Account).deleteAll()
    await dataSource.getRepository(Account).insert([
      { id: 1, balance: 10 },
      { id: 2, balance: 20 },
    ])
    attempts = 0
  })

  /** One connection, whose statements see a snapshot on PostgreSQL, so that they lose to what is committed after it. */
  function options(): EngineOptions {
    const given = database.options
    if (given.type === 'better-sqlite3') return { ...given, database: join(directory, 'accounts.sqlite') }
    if (given.type === 'mariadb') return { ...given, extra: { connectionLimit: 1 } }
    const { extra } = given as { extra?: { options?: string } }
    const isolation = '-c default_transaction_isolation=repeatable\\ read'
    return { ...given, extra: { ...extra, options: `${extra?.options ?? ''} ${isolation}`, max: 1 } }
  }

  async function somebodyElse(): Promise<Other> {
    const write = 'UPDATE account SET balance = balance + 1 WHERE id = 1'
    if (engine.name === 'sqlite') {
      const { default: Sqlite } = await import('libsql')
      const connection = new Sqlite(join(directory, 'accounts.sqlite'))
      connection.exec(`BEGIN IMMEDIATE; ${write}`)
      return { commit: async () => void connection.exec('COMMIT'), end: async () => void connection.close() }
    }
    const other = await createDataSource({ ...database.options, entities: [Account] }).initialize()
    const runner = other.createQueryRunner()
    await runner.startTransaction()
    await runner.query(write)
    const waiting = 'SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))'
    const isWaitedFor = async () => ((await runner.query(waiting)) as unknown[]).length > 0
    return {
      ...(engine.name === 'postgres' && { isWaitedFor }),
      commit: () => runner.commitTransaction(),
      end: () => other.destroy(),
    }
  }

  /** Runs a statement that loses a race for account 1. */
  async function losing<T>(statement: () => Promise<T>): Promise<T> {
    const other = await somebodyElse()
    let committed: Promise<void> | undefined
    // The first time it has waited for too long; where it never does, it is told when the other commits.
    const stop = dataSource.onStatement(({ sql }) => {
      if (isWrite(sql) && attempts >= 2 && !other.isWaitedFor) committed ??= other.commit()
    })
    try {
      const running = statement()
      while (other.isWaitedFor && !committed) if (await other.isWaitedFor()) committed = other.commit()
      return await running
    } finally {
      stop()
      await committed
      await other.end()
    }
  }

  if (engine.name === 'mariadb') {
    it('is not sent again where it has waited for a lock that somebody keeps', async () => {
      const accounts = dataSource.getRepository(Account)
      const other = await somebodyElse()
      try {
        const failed: unknown = await accounts.increment({ id: 1 }, 'balance', 100).catch((error: unknown) => error)
        expect(asAppException(failed, dataSource)?.errorCode).to.equal('LOCK_TIMEOUT')
        expect(attempts).to.equal(1)
      } finally {
        await other.commit()
        await other.end()
      }
      expect(await accounts.findOneBy({ id: 1 })).to.deep.equal({ id: 1, balance: 11 })
    })
    return
  }

  it('is sent again when it lost a race, and writes what it had to', async () => {
    const accounts = dataSource.getRepository(Account)
    const { affected } = await losing(() => accounts.increment({ id: 1 }, 'balance', 100))
    expect(affected).to.equal(1)
    expect(attempts).to.be.at.least(2)
    expect(await accounts.find({ order: { id: 'ASC' } })).to.deep.equal([
      { id: 1, balance: 111 },
      { id: 2, balance: 20 },
    ])
  })

  it('also when it deletes', async () => {
    const accounts = dataSource.getRepository(Account)
    const { affected } = await losing(() => accounts.delete({ id: 1 }))
    expect(affected).to.equal(1)
    expect(attempts).to.be.at.least(2)
    expect(await accounts.find()).to.deep.equal([{ id: 2, balance: 20 }])
  })
})
