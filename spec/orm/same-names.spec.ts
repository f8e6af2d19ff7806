import { expect } from 'chai'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import { findBySlug, Sluggable, type Slugged } from '../../decorators/index.js'
import { createDataSource, type ModelDataSource } from '../../src/index.js'
import { type Database, describeOnEngines } from '../support/engines.js'

function pageIn(table: string) {
  @Sluggable({ from: 'title' })
  @Entity(table)
  class Page {
    @PrimaryColumn({ type: 'int' })
    id!: number

    @Column({ type: 'varchar', length: 20 })
    title!: string
  }
  interface Page extends Slugged {}
  return Page
}

const [Wiki, Handbook] = [pageIn('wiki'), pageIn('handbook')]

describeOnEngines('Entities whose classes have one name', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Wiki, Handbook] }).initialize()
    await dataSource.synchronize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  it('have tables of their traits of their own', async () => {
    const [wiki, handbook] = [dataSource.getRepository(Wiki), dataSource.getRepository(Handbook)]
    await wiki.insert({ id: 1, title: 'old' })
    await wiki.update(1, { slug: 'new' })
    await handbook.insert({ id: 2, title: 'old' })
    await handbook.update(2, { slug: 'newer' })
    const counts = ['wiki_slug_history', 'handbook_slug_history'].map(async (table) => {
      const [row] = await dataSource.query<{ readonly n: number | string }[]>(`SELECT COUNT(*) AS n FROM ${table}`)
      return Number(row?.n)
    })
    expect(await Promise.all(counts)).to.deep.equal([1, 1])
    expect((await findBySlug(handbook, 'old'))?.row.id).to.equal(2)
  })
})
