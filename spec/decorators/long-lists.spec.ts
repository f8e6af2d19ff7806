import { expect } from 'chai'
import { Column, Entity, ManyToOne, PrimaryColumn, type Relation } from 'typeorm'
import {
  type HasRank,
  OnDelete,
  Orderable,
  type Ordered,
  Ranked,
  type SoftDeletable,
  SoftDelete,
} from '../../decorators/index.js'
import { createDataSource, type ModelDataSource, type ModelRepository, restoreDeletion } from '../../src/index.js'
import { type Database, describeOnEngines } from '../support/engines.js'

@Entity()
@SoftDelete()
class Shelf {
  @PrimaryColumn({ type: 'int' })
  id!: number
}
interface Shelf extends SoftDeletable {}

@Entity()
@SoftDelete()
@Orderable()
class Volume {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @ManyToOne(() => Shelf)
  @OnDelete('cascade')
  shelf!: Relation<Shelf>
}
interface Volume extends SoftDeletable, Ordered {}

@Entity()
@SoftDelete()
@Ranked()
class Record {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @ManyToOne(() => Shelf)
  @OnDelete('cascade')
  shelf!: Relation<Shelf>
}
interface Record extends SoftDeletable, HasRank {}

/** Refers to both, so that deletes and restores of them look for it. */
@Entity()
@SoftDelete()
class Remark {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @ManyToOne(() => Volume)
  @OnDelete('cascade')
  volume!: Relation<Volume> | null

  @ManyToOne(() => Record)
  @OnDelete('cascade')
  record!: Relation<Record> | null

  @Column({ type: 'int', default: 0 })
  stars!: number
}
interface Remark extends SoftDeletable {}

/** More than two statements name. */
const count = 1100
/** The ids, in an order that has nothing to do with them: each once, because 7 and 1100 have no divisor in common. */
const shuffled = (step: number) => Array.from({ length: count }, (_, index) => (index * step) % count)

type Rows = ModelRepository<Volume>

describeOnEngines('Rows of long lists', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    const entities = [Shelf, Volume, Record, Remark]
    dataSource = await createDataSource({ ...database.options, entities }).initialize()
    await dataSource.synchronize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  for (const entity of [Volume, Record]) {
    describe(`of ${entity.name}`, () => {
      let rows: () => Rows
      const order = shuffled(7)

      before(async () => {
        rows = () => dataSource.getRepository(entity) as unknown as Rows
        await dataSource.getRepository(Shelf).save({ id: 1 })
        await rows().insert(order.map((id) => ({ id, shelf: { id: 1 } })))
      })

      const ids = async () => (await rows().find()).map(({ id }) => id)

      const ways: Readonly<{ [way: string]: () => Promise<unknown> }> = {
        'are deleted and restored in one call each': async () => {
          await rows().delete(order)
          await rows().restore(shuffled(13))
        },
        'are deleted and restored with what they belong to': async () => {
          await dataSource.getRepository(Shelf).delete(1)
          await dataSource.getRepository(Shelf).restore(1)
        },
        'come back because their deletion is undone': async () => {
          await restoreDeletion(dataSource, (await rows().delete(order)).operation)
        },
        'are deleted here and there': async () => {
          await rows().delete(order.filter((_, index) => index % 3 !== 1))
          await rows().restore(shuffled(17).filter((id) => order.indexOf(id) % 3 !== 1))
        },
      }
      for (const [way, write] of Object.entries(ways)) {
        it(`keep their order where they ${way}`, async () => {
          expect(await ids()).to.deep.equal(order)
          await write()
          expect(await ids()).to.deep.equal(order)
        })
      }
    })
  }
})
