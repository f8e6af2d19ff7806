import { expect } from 'chai'
import { QueryFailedError, type QueryRunner } from 'typeorm'
import { createDataSource, type ModelDataSource } from '../../../src/index.js'
import { runRead } from '../../../src/orm/reads/run-read.js'
import { type Database, describeOnEngines } from '../../support/engines.js'

interface Pool {
  readonly totalCount: number
  readonly idleCount: number
  readonly waitingCount: number
}

const backend = 'SELECT pg_backend_pid()'
const server = "SELECT current_setting('application_name')"

describeOnEngines(
  'Reads by connections of the pool',
  (engine) => {
    let database: Database
    let dataSource: ModelDataSource

    before(async () => {
      database = await engine.create()
      dataSource = await connected()
    })

    after(async () => {
      await dataSource?.destroy()
      await database?.drop()
    })

    async function connected(options: object = {}): Promise<ModelDataSource> {
      const made = createDataSource({ ...database.options, ...options, entities: [] })
      return made.initialize()
    }

    /** Does it with a data source of its own. */
    async function having<T>(options: object, work: (own: ModelDataSource) => Promise<T>): Promise<T> {
      const own = await connected(options)
      try {
        return await work(own)
      } finally {
        await own.destroy()
      }
    }

    async function read(sql: string, given: ModelDataSource = dataSource, mode?: 'master'): Promise<unknown> {
      const { rows } = await runRead(given, { sql, parameters: [] }, undefined, mode)
      return rows[0]?.[0]
    }

    it('take no runner, and give every connection back', async () => {
      const { driver } = dataSource
      const make = driver.createQueryRunner.bind(driver)
      let runners = 0
      driver.createQueryRunner = (mode) => {
        runners++
        return make(mode)
      }
      try {
        const sent = Array.from({ length: 40 }, (_, index) => (index % 4 === 0 ? 'SELECT 1 / 0' : `SELECT ${index}`))
        const found = await Promise.allSettled(sent.map((sql) => read(sql)))
        expect(found.map(({ status }) => status)).to.deep.equal(
          sent.map((_, index) => (index % 4 === 0 ? 'rejected' : 'fulfilled')),
        )
        expect(found.flatMap((one) => ('value' in one ? [one.value] : []))).to.deep.equal(
          sent.flatMap((_, index) => (index % 4 === 0 ? [] : [String(index)])),
        )
      } finally {
        driver.createQueryRunner = make
      }
      expect(runners).to.equal(0)
      const { totalCount, idleCount, waitingCount } = poolOf(dataSource)
      expect({ totalCount, idleCount, waitingCount }).to.deep.equal({ totalCount: 10, idleCount: 10, waitingCount: 0 })
    })

    it('fail as all statements do, also when their connection is lost, and the next one is another', async () => {
      await having({ extra: { ...extraOf(database), max: 1 } }, async (own) => {
        const first = await read(backend, own)
        const refused = (await thrownBy(read('SELECT 1 / 0', own))) as QueryFailedError
        expect(refused).to.be.instanceOf(QueryFailedError)
        expect(refused.query).to.equal('SELECT 1 / 0')
        expect(await read(backend, own)).to.equal(first)
        expect(await thrownBy(read('SELECT pg_terminate_backend(pg_backend_pid())', own))).to.be.instanceOf(
          QueryFailedError,
        )
        expect(await read(backend, own)).to.not.equal(first)
      })
    })

    it('are not given to somebody else with a transaction that they opened', async () => {
      await having({ extra: { ...extraOf(database), max: 1 } }, async (own) => {
        const first = await read(backend, own)
        await read('BEGIN', own)
        expect(await read(backend, own)).to.not.equal(first)
      })
    })

    it('are those of the unit that is running', async () => {
      const backends = async (): Promise<unknown> => [
        await read(backend),
        String((await dataSource.query(`${backend} AS id`))[0].id),
      ]
      const [mine, others] = (await dataSource.atomic(backends)) as [string, string]
      expect(mine).to.equal(others)
      await dataSource.transaction(async () => {
        const [inside, queried] = (await backends()) as [string, string]
        expect(inside).to.equal(queried)
      })
    })

    it('are not sent again in a transaction that they have broken', async () => {
      await dataSource.query('CREATE TABLE changing (title varchar(10))')
      const statement = { sql: 'SELECT title FROM changing', parameters: [], name: 'changing' }
      const error = await thrownBy(
        dataSource.atomic(async () => {
          await runRead(dataSource, statement, undefined)
          await dataSource.query('ALTER TABLE changing ALTER COLUMN title TYPE text')
          await runRead(dataSource, statement, undefined)
        }),
      )
      expect((error as QueryFailedError & { code: string }).code).to.equal('0A000')
    })

    it('are prepared anew where a table was altered, and units run again', async () => {
      await dataSource.query('CREATE TABLE altered (title varchar(10))')
      await dataSource.query("INSERT INTO altered VALUES ('old')")
      await having({ extra: { ...database.options.extra, max: 1 } }, async (own) => {
        const read = (savepoint?: string) => {
          const statement = {
            sql: 'SELECT title FROM altered',
            parameters: [],
            name: 'altered',
            ...(savepoint && { savepoint }),
          }
          return runRead(own, statement, undefined)
        }
        let runs = 0
        const unit = (savepoint?: string) =>
          own.atomic(async () => {
            runs += 1
            await own.query('SELECT 1')
            return (await read(savepoint)).rows
          })
        for (const type of ['text', 'varchar(20)']) {
          await unit()
          await dataSource.query(`ALTER TABLE altered ALTER COLUMN title TYPE ${type}`)
          runs = 0
          expect([await unit(), runs]).to.deep.equal([[['old']], 2])
          expect([await unit(), runs]).to.deep.equal([[['old']], 3])
        }
        await unit('kept')
        await dataSource.query('ALTER TABLE altered ALTER COLUMN title TYPE text')
        runs = 0
        expect([await unit('kept'), runs]).to.deep.equal([[['old']], 2])
        await dataSource.query('ALTER TABLE altered ALTER COLUMN title TYPE varchar(30)')
        expect((await read()).rows).to.deep.equal([['old']])
        runs = 0
        expect([await unit(), runs]).to.deep.equal([[['old']], 1])
      })
    })

    it('are heard of by whoever hears of statements', async () => {
      const heard: string[] = []
      const stop = dataSource.onStatement(({ sql }) => heard.push(sql))
      await read('SELECT 2')
      stop()
      await read('SELECT 3')
      expect(heard).to.deep.equal(['SELECT 2'])
    })

    it('are logged, with a runner where a logger is one of its own', async () => {
      const logged: (readonly [string, boolean])[] = []
      const logger = new Proxy(
        {},
        {
          get:
            () =>
            (sql: string, _: unknown, runner?: QueryRunner): void =>
              void logged.push([sql, runner?.dataSource !== undefined]),
        },
      )
      await having({ logger }, async (own) => {
        logged.length = 0
        await read('SELECT 4', own)
        expect(logged).to.deep.equal([['SELECT 4', true]])
      })
    })

    it('ask the servers that runners ask', async () => {
      const { host, port, username, password, database: name } = database.options as never as Record<string, never>
      const credentials = { host, port, username, password, database: name }
      const of = (applicationName: string) => ({ ...credentials, applicationName })
      const replication = { master: of('writer'), slaves: [of('reader')] }
      await having({ replication }, async (own) => {
        const asked = [await read(server, own), await read(server, own, 'master')]
        expect(asked).to.deep.equal(['reader', 'writer'])
        expect(await own.atomic(() => read(server, own))).to.equal('writer')
      })
      await having({ replication: { ...replication, defaultMode: 'master' } }, async (own) => {
        expect(await read(server, own)).to.equal('writer')
      })
    })
  },
  ['postgres'],
)

const extraOf = ({ options }: Database): object => (options as { readonly extra?: object }).extra ?? {}
const thrownBy = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error)
const poolOf = ({ driver }: ModelDataSource) => (driver as unknown as { readonly master: Pool }).master
