import { expect } from 'chai'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import { findBySlug, Sluggable, type Slugged, type SoftDeletable, SoftDelete } from '../../decorators/index.js'
import { type Adds, createDataSource, type ModelDataSource, ModelService, silentLogger } from '../../src/index.js'
import { type Database, describeOnEngines } from '../support/engines.js'
import { Owned, owner } from './writes/library.js'

function pageIn(table: string) {
  @Sluggable({ from: 'title', within: ['shelf'] })
  @Entity(table)
  class Page {
    @PrimaryColumn({ type: 'int' })
    id!: number

    @Column({ name: `${table}_title`, type: 'varchar', length: 20 })
    title!: string

    @Column({ name: `${table}_shelf`, type: 'int', default: 1 })
    shelf!: number
  }
  interface Page extends Slugged {}
  return Page
}

function noteForAll() {
  @Entity('notes_for_all')
  class Note {
    @PrimaryColumn({ type: 'int' })
    id!: number

    @Column({ type: 'varchar', length: 20 })
    title!: string
  }
  return Note
}

function noteOfOne() {
  @Owned()
  @SoftDelete()
  @Entity('notes_of_one')
  class Note {
    @PrimaryColumn({ type: 'int' })
    id!: number

    @Column({ type: 'varchar', length: 20 })
    title!: string
  }
  interface Note extends SoftDeletable, Adds<typeof Owned> {}
  return Note
}

const [Wiki, Handbook] = [pageIn('wiki'), pageIn('handbook')]
const [ForAll, OfOne] = [noteForAll(), noteOfOne()]

class WikiService extends ModelService(Wiki) {}
class HandbookService extends ModelService(Handbook) {}
class ForAllService extends ModelService(ForAll) {}
class OfOneService extends ModelService(OfOne) {}

describeOnEngines('Entities whose classes have one name', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  const sent: string[] = []

  before(async () => {
    database = await engine.create()
    const entities = [Wiki, Handbook, ForAll, OfOne]
    dataSource = await createDataSource({ ...database.options, entities }).initialize()
    await dataSource.synchronize()
    dataSource.onStatement(({ sql }) => sent.push(sql.split(' ')[0]!))
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  const made = <S>(Service: new (context: { dataSource: ModelDataSource; logger: typeof silentLogger }) => S): S =>
    new Service({ dataSource, logger: silentLogger })

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
    expect((await findBySlug(handbook, 'old', { shelf: 1 }))?.row.id).to.equal(2)
  })

  it('have scopes of their own where a row is written by one statement', async () => {
    const [forAll, ofOne] = [made(ForAllService), made(OfOneService)]
    ;(await forAll.create({ id: 1, title: 'shared' })).unwrap()
    ;(await forAll.update(1, { title: 'changed' })).unwrap()
    await owner.run('ada', async () => {
      for (const id of [1, 2]) (await ofOne.create({ id, title: 'mine' })).unwrap()
      ;(await ofOne.delete(2)).unwrap()
      expect(await ofOne.update(2, { title: 'hidden' })).to.include({ success: false, errorCode: 'NOT_FOUND' })
    })
    await owner.run('bob', async () => {
      const writes = [() => ofOne.update(1, { title: 'stolen' }), () => ofOne.delete(1), () => ofOne.deleteMany([1])]
      for (const write of writes) expect(await write()).to.include({ success: false, errorCode: 'NOT_FOUND' })
    })
    const stored = await dataSource.query('SELECT id, title FROM notes_of_one WHERE id < 3 ORDER BY id')
    expect(stored).to.deep.equal([1, 2].map((id) => ({ id, title: 'mine' })))
  })

  it('have columns of their own where one statement changes a row', async () => {
    for (const pages of [made(WikiService), made(HandbookService)]) {
      ;(await pages.create({ id: 21, title: 'first' })).unwrap()
      sent.length = 0
      expect((await pages.update(21, { title: 'second' })).unwrap().title).to.equal('second')
      if (engine.name !== 'mariadb') expect(sent).to.deep.equal(['UPDATE'])
    }
  })

  it('have columns of their own where one statement makes sure of other rows', async () => {
    const [wiki, handbook] = [made(WikiService), made(HandbookService)]
    ;(await wiki.create({ id: 11, title: 'one' })).unwrap()
    sent.length = 0
    expect((await handbook.create({ id: 11, title: 'one' })).unwrap().slug).to.equal('one')
    if (engine.name !== 'mariadb') expect(sent).to.have.length(1)
    expect((await handbook.create({ id: 12, title: 'one' })).unwrap().slug).to.equal('one-2')
  })
})
