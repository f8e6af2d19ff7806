import { expect } from 'chai'
import { Column, CreateDateColumn, DataSource, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm'
import {
  type SoftDeletable,
  SoftDelete,
  type Timestamped,
  Timestamps,
  withoutTimestamps,
} from '../../decorators/index.js'
import { createDataSource, type ModelDataSource } from '../../src/index.js'
import { type Database, describeOnEngines } from '../support/engines.js'

/** As an application of TypeORM has it. */
@Entity('dated_letter')
class Before {
  @PrimaryColumn({ type: 'int' }) id!: number
  @Column({ type: 'int', default: 0 }) pages!: number
  @CreateDateColumn({ name: 'created' }) createdAt!: Date
  @UpdateDateColumn({ name: 'modified' }) updatedAt!: Date
}

@Entity('dated_letter')
@Timestamps()
@SoftDelete()
class Letter {
  @PrimaryColumn({ type: 'int' }) id!: number
  @Column({ type: 'int', default: 0 }) pages!: number
  @CreateDateColumn({ name: 'created' }) createdAt!: Date
  @UpdateDateColumn({ name: 'modified' }) updatedAt!: Date
}
interface Letter extends Timestamped, SoftDeletable {}

/** Without the trait, TypeORM keeps the date. */
@Entity('dated_note')
@SoftDelete()
class Note {
  @PrimaryColumn({ type: 'int' }) id!: number
  @Column({ type: 'int', default: 0 }) pages!: number
  @UpdateDateColumn() updatedAt!: Date
}
interface Note extends SoftDeletable {}

const [long, then, noon] = [Date.UTC(2001, 0), Date.UTC(2002, 0), Date.UTC(2024, 1, 29, 12)].map(
  (instant) => new Date(instant),
)

describeOnEngines("Columns of TypeORM's own for dates that a trait keeps", (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    if (engine.name !== 'sqlite') {
      const old = new DataSource({ ...database.options, entities: [Before], synchronize: true })
      await old.initialize()
      await old.destroy()
    }
    const clock = { now: () => noon! }
    dataSource = createDataSource({ ...database.options, entities: [Letter, Note], synchronize: true, clock })
    await dataSource.initialize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(() => dataSource.query('DELETE FROM dated_letter'))

  const letters = () => dataSource.getRepository(Letter)
  const stored = () => letters().unscoped().findOneByOrFail({ id: 1 })

  it('keep what they have where nothing is stamped, whatever writes the row', async () => {
    await withoutTimestamps(() => letters().insert({ id: 1, createdAt: long!, updatedAt: then! }))
    const writes = {
      update: () => letters().update(1, { pages: 2 }),
      save: async () => letters().save(Object.assign(await stored(), { pages: 3 })),
      increment: () => letters().increment({ id: 1 }, 'pages', 1),
      builder: () => letters().createQueryBuilder().update().set({ pages: 5 }).where({ id: 1 }).execute(),
      delete: () => letters().delete(1),
      restore: () => letters().restore(1),
    }
    for (const [name, write] of Object.entries(writes)) {
      await withoutTimestamps<Promise<unknown>>(write)
      const { createdAt, updatedAt } = await stored()
      expect([createdAt, updatedAt], name).to.deep.equal([long, then])
    }
    expect(await stored()).to.have.property('pages', 5)
  })

  it("are given the instants of the application's clock otherwise", async () => {
    await letters().insert({ id: 1 })
    expect([(await stored()).createdAt, (await stored()).updatedAt]).to.deep.equal([noon, noon])
    await withoutTimestamps(() => letters().update(1, { updatedAt: then! }))
    await letters().save(Object.assign(await stored(), { pages: 3 }))
    expect((await stored()).updatedAt).to.deep.equal(noon)
  })

  it('are as the schema wants them, also in a table that was there', async () => {
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log()
    expect(upQueries.map(({ query }) => query)).to.deep.equal([])
  })

  it("are TypeORM's own where no trait keeps them", async () => {
    await dataSource.getRepository(Note).insert({ id: 1, updatedAt: then! })
    await dataSource.getRepository(Note).update(1, { pages: 2 })
    const { updatedAt } = await dataSource.getRepository(Note).findOneByOrFail({ id: 1 })
    expect(updatedAt.getTime()).to.be.greaterThan(then!.getTime())
  })
})
