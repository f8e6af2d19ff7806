import { expect } from 'chai'
import { createDataSource, type ModelDataSource } from 'plinth'
import { Sluggable, type Slugged, type SoftDeletable, SoftDelete } from 'plinth/decorators'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import { changeRow } from '../../../src/orm/writes/by-statement/one-row.js'
import { type Database, describeOnEngines } from '../../support/engines.js'

/** A class of which there may be several: all have one name and the same properties, and other tables and columns. */
function pageOf(part: string) {
  interface Page extends SoftDeletable, Slugged {}
  @Entity(`${part}_pages`)
  @SoftDelete()
  @Sluggable({ from: 'title' })
  class Page {
    @PrimaryColumn({ type: 'int', name: `${part}_id` }) id!: number
    @Column({ length: 40, name: `${part}_title` }) title!: string
  }
  return Page
}

const pages = [pageOf('left'), pageOf('right')]

describeOnEngines('Entities of one name', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    dataSource = createDataSource({ ...database.options, entities: pages, synchronize: true })
    await dataSource.initialize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  it('are each written by statements of their own', async () => {
    for (const Page of pages) {
      const rows = dataSource.getRepository(Page)
      const made = [await rows.save({ id: 1, title: 'One' }), await rows.save({ id: 2, title: 'One' })]
      expect(made.map(({ slug }) => slug)).to.deep.equal(['one', 'one-2'])
      await changeRow(rows.select() as never, 1, { title: 'First' })
      await rows.update(2, { title: 'Second' })
      await rows.delete(2)
      const stored = await rows.unscoped().find({ order: { id: 'ASC' } })
      const seen = stored.map(({ id, title, deletedAt }) => [id, title, deletedAt !== null])
      expect(seen, rows.metadata.tableName).to.deep.equal([
        [1, 'First', false],
        [2, 'Second', true],
      ])
    }
  })
})
