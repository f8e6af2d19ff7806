import { expect } from 'chai'
import { Entity, In, JoinTable, ManyToMany, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm'
import {
  type Adds,
  column,
  contextVariable,
  createDataSource,
  defineTrait,
  eq,
  type ModelDataSource,
} from '../../../src/index.js'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { failure } from './library.js'

const tenant = contextVariable<string>('tenant')
const Owned = defineTrait({
  name: 'Owned',
  defaults: {},
  columns: () => ({ tenantId: column.string({ length: 10 }) }),
  scopes: () => ({ tenant: { where: eq('tenantId', tenant), locked: true } }),
})

@Owned()
@Entity()
class Shelf {
  @PrimaryGeneratedColumn({ type: 'bigint' })
  id!: string
}
interface Shelf extends Adds<typeof Owned> {}

@Owned()
@Entity()
class Book {
  @PrimaryGeneratedColumn({ type: 'bigint' })
  id!: string

  @ManyToOne(() => Shelf)
  shelf!: Relation<Shelf> | null

  @ManyToMany(() => Shelf)
  @JoinTable()
  shelves!: Relation<Shelf>[]
}
interface Book extends Adds<typeof Owned> {}

describeOnEngines(
  'Keys that are big integers of the database, where a locked scope guards their rows',
  (engine) => {
    let database: Database
    let dataSource: ModelDataSource

    before(async () => {
      database = await engine.create()
      dataSource = await createDataSource({ ...database.options, entities: [Shelf, Book] }).initialize()
      await dataSource.synchronize()
    })
    after(async () => {
      await dataSource?.destroy()
      await database?.drop()
    })

    const made = (name: string) =>
      tenant.run(name, async () => {
        const shelves = dataSource.getRepository(Shelf)
        return [await shelves.save(shelves.create()), await shelves.save(shelves.create())] as const
      })

    it('are written as keys and as links', async () => {
      const [one, other] = await made('a')
      await tenant.run('a', async () => {
        const books = dataSource.getRepository(Book)
        const { id } = await books.save(books.create({ shelf: one, shelves: [one, other] }))
        await books.update(id, { shelf: other })
        await books.createQueryBuilder().relation('shelves').of(id).addAndRemove([], [one.id])
        await books.createQueryBuilder().relation('shelves').of(id).add(one.id)
        const [read] = await books.find({ where: { id: In([id]) }, relations: { shelf: true, shelves: true } })
        expect(read?.shelf?.id).to.equal(other.id)
        expect(read?.shelves.map((shelf) => shelf.id)).to.have.members([one.id, other.id])
      })
    })

    it('of others are refused', async () => {
      const [own] = await made('a')
      const [foreign] = await made('b')
      await tenant.run('a', async () => {
        const books = dataSource.getRepository(Book)
        const { id } = await books.save(books.create({ shelf: own }))
        for (const write of [
          () => books.update(id, { shelf: foreign }),
          () => books.insert({ shelf: foreign }),
          () => books.createQueryBuilder().relation('shelves').of(id).add(foreign.id),
        ]) {
          expect((await failure(write())).errorCode).to.be.oneOf(['VALIDATION_ERROR', 'NOT_FOUND'])
        }
      })
    })
  },
  ['postgres', 'mariadb'],
)
