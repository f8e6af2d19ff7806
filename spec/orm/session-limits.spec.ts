import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { createDataSource, doctor, type ModelDataSource, type ModelDataSourceOptions } from 'plinth'
import { AlwaysUnique, type SoftDeletable, SoftDelete } from 'plinth/decorators'
import { Column, Entity, PrimaryColumn, type QueryRunner } from 'typeorm'
import { describeOnEngines } from '../support/engines.js'
import { runOnPostgres } from '../support/postgres-server.js'
import { Inn, narrowed, short, sleeping } from './unit-of-work/limited.js'
import { failure } from './unit-of-work/shop.js'

interface Member extends SoftDeletable {}
@Entity('limited_members')
@SoftDelete()
@AlwaysUnique({ by: ['email'] })
class Member {
  @PrimaryColumn({ type: 'int' }) id!: number
  @Column({ length: 40 }) email!: string
}

type Settings = Readonly<Record<string, unknown>>

const names = {
  postgres: ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'],
  mariadb: ['max_statement_time', 'innodb_lock_wait_timeout', 'lock_wait_timeout', 'idle_transaction_timeout'],
} as const

/** What the server has, and what plinth makes of it, in the units of each server. */
const told = {
  postgres: { unset: ['0', '0', '0'], set: ['30s', '10s', '30s'] },
  mariadb: { unset: [0, 50, 86_400, 0], set: [30, 10, 10, 30] },
} as const

describeOnEngines(
  'The settings of sessions',
  (engine) => {
    const name = engine.name as 'postgres' | 'mariadb'
    const inn = new Inn(engine)

    before(() => inn.build())
    after(() => inn.raze())

    async function settings(dataSource: ModelDataSource = inn.dataSource): Promise<readonly unknown[]> {
      const read = names[name].map((setting) =>
        name === 'postgres' ? `current_setting('${setting}') AS ${setting}` : `@@${setting} AS ${setting}`,
      )
      const [row] = await dataSource.query<[Settings]>(`SELECT ${read.join(', ')}`)
      return names[name].map((setting) => (name === 'postgres' ? row[setting] : Number(row[setting])))
    }

    /** Of a data source with a pool of one connection. */
    async function settingsOf(options: Partial<ModelDataSourceOptions>): Promise<readonly unknown[]> {
      await inn.open({}, { options })
      return settings()
    }

    const off = { statementLimit: false, lockLimit: false, idleTransactionLimit: false } as const

    const work = async (runner: Pick<QueryRunner, 'query'>) => void (await runner.query(sleeping(engine, 0.6)))
    const cut = async () => inn.expectRefused(await failure(inn.sleep()), 'STATEMENT_TIMEOUT')

    const named = async (given: Partial<ModelDataSourceOptions>) => {
      await inn.open({}, { options: given })
      return inn.dataSource.query('SHOW application_name')
    }

    it('have limits unless told', async () => {
      expect(await settingsOf({})).to.deep.equal(told[name].set)
    })

    it('are those of the server where limits are switched off, one or all', async () => {
      expect(await settingsOf(off)).to.deep.equal(told[name].unset)
      const [statement, ...others] = told[name].set
      expect(await settingsOf({ statementLimit: false })).to.deep.equal([told[name].unset[0], ...others])
      const idle = told[name].unset.at(-1)
      expect(await settingsOf({ lockLimit: false, idleTransactionLimit: false })).to.deep.equal([
        statement,
        ...told[name].unset.slice(1, -1),
        idle,
      ])
    })

    it('are what the application says', async () => {
      const limits = { statementLimit: 2500, lockLimit: 1500, idleTransactionLimit: 3000 }
      expect(await settingsOf(limits)).to.deep.equal(name === 'postgres' ? ['2500ms', '1500ms', '3s'] : [2.5, 2, 2, 3])
    })

    it('are told to a connection once, and cost units and statements nothing', async () => {
      await inn.open({})
      const unit = () => inn.dataSource.atomic(() => inn.dataSource.query('SELECT 2'))
      await unit()
      const runner = inn.dataSource.createQueryRunner()
      const sent = heardBy((await runner.connect()) as Connection)
      await runner.release()
      await inn.dataSource.query('SELECT 1')
      await unit()
      await unit()
      const begin = name === 'postgres' ? 'START TRANSACTION ISOLATION LEVEL READ COMMITTED' : 'START TRANSACTION'
      const one = [begin, 'SELECT 2', 'COMMIT']
      expect(sent).to.deep.equal(['SELECT 1', ...one, ...one])
    })

    describe('while the schema is changed', () => {
      class Slow1700000000000 {
        readonly up = work
        readonly down = work
      }
      it('do not cut migrations, neither those of the start nor others', async () => {
        await inn.open({ statementLimit: short }, { options: { migrations: [Slow1700000000000], migrationsRun: true } })
        await cut()
        await inn.dataSource.undoLastMigration()
        await cut()
        expect(await inn.dataSource.runMigrations()).to.have.length(1)
        await cut()
        await inn.beside.query('DROP TABLE migrations')
      })

      it('let it wait for tables that somebody uses, and the doctor look at them', async () => {
        const limits = { statementLimit: short, lockLimit: short }
        const dataSource = await createDataSource({
          ...narrowed(inn.database.options, 1),
          entities: [Member],
          ...limits,
        }).initialize()
        const runner = inn.beside.createQueryRunner()
        /** Behind a lock that is kept longer than anybody may wait. */
        const behindLock = async (act: () => Promise<unknown>) => {
          if (name === 'postgres') await runner.startTransaction()
          await runner.query(name === 'postgres' ? 'LOCK TABLE limited_members' : 'LOCK TABLES limited_members WRITE')
          const acting = act().then(
            () => undefined,
            (error: Error) => error,
          )
          await inn.beside.query(sleeping(engine, 1.5))
          if (name === 'postgres') await runner.rollbackTransaction()
          else await runner.query('UNLOCK TABLES')
          return acting
        }
        try {
          await dataSource.synchronize()
          expect(await behindLock(() => dataSource.synchronize(true))).to.equal(undefined)
          expect(await behindLock(() => doctor(dataSource))).to.equal(undefined)
          expect(await behindLock(() => dataSource.getRepository(Member).find())).to.be.instanceOf(Error)
        } finally {
          await runner.release()
          await dataSource.destroy()
        }
      })
    })

    if (name === 'mariadb') {
      it('leave alone what a session was told before', async () => {
        class Told1700000000001 {
          // As `init_connect` of the server does.
          async up(runner: QueryRunner) {
            await runner.query('SET SESSION innodb_lock_wait_timeout = 7, SESSION max_statement_time = 0.25')
          }
          async down() {}
        }
        const options = { migrations: [Told1700000000001], migrationsRun: true }
        await inn.open({}, { options })
        expect(await settings()).to.deep.equal([0.25, 7, 10, 30])
        await inn.beside.query('DROP TABLE migrations')
      })
    }

    if (name === 'postgres') {
      const extraOf = (extra: object) => {
        const given = narrowed(inn.database.options, 1) as { readonly extra: { readonly options: string } }
        return { extra: { ...given.extra, ...extra } }
      }
      const options = (more: string) => {
        const given = inn.database.options as { readonly extra: { readonly options: string } }
        return extraOf({ options: `${given.extra.options} ${more}` })
      }

      it('leave alone what the driver was told', async () => {
        expect(await settingsOf(extraOf({ statement_timeout: 7000 }))).to.deep.equal(['7s', '10s', '30s'])
        expect(await settingsOf(extraOf({ lock_timeout: 4000 }))).to.deep.equal(['30s', '4s', '30s'])
        expect(await settingsOf(options('-c lock_timeout=3s -c statement_timeout=0'))).to.deep.equal(['0', '3s', '30s'])
      })

      it('leave alone what the role was told, unless the application says otherwise', async () => {
        const role = `plinth_${randomBytes(4).toString('hex')}`
        await runOnPostgres(`CREATE ROLE ${role} LOGIN SUPERUSER`)
        await runOnPostgres(`ALTER ROLE ${role} SET lock_timeout = '2s'`)
        await runOnPostgres(`ALTER ROLE ${role} SET statement_timeout = 0`)
        try {
          const as = { username: role }
          expect(await settingsOf(as)).to.deep.equal(['0', '2s', '30s'])
          expect(await settingsOf({ ...as, lockLimit: 5000 })).to.deep.equal(['0', '5s', '30s'])
          expect(await settingsOf({ ...as, lockLimit: false })).to.deep.equal(['0', '2s', '30s'])
        } finally {
          await inn.close()
          await runOnPostgres(`DROP ROLE ${role}`)
        }
      })

      it('have the name of an application, unless it has one', async () => {
        expect(await named({})).to.deep.equal([{ application_name: 'plinth' }])
        expect(await named({ applicationName: 'inn' })).to.deep.equal([{ application_name: 'inn' }])
        expect(await named(extraOf({ application_name: 'bar' }))).to.deep.equal([{ application_name: 'bar' }])
      })
    }
  },
  ['postgres', 'mariadb'],
)

/** What a driver sends by a query. */
interface Connection {
  query(...given: readonly unknown[]): unknown
}

/** The statements that a connection sends from now on. */
function heardBy(connection: Connection): readonly string[] {
  const sent: string[] = []
  const query = connection.query.bind(connection)
  connection.query = (...given) => {
    const [statement] = given
    sent.push(typeof statement === 'string' ? statement : String((statement as { readonly text?: string }).text))
    return query(...given)
  }
  return sent
}
