import { expect } from 'chai'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import { type SoftDeletable, SoftDelete } from '../../../decorators/index.js'
import { createDataSource, type ModelDataSource, ValidationError } from '../../../src/index.js'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { failure } from './library.js'

@Entity()
class Plain {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'int', default: 0 })
  size!: number
}

@Entity()
@SoftDelete()
class Trashed {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'int', default: 0 })
  size!: number
}
interface Trashed extends SoftDeletable {}

describeOnEngines('Writes with an empty condition', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Plain, Trashed] }).initialize()
    await dataSource.synchronize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  for (const Row of [Plain, Trashed]) {
    it(`are refused, and write nothing: ${Row.name}`, async () => {
      const rows = dataSource.getRepository<Plain | Trashed>(Row)
      await rows.insert([{ id: 1 }, { id: 2 }])
      const before = await rows.find({ order: { id: 'ASC' } })
      const builder = () => rows.createQueryBuilder()
      const writes: readonly (() => Promise<unknown>)[] = [
        ...[{}, [], [{}], '', null, { id: undefined }, { id: null }].flatMap((criteria) => [
          () => rows.delete(criteria as never),
          () => rows.update(criteria as never, { size: 1 }),
          () => dataSource.manager.delete(Row, criteria as never),
          () => dataSource.manager.update(Row, criteria, { size: 1 }),
        ]),
        () => rows.increment({}, 'size', 1),
        () => builder().delete().where({}).execute(),
        () => builder().update().set({ size: 1 }).where({}).execute(),
      ]
      for (const write of writes) {
        const refused = await failure(write())
        expect(refused, String(write)).to.be.instanceOf(ValidationError).with.property('errorCode', 'INVALID_CRITERIA')
      }
      expect(await rows.find({ order: { id: 'ASC' } })).to.deep.equal(before)
    })

    it(`mean all rows where they say so: ${Row.name}`, async () => {
      const rows = dataSource.getRepository<Plain | Trashed>(Row)
      await rows.updateAll({ size: 2 })
      expect(await rows.countBy({ size: 2 })).to.equal(2)
      await rows.deleteAll()
      expect(await rows.count()).to.equal(0)
    })
  }
})
