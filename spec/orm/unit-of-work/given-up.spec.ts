import { performance } from 'node:perf_hooks'
import { expect } from 'chai'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import { asAppException, createDataSource, type EngineOptions, type ModelDataSource } from '../../../src/index.js'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { failure } from '../writes/library.js'

@Entity('given_up_guests')
class Guest {
  @PrimaryColumn({ type: 'int' }) id!: number
  @Column({ type: 'int', default: 0 }) visits!: number
}

const limit = 200

const nothing = () => {}
/** TypeORM logs what is slow whatever it is told. */
const logger = {
  logQuery: nothing,
  logQueryError: nothing,
  logQuerySlow: nothing,
  logSchemaBuild: nothing,
  logMigration: nothing,
  log: nothing,
}

/** One connection, of a driver that waits so long for the answer to a statement. */
function impatient(options: EngineOptions): EngineOptions {
  const { extra = {}, type } = options as { readonly extra?: object; readonly type: string }
  if (type === 'postgres') return { ...options, extra: { ...extra, max: 1, query_timeout: limit } }
  const own = { maxQueryExecutionTime: limit, enableQueryTimeout: true, logger }
  return { ...options, ...own, extra: { ...extra, connectionLimit: 1 } }
}

// SQLite answers before anybody could give up.
describeOnEngines(
  'A statement whose driver waits no longer',
  (engine) => {
    let database: Database
    let dataSource: ModelDataSource
    let patient: ModelDataSource

    before(async () => {
      database = await engine.create()
      patient = await createDataSource({ ...database.options, entities: [Guest] }).initialize()
      await patient.synchronize()
      dataSource = await createDataSource({ ...impatient(database.options), entities: [Guest] }).initialize()
    })
    after(async () => {
      await dataSource?.destroy()
      await patient?.destroy()
      await database?.drop()
    })
    beforeEach(async () => {
      await patient.query('DELETE FROM given_up_guests')
      await patient.getRepository(Guest).insert({ id: 1 })
    })

    const slow = () => dataSource.query(engine.name === 'postgres' ? 'SELECT pg_sleep(2)' : 'SELECT SLEEP(2)')
    const told = async (work: () => Promise<unknown>) => {
      const error = await failure(work())
      return (asAppException(error, dataSource) ?? error) as {
        readonly statusCode?: number
        readonly errorCode?: string
      }
    }
    /** What comes next has a connection that answers. */
    const expectAnswer = async () => {
      const begun = performance.now()
      expect(await dataSource.getRepository(Guest).count()).to.equal(1)
      expect(performance.now() - begun).to.be.below(1000)
    }

    const unit = (swallow: boolean) =>
      dataSource.atomic(async () => {
        // The server may keep the locks of one until its statement ends.
        await dataSource.getRepository(Guest).insert({ id: swallow ? 2 : 3 })
        await dataSource.atomic(slow).catch((error: unknown) => {
          if (!swallow) throw error
        })
      })

    it('makes the database unavailable, and its connection is given to nobody else', async () => {
      expect(await told(slow)).to.include({ statusCode: 503, errorCode: 'DATABASE_UNAVAILABLE' })
      await expectAnswer()
    })

    it('is the end of a unit of work, also where its error is swallowed', async () => {
      expect(await told(() => unit(false))).to.include({ statusCode: 503, errorCode: 'DATABASE_UNAVAILABLE' })
      expect(await failure(unit(true))).to.have.property('code', 'UNIT_ABORTED')
      await expectAnswer()
    })

    it('is a 503 too where it waits for the lock of somebody else', async () => {
      await patient.atomic(async () => {
        await patient.getRepository(Guest).update(1, { visits: 2 })
        const write = () => dataSource.getRepository(Guest).update(1, { visits: 3 })
        expect(await told(write)).to.include({ statusCode: 503 })
      })
      await expectAnswer()
    })
  },
  ['postgres', 'mariadb'],
)
