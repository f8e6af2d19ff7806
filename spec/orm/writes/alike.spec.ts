import { expect } from 'chai'
import { createDataSource, eq, increment, type ModelDataSource, mergePatch } from 'plinth'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import { changeRow } from '../../../src/orm/writes/by-statement/one-row.js'
import { type Database, describeOnEngines } from '../../support/engines.js'

/** Its properties have names that stand for something else in what a statement is known by. */
@Entity('alike_words')
class Words {
  @PrimaryColumn({ type: 'int' }) id!: number
  @Column({ type: 'int', default: 0 }) count!: number
  @Column({ type: 'int', default: 0 }) increment!: number
  @Column({ type: 'int', default: 0 }) all!: number
  @Column({ type: 'int', default: 0, nullable: true }) eq!: number | null
  @Column({ type: 'simple-json', nullable: true }) kept!: object | null
}

describeOnEngines('UPDATEs that look alike', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({
      ...database.options,
      entities: [Words],
      synchronize: true,
    }).initialize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(async () => {
    await dataSource.getRepository(Words).clear()
    await dataSource.getRepository(Words).insert([{ id: 1 }, { id: 2 }])
  })

  const rows = () => dataSource.getRepository(Words).select()
  const change = async (values: object, from = rows()) => {
    const changed = await changeRow(from as never, 1, values as never)
    if (!changed) return undefined
    const { count, increment: by, all, eq: equal } = changed as unknown as Words
    return [count, by, all, equal]
  }
  const stored = async () => {
    const [one, two] = await dataSource.getRepository(Words).find({ order: { id: 'ASC' } })
    return [one, two].map((row) => [row!.count, row!.increment, row!.all, row!.eq])
  }

  it('are told apart by what they set, and how', async () => {
    expect(await change({ count: 5, increment: 7 })).to.deep.equal([5, 7, 0, 0])
    expect(await change({ count: increment(2) })).to.deep.equal([7, 7, 0, 0])
    expect(await change({ count: increment(3), increment: 1 })).to.deep.equal([10, 1, 0, 0])
    expect(await change({ count: 1, increment: increment(4) })).to.deep.equal([1, 5, 0, 0])
    expect(await change({ increment: 2, count: 3 })).to.deep.equal([3, 2, 0, 0])
    expect(await change({ all: 4 })).to.deep.equal([3, 2, 4, 0])
    expect(await change({ all: 5, eq: 6 })).to.deep.equal([3, 2, 5, 6])
    expect(await change({ eq: null, all: undefined })).to.deep.equal([3, 2, 5, null])
    expect(await stored()).to.deep.equal([
      [3, 2, 5, null],
      [0, 0, 0, 0],
    ])
  })

  it('are told apart by the rows they see', async () => {
    expect(await change({ count: 1 }, rows().where(eq('all', 1)))).to.equal(undefined)
    expect(await change({ count: 1 }, rows().where(eq('eq', 0)))).to.deep.equal([1, 0, 0, 0])
    expect(await change({ count: 2 }, rows().where({ eq: null }))).to.equal(undefined)
    expect(await change({ count: 3 }, rows().where({ all: 0, eq: 0 }))).to.deep.equal([3, 0, 0, 0])
    expect(await change({ count: 4 }, rows().where({ all: 0, eq: 1 }))).to.equal(undefined)
    expect(await stored()).to.deep.equal([
      [3, 0, 0, 0],
      [0, 0, 0, 0],
    ])
  })

  it('are told apart by the documents that are merged into others', async () => {
    const kept = async (patch: Record<string, unknown>) => {
      await dataSource.getRepository(Words).update({ id: 1 }, { kept: mergePatch(patch) })
      return (await dataSource.getRepository(Words).findOneByOrFail({ id: 1 })).kept
    }
    await dataSource.getRepository(Words).update({ id: 1 }, { kept: {} })
    expect(await kept({ a: { b: 1 } })).to.deep.equal({ a: { b: 1 } })
    expect(await kept({ a: { c: 2 } })).to.deep.equal({ a: { b: 1, c: 2 } })
    expect(await kept({ a: null, d: 3 })).to.deep.equal({ d: 3 })
  })
})
