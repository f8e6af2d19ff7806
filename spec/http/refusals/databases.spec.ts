import { expect } from 'chai'
import { anyone, createDataSource, type ModelDataSource, ModelViewSet, Serializer } from 'plinth'
import { Action, Resource } from 'plinth/decorators'
import { Column, Entity, PrimaryGeneratedColumn, type QueryRunner } from 'typeorm'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { servings } from '../../support/http.js'
import { type Served, serve } from '../support/served.js'

@Entity('refused_wells')
class Well {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 20 }) name!: string
}

/** Somebody else keeps its rows locked. */
@Entity('refused_pumps')
class Pump {
  @PrimaryGeneratedColumn() id!: number
}

const lock = ['SELECT id FROM refused_pumps FOR UPDATE NOWAIT'] as const
const titles = {
  STATEMENT_TIMEOUT: 'Statement timeout',
  DATABASE_UNAVAILABLE: 'Database unavailable',
  LOCK_TIMEOUT: 'Lock timeout',
} as const

/** What the action does besides. */
let statements: readonly string[] = []
let dataSource: ModelDataSource

@Resource('/wells')
class WellViewSet extends ModelViewSet(Well, {
  serializer: class WellSerializer extends Serializer(Well, { fields: ['id', 'name'] }) {},
  permissions: { '*': anyone },
}) {
  @Action({ method: 'post', on: 'collection', allow: anyone, answers: 'nothing' })
  async draw(): Promise<void> {
    await dataSource.query('UPDATE refused_wells SET name = name')
    for (const statement of statements) await dataSource.query(statement)
  }
}

/** What each database is made to do, and what is told of it. */
const troubles = {
  postgres: {
    'statement that takes too long': {
      does: ['SET LOCAL statement_timeout = 1', 'SELECT pg_sleep(1)'],
      code: 'STATEMENT_TIMEOUT',
    },
    'row that somebody else keeps locked': { does: lock, code: 'LOCK_TIMEOUT' },
    'connection that is lost': {
      does: ['SELECT pg_terminate_backend(pg_backend_pid())'],
      code: 'DATABASE_UNAVAILABLE',
    },
  },
  mariadb: {
    'statement that takes too long': {
      does: ['SET STATEMENT max_statement_time = 0.01 FOR SELECT SLEEP(1) FROM refused_wells'],
      code: 'STATEMENT_TIMEOUT',
    },
    'row that somebody else keeps locked': { does: lock, code: 'LOCK_TIMEOUT' },
    'connection that is lost': { does: ['KILL CONNECTION_ID()'], code: 'DATABASE_UNAVAILABLE' },
  },
} as const

describeOnEngines(
  'What a database refuses',
  (engine) => {
    for (const serving of servings.filter(({ mounted }) => !mounted)) {
      describe(serving.name, () => {
        let database: Database
        let served: Served
        let holder: QueryRunner

        before(async () => {
          database = await engine.create()
          dataSource = createDataSource({ ...database.options, entities: [Well, Pump], synchronize: true })
          await dataSource.initialize()
          await dataSource.getRepository(Well).save({ name: 'deep' })
          await dataSource.getRepository(Pump).save({})
          holder = dataSource.createQueryRunner()
          await holder.startTransaction()
          await holder.query('SELECT id FROM refused_pumps FOR UPDATE')
          served = await serve({ viewSets: [WellViewSet], dataSource, serving })
        })
        after(async () => {
          await served?.close()
          await holder?.rollbackTransaction()
          await holder?.release()
          await dataSource?.destroy()
          await database?.drop()
        })

        for (const [what, { does, code }] of Object.entries(troubles[engine.name as 'postgres' | 'mariadb'])) {
          it(`is a 503 that may be tried again, and says nothing else: a ${what}`, async () => {
            statements = does
            const answer = await served.request('POST', '/wells/draw')
            const { requestId, ...document } = answer.body as unknown as Readonly<Record<string, string>>
            expect(document).to.deep.equal({
              type: `urn:problem:${code.toLowerCase()}`,
              title: titles[code as keyof typeof titles],
              status: 503,
              code,
              instance: '/wells/draw',
            })
            expect(answer.status).to.equal(503)
            expect([answer.headers.get('retry-after'), answer.headers.get('cache-control')]).to.deep.equal([
              '1',
              'no-store',
            ])
            expect(requestId).to.equal(answer.headers.get('x-request-id'))
            statements = []
            expect((await served.request('POST', '/wells/draw')).status).to.equal(204)
          })
        }
      })
    }
  },
  ['postgres', 'mariadb'],
)
