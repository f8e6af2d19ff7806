import { expect } from 'chai'
import { Column, Entity, ManyToOne, OneToMany, PrimaryColumn, type Relation } from 'typeorm'
import { DefaultOrdering, type SoftDeletable, SoftDelete } from '../../decorators/index.js'
import { type Adds, any, column, createDataSource, defineTrait, eq, gt, type ModelDataSource } from '../../src/index.js'
import { type Database, describeOnEngines } from '../support/engines.js'

const Featured = defineTrait({
  name: 'Featured',
  defaults: {},
  columns: () => ({ rank: column.integer({ default: 0 }), pinned: column.boolean({ default: false }) }),
  scopes: () => ({ featured: { where: any(eq('pinned', true), gt('rank', 5)), default: true } }),
})

@Entity()
@SoftDelete()
class User {
  @PrimaryColumn()
  id!: number

  @Column()
  email!: string
}
interface User extends SoftDeletable {}

@Entity()
class Shelf {
  @PrimaryColumn()
  id!: number

  @OneToMany(
    () => Volume,
    (volume) => volume.shelf,
  )
  volumes!: Relation<Volume>[]
}

@Entity()
@SoftDelete()
@DefaultOrdering({ by: ['-id'] })
class Volume {
  @PrimaryColumn()
  id!: number

  @ManyToOne(
    () => Shelf,
    (shelf) => shelf.volumes,
  )
  shelf!: Relation<Shelf>
}
interface Volume extends SoftDeletable {}

@Entity()
@Featured()
class Offer {
  @PrimaryColumn()
  id!: number
}
interface Offer extends Adds<typeof Featured> {}

describeOnEngines('Scoped reads', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [User, Shelf, Volume, Offer] }).initialize()
    await dataSource.synchronize()
    await dataSource.getRepository(User).insert([
      { id: 1, email: 'a' },
      { id: 2, email: 'b' },
    ])
    await dataSource.getRepository(Shelf).insert([{ id: 1 }, { id: 2 }])
    await dataSource.getRepository(Volume).insert([
      { id: 1, shelf: { id: 1 } },
      { id: 2, shelf: { id: 1 } },
      { id: 3, shelf: { id: 2 } },
    ])
    await dataSource.getRepository(User).delete(1)
    await dataSource.getRepository(Volume).delete(3)
    await dataSource.getRepository(Offer).insert([
      { id: 1, rank: 9, pinned: false },
      { id: 2, rank: 0, pinned: true },
      { id: 3, rank: 0, pinned: false },
    ])
  })

  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  it('one address or another: the deleted user is not found', async () => {
    const found = await dataSource.getRepository(User).find({ where: [{ email: 'a' }, { email: 'b' }] })
    expect(found.map(({ id }) => id)).to.deep.equal([2])
  })

  it('members are counted as they come and go', async () => {
    const volumes = dataSource.getRepository(Volume)
    const members = async () => {
      const shelf = await dataSource
        .getRepository(Shelf)
        .findOneOrFail({ where: { id: 1 }, relations: { volumes: true } })
      return [shelf.volumes.length, await volumes.countBy({ shelf: { id: 1 } })]
    }
    expect(await members()).to.deep.equal([2, 2])
    await volumes.delete(2)
    expect(await members()).to.deep.equal([1, 1])
    await volumes.restore(2)
    expect(await members()).to.deep.equal([2, 2])
    await volumes.delete({ shelf: { id: 1 } })
    expect(await members()).to.deep.equal([0, 0])
    await volumes.restore([1, 2])
    expect(await members()).to.deep.equal([2, 2])
    await volumes.purge(2)
    expect(await members()).to.deep.equal([1, 1])
    expect(await volumes.withDeleted().countBy({ shelf: { id: 1 } })).to.equal(1)
    await volumes.insert({ id: 2, shelf: { id: 1 } })
  })

  it('a parent whose members are all hidden is given, with none', async () => {
    const shelf = await dataSource
      .getRepository(Shelf)
      .findOneOrFail({ where: { id: 2 }, relations: { volumes: true } })
    expect(shelf.volumes).to.deep.equal([])
  })

  it('a condition with OR and a scope with OR stay apart, and their values in order', async () => {
    const builder = dataSource.getRepository(Offer).createQueryBuilder('o').select('o.id', 'id')
    builder.where('o.id = :one OR o.id = :three', { one: 1, three: 3 })
    const [sql, values] = builder.getQueryAndParameters()
    // TypeORM writes numbers into the text for SQLite.
    const marks = { sqlite: ['1', '3', '1', '5'], postgres: ['$1', '$2', '$3', '$4'], mariadb: ['?', '?', '?', '?'] }
    const [first, second, third, fourth] = marks[engine.name]
    const quote = engine.name === 'mariadb' ? '`' : '"'
    const name = (column: string) => `${quote}o${quote}.${quote}${column}${quote}`
    expect(sql.slice(sql.indexOf('WHERE'))).to.equal(
      `WHERE ( ${name('id')} = ${first} OR ${name('id')} = ${second} ) AND ` +
        `( ((${name('pinned')} = ${third} OR ${name('rank')} > ${fourth})) )`,
    )
    expect(values).to.deep.equal(engine.name === 'sqlite' ? [] : [1, 3, true, 5])
    expect(await builder.getRawMany()).to.deep.equal([{ id: 1 }])
  })

  it('a count has no order', async () => {
    const builder = dataSource.getRepository(Volume).createQueryBuilder('v')
    expect(builder.getSql()).to.contain(' ORDER BY ')
    expect(builder.clone().select('COUNT(*)', 'n').getSql()).not.to.contain(' ORDER BY ')
    expect(await builder.getCount()).to.equal(2)
  })
})
