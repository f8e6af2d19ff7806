import { expect } from 'chai'
import { Column, DeleteDateColumn, Entity, PrimaryColumn } from 'typeorm'
import { createDataSource, DefinitionError, type ModelDataSource, type ModelRepository } from '../../../src/index.js'
import { engines } from '../../support/engines.js'
import { Book, failure, type Library, openLibrary, Shelf } from './library.js'

@Entity()
class Plain {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'int', default: 0 })
  count!: number

  @DeleteDateColumn()
  deletedAt!: Date | null
}

const sqlite = engines.find(({ name }) => name === 'sqlite')!

describe('Writes that would pass by rules', () => {
  let library: Library
  let dataSource: ModelDataSource
  let shelves: ModelRepository<Shelf>
  let entity: Shelf

  before(async () => {
    library = await openLibrary(sqlite)
    dataSource = library.dataSource
    shelves = dataSource.getRepository(Shelf)
    entity = await shelves.save(shelves.create({ label: 'one' }))
  })
  after(() => library?.close())

  const builder = () => dataSource.createQueryBuilder()
  const ways: Readonly<Record<string, () => Promise<unknown>>> = {
    remove: () => shelves.remove(entity),
    'manager.remove': () => dataSource.manager.remove(Shelf, [entity]),
    softRemove: () => dataSource.manager.softRemove(entity),
    recover: () => dataSource.manager.recover(entity),
    softDelete: () => dataSource.manager.softDelete(Shelf, entity.id),
    'restore of the manager': () => dataSource.manager.restore(Shelf, entity.id),
    'softDelete of a builder': () => builder().softDelete().from(Shelf).where({ id: entity.id }).execute(),
    'restore of a builder': () => builder().restore().from(Shelf).where({ id: entity.id }).execute(),
    upsert: () => dataSource.manager.upsert(Shelf, { id: entity.id, label: 'x' }, ['id']),
    'upsert of a builder': () =>
      builder().insert().into(Book).values({ title: 'x' }).orUpdate(['title'], ['id']).execute(),
    'insert from a select': () =>
      builder()
        .insert()
        .into(Shelf, ['label'])
        .valuesFromSelect((query) => query.select('label').from(Shelf, 's'))
        .execute(),
  }
  for (const [way, write] of Object.entries(ways)) {
    it(`are refused: ${way}`, async () => {
      expect(await failure(write())).to.be.instanceOf(DefinitionError)
      expect(await shelves.find()).to.have.length(1)
    })
  }

  it('are told which call to use instead, and whose rule it is', async () => {
    const { mistakes, message } = (await failure(shelves.remove(entity))) as DefinitionError
    expect(mistakes[0]).to.deep.include({ code: 'E_UNRULED_WRITE', subject: 'Shelf' })
    expect(message).to.contain('Use delete(), or one of its verbs: restore, purge, touch.')
    expect(message).to.match(/@SoftDelete at spec\/orm\/writes\/library\.ts:\d+:\d+/)
  })

  it('are allowed where an entity has no rules', async () => {
    const database = await sqlite.create()
    const plain = await createDataSource({ ...database.options, entities: [Plain] }).initialize()
    await plain.synchronize()
    const { manager } = plain
    await manager.upsert(Plain, { id: 1, count: 1 }, ['id'])
    await manager.upsert(Plain, { id: 1, count: 2 }, ['id'])
    await manager.softDelete(Plain, 1)
    expect(await manager.count(Plain)).to.equal(0)
    await manager.restore(Plain, 1)
    const row = await manager.findOneByOrFail(Plain, { id: 1 })
    expect(row.count).to.equal(2)
    await manager.softRemove(row)
    await manager.recover(row)
    await manager.remove(row)
    expect(await manager.count(Plain, { withDeleted: true })).to.equal(0)
    await plain.destroy()
  })
})
