import { expect } from 'chai'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { reslugAll, Sluggable, type Slugged, type SoftDeletable, SoftDelete } from '../../decorators/index.js'
import { createDataSource, type ModelDataSource, SchemaError } from '../../src/index.js'
import { type Database, describeOnEngines } from '../support/engines.js'

@Entity()
@SoftDelete()
@Sluggable({ from: 'title' })
class Story {
  @PrimaryGeneratedColumn()
  id!: number

  @Column({ type: 'varchar', length: 120 })
  title!: string
}
interface Story extends SoftDeletable, Slugged {}

describeOnEngines('Slugs of rows that were there before', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  const stories = () => dataSource.getRepository(Story)
  const run = async (sql: string) => dataSource.query(engine.name === 'mariadb' ? sql.replaceAll('"', '`') : sql)

  /** As a table is that has got the columns, and not yet the index that its rows would break. */
  beforeEach(async () => {
    database = await engine.create()
    dataSource = createDataSource({ ...database.options, entities: [Story] })
    await dataSource.initialize()
    await dataSource.synchronize()
    const runner = dataSource.createQueryRunner()
    const table = (await runner.getTable('story'))!
    await runner.dropIndices(
      table,
      table.indices.filter(({ columnNames }) => columnNames.includes('slug')),
    )
    await runner.release()
    for (const title of ['One', 'One', '---', 'Two']) await run(`INSERT INTO "story" ("title") VALUES ('${title}')`)
    await stories().delete({ title: 'Two' })
  })

  afterEach(async () => {
    await dataSource.destroy()
    await database.drop()
  })

  const slugs = async () =>
    (
      await stories()
        .withDeleted()
        .find({ order: { id: 'ASC' } })
    ).map(({ slug }) => slug)

  it('are made by reslugAll, after which the index can be', async () => {
    expect(await slugs()).to.deep.equal(['', '', '', ''])
    expect(await reslugAll(stories(), { chunk: 2 })).to.equal(3)
    expect(await slugs()).to.deep.equal(['one', 'one-2', '3', ''])
    const error: unknown = await dataSource.proveSchema().catch((thrown: unknown) => thrown)
    expect(error).to.be.instanceOf(SchemaError)
    for (const statement of (error as SchemaError).statements) await dataSource.query(statement)
    await dataSource.proveSchema()
    expect(await reslugAll(stories())).to.equal(0)
  })

  it('are made by the verb', async () => {
    await stories().reslug([1, 2])
    expect(await slugs()).to.deep.equal(['one', 'one-2', '', ''])
  })

  it('are made when they are restored', async () => {
    await stories().restore(4)
    expect(await slugs()).to.deep.equal(['', '', '', 'two'])
  })
})
