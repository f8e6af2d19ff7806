import { expect } from 'chai'
import {
  createDataSource,
  doctor,
  type EngineOptions,
  explainDelete,
  explainRestore,
  type ModelDataSource,
  ModelService,
  prune,
  SchemaError,
  silentLogger,
} from 'plinth'
import {
  Orderable,
  type Ordered,
  Sluggable,
  type Slugged,
  type SoftDeletable,
  SoftDelete,
  type Timestamped,
  Timestamps,
  verifyLists,
} from 'plinth/decorators'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { type Database, describeOnEngines } from '../support/engines.js'

interface Errand extends SoftDeletable, Slugged, Ordered, Timestamped {}
@Entity('single_errands')
@SoftDelete()
@Timestamps()
@Sluggable({ from: 'title' })
@Orderable({ within: ['day'] })
class Errand {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 40 }) title!: string
  @Column({ type: 'int', default: 1 }) day!: number
}

class ErrandService extends ModelService(Errand) {}

/** The same with a pool that makes one connection. */
function alone(options: EngineOptions): EngineOptions {
  const { extra = {}, type } = options as { readonly extra?: object; readonly type: string }
  return {
    ...options,
    extra: { ...extra, ...(type === 'postgres' ? { max: 1 } : { connectionLimit: 1 }) },
  }
}

// SQLite never has another.
describeOnEngines(
  'A pool of one connection',
  (engine) => {
    let database: Database
    let dataSource: ModelDataSource
    const entities = [Errand]

    before(async () => {
      database = await engine.create()
      const made = await createDataSource({ ...database.options, entities, synchronize: true }).initialize()
      await made.destroy()
      dataSource = createDataSource({ ...alone(database.options), entities })
      await dataSource.initialize()
    })
    after(async () => {
      await dataSource?.destroy()
      await database?.drop()
    })

    it('suffices for whatever many callers do at once', async () => {
      const errands = new ErrandService({ dataSource, logger: silentLogger })
      const repository = dataSource.getRepository(Errand)
      const caller = async (number: number) => {
        const { id } = (await errands.create({ title: 'Bread', day: number % 2 })).unwrap()
        const saved = await repository.save({ title: 'Milk', day: number % 2 })
        await errands.update(id, { title: `Bread for ${number}` })
        await repository.save(Object.assign(saved, { title: 'Tea' }))
        await dataSource.atomic(async () => {
          await errands.createMany([{ title: 'Salt' }, { title: 'Salt' }])
          await repository.moveToTop(id)
        })
        expect((await explainDelete(dataSource, Errand, id)).hidden).to.deep.equal({ Errand: 1 })
        expect((await errands.delete(id)).success).to.equal(true)
        expect(await explainRestore(dataSource, Errand, id)).to.be.an('object')
        expect((await errands.restore(id)).success).to.equal(true)
        expect((await errands.list()).success).to.equal(true)
      }
      await Promise.all(Array.from({ length: 6 }, (_, number) => caller(number)))
      expect(await repository.count()).to.equal(24)
      expect(await verifyLists(repository)).to.deep.equal([])
      expect(await doctor(dataSource)).to.deep.equal([])
      await repository.deleteAll()
      await prune(dataSource, { olderThan: new Date(Date.now() + 1000) })
      expect(await repository.unscoped().count()).to.equal(0)
    })

    it('suffices to prove a schema, and to find what it lacks', async () => {
      await dataSource.proveSchema()
      await dataSource.query(`ALTER TABLE single_errands DROP COLUMN ${dataSource.driver.escape('updatedAt')}`)
      const lacking = await dataSource.proveSchema().catch((error: unknown) => error)
      expect(lacking).to.be.instanceOf(SchemaError)
      expect((lacking as SchemaError).mistakes.map(({ code }) => code)).to.include('E_SCHEMA_COLUMN')
    })
  },
  ['postgres', 'mariadb'],
)
