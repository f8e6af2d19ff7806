import { expect } from 'chai'
import {
  anyone,
  BulkActionMixin,
  createDataSource,
  type EngineOptions,
  idempotencyKeys,
  type ModelDataSource,
  ModelViewSet,
  Serializer,
} from 'plinth'
import { Resource, type SoftDeletable, SoftDelete } from 'plinth/decorators'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { servings } from '../../support/http.js'
import { type Cut, type CutWire, cutWire } from '../support/cut-wire.js'
import { problem } from '../support/library.js'
import { type Answer, type Sent, type Served, serve } from '../support/served.js'

interface Parcel extends SoftDeletable {}
@Entity('outcome_parcels')
@SoftDelete()
class Parcel {
  @PrimaryColumn({ length: 20 }) id!: string
  @Column({ length: 20 }) label!: string
}

@Resource('/parcels')
class ParcelViewSet extends BulkActionMixin(
  ModelViewSet(Parcel, {
    serializer: class ParcelSerializer extends Serializer(Parcel, { fields: ['id', 'label'], createOnly: ['id'] }) {},
    permissions: { '*': anyone },
    idempotency: 'optional',
  }),
  { allow: anyone, actions: ['update'] },
) {}

interface Lost {
  readonly ask: readonly [method: string, path: string]
  readonly sent?: Sent
  /** What is in the request to the database that is lost, and in none before it. */
  readonly at: Readonly<Record<'postgres' | 'mariadb', RegExp>>
  /** What is stored where it was carried out. */
  readonly done: Readonly<Record<string, string>>
}

/** The isolation level has the word in it too. */
const commit = /COMMIT(?!TED)/
const stored = { 'first-parcel': 'first', 'second-parcel': 'second' }
const key = { as: 'ada', headers: { 'idempotency-key': '"k"' } }
// PostgreSQL changes rows by one statement and without a unit of work; MariaDB has to read them again.
const lost: Readonly<Record<string, Lost>> = {
  'a row is changed': {
    ask: ['PATCH', '/parcels/first-parcel'],
    sent: { body: { label: 'changed' } },
    at: { postgres: /changed/, mariadb: commit },
    done: { ...stored, 'first-parcel': 'changed' },
  },
  'a row is removed': {
    ask: ['DELETE', '/parcels/first-parcel'],
    at: { postgres: /first-parcel/, mariadb: /first-parcel/ },
    done: { 'second-parcel': 'second' },
  },
  'a row is made': {
    ask: ['POST', '/parcels'],
    sent: { body: { id: 'third-parcel', label: 'third' }, ...key },
    at: { postgres: commit, mariadb: commit },
    done: { ...stored, 'third-parcel': 'third' },
  },
  'several rows are changed': {
    ask: ['POST', '/parcels/bulk/update'],
    sent: { body: { ids: ['first-parcel', 'second-parcel'], values: { label: 'both' } } },
    at: { postgres: /both/, mariadb: commit },
    done: { 'first-parcel': 'both', 'second-parcel': 'both' },
  },
}

/** How a statement that changes the slow parcel falls asleep, how it is found, and how its connection is ended. */
const sleeping = {
  postgres: {
    trigger: [
      `CREATE FUNCTION falls_asleep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(50); RETURN NEW; END $$`,
      `CREATE TRIGGER falls_asleep BEFORE UPDATE ON outcome_parcels FOR EACH ROW WHEN (OLD.label = 'slow') EXECUTE FUNCTION falls_asleep()`,
    ],
    asleep: `SELECT pid AS id FROM pg_stat_activity JOIN pg_locks USING (pid)
      WHERE wait_event = 'PgSleep' AND relation = 'outcome_parcels'::regclass`,
    end: (id: number) => `SELECT pg_terminate_backend(${id})`,
  },
  mariadb: {
    trigger: [
      `CREATE TRIGGER falls_asleep BEFORE UPDATE ON outcome_parcels FOR EACH ROW BEGIN IF OLD.label = 'slow' THEN DO SLEEP(50); END IF; END`,
    ],
    asleep: `SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND state = 'User sleep'`,
    end: (id: number) => `KILL ${id}`,
  },
} as const

const through = (options: EngineOptions, port: number) => ({ ...options, host: '127.0.0.1', port }) as EngineOptions
const serverOf = (options: EngineOptions) => options as { readonly host: string; readonly port: number }

function expectUnknown(answer: Answer, path: string): void {
  expect(problem(answer)).to.deep.equal({
    type: 'urn:problem:outcome_unknown',
    title: 'Outcome unknown',
    status: 503,
    code: 'OUTCOME_UNKNOWN',
    instance: path,
  })
  expect(answer.status).to.equal(503)
  expect(answer.headers.get('retry-after')).to.equal('1')
  expect(answer.headers.get('cache-control')).to.equal('no-store')
}

describeOnEngines(
  'A connection that is lost while a change is under way',
  (engine) => {
    for (const serving of servings.filter(({ mounted }) => !mounted)) {
      describe(serving.name, () => {
        let database: Database
        let wire: CutWire
        /** The connection of whoever looks at what is stored. */
        let direct: ModelDataSource
        let dataSource: ModelDataSource
        let served: Served

        before(async () => {
          database = await engine.create()
          wire = await cutWire(serverOf(database.options))
          const parts = { entities: [Parcel], tables: [idempotencyKeys] }
          direct = await createDataSource({ ...database.options, ...parts, synchronize: true }).initialize()
          for (const statement of sleeping[engine.name as 'postgres' | 'mariadb'].trigger) await direct.query(statement)
          dataSource = await createDataSource({ ...through(database.options, wire.port), ...parts }).initialize()
          served = await serve({ viewSets: [ParcelViewSet], dataSource, serving })
        })
        after(async () => {
          await served?.close()
          await dataSource?.destroy()
          await direct?.destroy()
          await wire?.close()
          await database?.drop()
        })
        beforeEach(async () => {
          await direct.query('DELETE FROM outcome_parcels')
          await direct.getRepository(Parcel).insert(Object.entries(stored).map(([id, label]) => ({ id, label })))
          await direct.query(`DELETE FROM ${direct.driver.escape(idempotencyKeys.name)}`)
        })

        const rows = async () => {
          const found = await direct.getRepository(Parcel).find({ order: { id: 'ASC' } })
          return Object.fromEntries(found.map(({ id, label }) => [id, label]))
        }

        /** Ends the connection whose statement sleeps, once there is one. */
        const endedWhileAsleep = async () => {
          const { asleep, end } = sleeping[engine.name as 'postgres' | 'mariadb']
          for (;;) {
            const [found] = await direct.query(asleep)
            if (found) return direct.query(end(found.id))
          }
        }

        for (const [what, { ask, sent, at, done }] of Object.entries(lost)) {
          for (const cut of ['delivered', 'lost'] satisfies readonly Cut[]) {
            it(`leaves open what became of it where ${what}, and the change was ${cut}`, async () => {
              const isCut = wire.cutAt(at[engine.name as 'postgres' | 'mariadb'], cut)
              const answer = await served.request(...ask, sent)
              await isCut
              expectUnknown(answer, ask[1])
              expect(await rows()).to.deep.equal(cut === 'delivered' ? done : stored)
              expect(wire.count()).to.equal(1)
              expect((await served.request('GET', '/parcels')).status).to.equal(200)
            })
          }
        }

        it('leaves it open where the server ends the connection in the middle of a statement', async () => {
          await direct.getRepository(Parcel).insert({ id: 'slow-parcel', label: 'slow' })
          const answering = served.request('DELETE', '/parcels/slow-parcel')
          await endedWhileAsleep()
          expectUnknown(await answering, '/parcels/slow-parcel')
          expect(await rows()).to.deep.equal({ ...stored, 'slow-parcel': 'slow' })
          expect((await served.request('GET', '/parcels')).status).to.equal(200)
        })

        it('leaves nothing open where the statement is one of a unit of work', async () => {
          if (engine.name !== 'mariadb') return
          await direct.getRepository(Parcel).insert({ id: 'slow-parcel', label: 'slow' })
          const answering = served.request('PATCH', '/parcels/slow-parcel', { body: { label: 'changed' } })
          await endedWhileAsleep()
          const { status, body } = await answering
          expect([status, body['code']]).to.deep.equal([503, 'DATABASE_UNAVAILABLE'])
          expect(await rows()).to.deep.equal({ ...stored, 'slow-parcel': 'slow' })
        })

        for (const cut of ['delivered', 'lost'] satisfies readonly Cut[]) {
          it(`is found out by the same Idempotency-Key, where the change was ${cut}`, async () => {
            const { ask, sent, done } = lost['a row is made']!
            const isCut = wire.cutAt(commit, cut)
            expectUnknown(await served.request(...ask, sent), ask[1])
            await isCut
            const again = await served.request(...ask, sent)
            expect([again.status, again.body]).to.deep.equal([201, { id: 'third-parcel', label: 'third' }])
            expect(again.headers.get('idempotency-replayed')).to.equal(cut === 'delivered' ? 'true' : null)
            expect(await rows()).to.deep.equal(done)
          })
        }
      })
    }
  },
  ['postgres', 'mariadb'],
)
