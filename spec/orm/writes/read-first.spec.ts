import { expect } from 'chai'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import {
  Orderable,
  type Ordered,
  Sluggable,
  type Slugged,
  type SoftDeletable,
  SoftDelete,
} from '../../../decorators/index.js'
import { createDataSource, type ModelDataSource } from '../../../src/index.js'
import { type Database, describeOnEngines } from '../../support/engines.js'

@Entity()
@SoftDelete()
@Orderable()
@Sluggable({ from: 'title' })
class Chapter {
  @PrimaryGeneratedColumn()
  id!: number

  @Column({ type: 'varchar', length: 40 })
  title!: string

  @Column({ type: 'int', default: 0 })
  pages!: number
}
interface Chapter extends SoftDeletable, Ordered, Slugged {}

describeOnEngines('Units that read before they write', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Chapter] }).initialize()
    await dataSource.synchronize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(() => dataSource.query(`DELETE FROM ${dataSource.driver.escape('chapter')}`))

  const chapters = () => dataSource.getRepository(Chapter)

  /** Whoever reads first would write by what it saw then. */
  const unit = (isolation?: 'REPEATABLE READ') =>
    dataSource.atomic(
      async () => {
        await chapters().count()
        await new Promise(setImmediate)
        await chapters().insert({ title: 'same' })
      },
      { retries: 50, ...(isolation && { isolation }) },
    )
  const stored = async () => {
    const rows = await chapters().find({ order: { position: 'ASC' } })
    return [rows.map(({ position }) => position), new Set(rows.map(({ slug }) => slug)).size] as const
  }

  it('number and name rows by what others committed meanwhile', async () => {
    await Promise.all(Array.from({ length: 8 }, () => unit()))
    expect(await stored()).to.deep.equal([[1, 2, 3, 4, 5, 6, 7, 8], 8])
  })

  if (engine.name !== 'sqlite') {
    it('do so where they asked to see no later state', async () => {
      await Promise.all(Array.from({ length: 8 }, () => unit('REPEATABLE READ')))
      expect(await stored()).to.deep.equal([[1, 2, 3, 4, 5, 6, 7, 8], 8])
    })
  }
})

describeOnEngines('Writes of all rows', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Chapter] }).initialize()
    await dataSource.synchronize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(async () => {
    await dataSource.query(`DELETE FROM ${dataSource.driver.escape('chapter')}`)
    await chapters().insert([{ title: 'one' }, { title: 'two' }, { title: 'three' }])
    await chapters().delete({ title: 'two' })
  })

  const chapters = () => dataSource.getRepository(Chapter)
  const pages = async () => {
    const rows = await chapters()
      .withDeleted()
      .find({ order: { id: 'ASC' } })
    return rows.map((row) => row.pages)
  }

  it('change exactly the visible ones', async () => {
    expect((await chapters().updateAll({ pages: 5 })).affected).to.equal(2)
    expect(await pages()).to.deep.equal([5, 0, 5])
    const { deletedAt, deletionId } = await chapters().onlyDeleted().findOneByOrFail({ title: 'two' })
    expect((await chapters().deleteAll()).affected).to.equal(2)
    expect(await chapters().withDeleted().findOneByOrFail({ title: 'two' })).to.deep.include({ deletedAt, deletionId })
    expect([await chapters().count(), await chapters().withDeleted().count()]).to.deep.equal([0, 3])
  })

  it('change deleted ones where that is written out', async () => {
    expect((await chapters().withDeleted().updateAll({ pages: 6 })).affected).to.equal(3)
    expect((await chapters().onlyDeleted().updateAll({ pages: 7 })).affected).to.equal(1)
    expect((await chapters().withDeleted().increment({ title: 'two' }, 'pages', 1)).affected).to.equal(1)
    expect(await pages()).to.deep.equal([6, 8, 6])
    expect(await chapters().count()).to.equal(2)
  })
})
