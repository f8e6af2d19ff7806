import { expect } from 'chai'
import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm'
import { Sluggable, type Slugged, type SoftDeletable, SoftDelete } from '../../decorators/index.js'
import { createDataSource, type ModelDataSource, ModelService, silentLogger } from '../../src/index.js'
import { expectQueries } from '../../testing/index.js'
import { type Database, describeOnEngines } from '../support/engines.js'

@Entity()
@SoftDelete()
@Sluggable({ from: 'title', reserved: ['the same 4'] })
class Leaf {
  @PrimaryGeneratedColumn()
  id!: number

  @Column({ type: 'varchar', length: 40 })
  title!: string

  @Index({ unique: true })
  @Column({ type: 'int', nullable: true })
  page!: number | null
}
interface Leaf extends SoftDeletable, Slugged {}
class LeafService extends ModelService(Leaf) {}

describeOnEngines('A slug that others have', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let service: LeafService

  beforeEach(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Leaf] }).initialize()
    await dataSource.synchronize()
    service = new LeafService({ dataSource, logger: silentLogger })
  })
  afterEach(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  const leaves = () => dataSource.getRepository(Leaf)
  const named = async (title: string, page?: number) => {
    const result = await service.create({ title, ...(page !== undefined && { page }) })
    return result.success ? result.data.slug : result.errorCode
  }

  const byService = async () => {
    for (let turn = 0; turn < 10; turn += 1) await named('Race')
  }

  it('takes two statements among ten thousand, whose first finds the number', async function () {
    this.timeout(60_000)
    for (let start = 0; start < 10_000; start += 500) {
      await leaves().insert(Array.from({ length: 500 }, () => ({ title: 'Equal' })))
    }
    // Nobody knows yet that the slug is taken.
    const first = engine.name === 'mariadb' ? 4 : 3
    expect(await expectQueries(dataSource, () => named('Equal'), first)).to.equal('equal-10001')
    expect(await expectQueries(dataSource, () => named('Equal'), 2)).to.equal('equal-10002')
    await leaves().insert({ title: 'Equal' })
    expect(await expectQueries(dataSource, () => named('Equal'), 2)).to.equal('equal-10004')
  })

  it('passes over numbers that are reserved, or were given by hand', async () => {
    const slugs = []
    for (let turn = 0; turn < 4; turn += 1) slugs.push(await named('the same'))
    await leaves().insert({ title: 'by hand', slug: 'the-same-6' })
    slugs.push(await named('the same'), await named('the same'))
    expect(new Set(slugs).size).to.equal(6)
    expect(slugs.slice(0, 3)).to.deep.equal(['the-same', 'the-same-2', 'the-same-3'])
    expect(slugs).to.not.include.members(['the-same-4'])
    expect(slugs).to.not.include.members(['the-same-6'])
  })

  it('is free again where it was known to be taken', async () => {
    for (let turn = 0; turn < 3; turn += 1) await named('name')
    await leaves().purge((await leaves().find({ order: { id: 'ASC' } })).map(({ id }) => id))
    expect(await named('name')).to.equal('name')
    // Two numbers were given, and none was used up by asking.
    expect(await named('name')).to.equal('name-4')
  })

  it('is no reason to write a row that the database refuses', async () => {
    await named('page', 1)
    expect([await named('page', 2), await named('page', 2)]).to.deep.equal(['page-2', 'DUPLICATE'])
    expect(await leaves().count()).to.equal(2)
  })

  it('is given to one row each, however many ask at once and by whatever way', async function () {
    this.timeout(60_000)
    const byInsert = async () => {
      for (let turn = 0; turn < 10; turn += 1) await leaves().insert({ title: 'Race' })
    }
    const byHand = async () => {
      for (let turn = 0; turn < 10; turn += 1) {
        const [row] = await leaves().find({ where: { title: 'Race' }, order: { id: 'DESC' }, take: 1 })
        if (row) await leaves().update(row.id, { slug: `given-${turn}` })
      }
    }
    await Promise.all([
      byService(),
      byService(),
      byService(),
      byService(),
      byService(),
      byInsert(),
      byInsert(),
      byHand(),
    ])
    const rows = await leaves().find()
    expect(rows).to.have.length(70)
    expect(new Set(rows.map(({ slug }) => slug)).size).to.equal(70)
    // What a row has given up nobody else has got.
    const former = await dataSource.query<readonly { slug: string; row: string }[]>('SELECT * FROM leaf_slug_history')
    const holders = new Map(rows.map(({ slug, id }) => [slug, JSON.stringify({ id })]))
    expect(former.filter(({ slug, row }) => holders.has(slug) && holders.get(slug) !== row)).to.deep.equal([])
  })
})
