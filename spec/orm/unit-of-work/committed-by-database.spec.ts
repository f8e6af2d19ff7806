import { expect } from 'chai'
import { Column, Entity, type MigrationInterface, PrimaryColumn, type QueryRunner } from 'typeorm'
import { Sluggable, type Slugged } from '../../../decorators/index.js'
import { createDataSource, type ModelDataSource } from '../../../src/index.js'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { failure } from '../writes/library.js'

@Entity('migrated_thing')
@Sluggable({ from: 'title' })
class Thing {
  @PrimaryColumn({ type: 'int' }) id!: number
  @Column({ length: 20 }) title!: string
}
interface Thing extends Slugged {}

/** Alters the table, and fills it in the same transaction. */
class AlterAndFill1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE migrated_thing ADD pages int NULL')
    await runner.manager.getRepository(Thing).insert({ id: 1, title: 'one' })
  }
  async down(): Promise<void> {}
}

describeOnEngines('A unit in a transaction in which a table was altered', (engine) => {
  const commits = engine.name === 'mariadb'
  let database: Database
  let dataSource: ModelDataSource

  beforeEach(async () => {
    database = await engine.create()
    const migrations = [AlterAndFill1700000000001]
    dataSource = createDataSource({ ...database.options, entities: [Thing], migrations, proveSchema: false })
    await dataSource.initialize()
    await dataSource.synchronize()
  })
  afterEach(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  const titles = async () => (await dataSource.getRepository(Thing).find()).map(({ title }) => title)

  it('is refused where the database has committed it, before it writes anything', async () => {
    const run = dataSource.runMigrations({ transaction: 'all' })
    if (commits) expect(await failure(run)).to.have.property('code', 'UNIT_COMMITTED')
    else await run
    expect(await titles()).to.deep.equal(commits ? [] : ['one'])
  })

  it('is undone as a whole everywhere else', async () => {
    const unit = dataSource.atomic(async () => {
      await dataSource.query('ALTER TABLE migrated_thing ADD pages int NULL')
      await dataSource.atomic(() => dataSource.getRepository(Thing).insert({ id: 2, title: 'two' }))
      throw new Error('undone')
    })
    const { message } = await failure(unit)
    if (commits) expect(message).to.contain('UNIT_COMMITTED')
    else expect(message).to.equal('undone')
    expect(await titles()).to.deep.equal([])
    await dataSource.getRepository(Thing).insert({ id: 3, title: 'three' })
    expect(await titles()).to.deep.equal(['three'])
  })
})
