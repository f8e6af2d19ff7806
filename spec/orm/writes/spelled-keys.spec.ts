import { expect } from 'chai'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import { type Adds, column, createDataSource, defineTrait, type ModelDataSource } from '../../../src/index.js'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { failure } from './library.js'

/** A key without a rule that spells it. */
const Keyed = defineTrait({ name: 'Keyed', defaults: {}, columns: () => ({ id: column.uuid({ primary: true }) }) })

@Entity()
@Keyed()
class OfTrait {
  @Column({ type: 'int', default: 0 })
  size!: number
}
interface OfTrait extends Adds<typeof Keyed> {}

@Entity()
class OfClass {
  @PrimaryColumn({ type: 'uuid' })
  id!: string

  @Column({ type: 'int', default: 0 })
  size!: number
}

const spelled = (digit: number) => `aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeee${digit}`
const given = (digit: number) => spelled(digit).toUpperCase()

describeOnEngines('Keys that are UUIDs, given in upper case', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [OfTrait, OfClass] }).initialize()
    await dataSource.synchronize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  for (const Row of [OfTrait, OfClass]) {
    it(`are written in their one spelling, whatever the write: ${Row.name}`, async () => {
      const rows = dataSource.getRepository<OfTrait | OfClass>(Row)
      const { identifiers } = await rows.insert({ id: given(1) })
      await rows.insert([{ id: given(2) }, { id: spelled(3) }])
      await rows
        .createQueryBuilder()
        .insert()
        .values({ id: given(4) })
        .execute()
      await rows.save(rows.create({ id: given(5) }))
      await rows.update({ id: spelled(5) }, { id: given(6) })
      expect(identifiers).to.deep.equal([{ id: spelled(1) }])
      const stored = await rows.find({ order: { id: 'ASC' } })
      expect(stored.map(({ id }) => id)).to.deep.equal([1, 2, 3, 4, 6].map(spelled))
      expect(await rows.findOneBy({ id: given(1) })).to.have.property('id', spelled(1))
    })

    it(`are refused where they are none: ${Row.name}`, async () => {
      const rows = dataSource.getRepository<OfTrait | OfClass>(Row)
      const insert = await failure(rows.insert({ id: 'none' }))
      const update = await failure(rows.update({ size: 0 }, { id: 'none' }))
      for (const refused of [insert, update]) {
        expect(refused).to.deep.include({
          errorCode: 'INVALID_ID',
          errors: [{ pointer: '#/id', code: 'uuid', message: 'must be a UUID' }],
        })
      }
    })
  }
})
