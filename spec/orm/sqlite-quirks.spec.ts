import { expect } from 'chai'
import { createDataSource, type ModelDataSource } from 'plinth'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { type Database, describeOnEngines } from '../support/engines.js'

@Entity()
class Memo {
  @PrimaryGeneratedColumn() id!: number
  @Column({ type: 'varchar', nullable: true }) text!: string | null
}

describeOnEngines('A statement with one parameter', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Memo] }).initialize()
    await dataSource.synchronize()
  })

  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  it('may have null for it', async () => {
    const memos = dataSource.getRepository(Memo)
    const { id } = await memos.save({ text: 'a' })
    await dataSource.createQueryBuilder().update(Memo).set({ text: null }).execute()
    expect(await memos.findOneByOrFail({ id })).to.deep.include({ id, text: null })
    expect(await memos.findOneBy({ id: -1 })).to.equal(null)
  })
})

const binary = { sqlite: 'blob', postgres: 'bytea', mariadb: 'blob' } as const

describeOnEngines('Bytes', (engine) => {
  @Entity()
  class Picture {
    @PrimaryGeneratedColumn() id!: number
    @Column({ type: binary[engine.name] as 'blob', nullable: true }) bytes!: Buffer | null
  }

  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Picture] }).initialize()
    await dataSource.synchronize()
  })

  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  it('are buffers however many rows are read, and can be written again', async () => {
    const pictures = dataSource.getRepository(Picture)
    const all = [Buffer.from([0, 1, 255]), null, Buffer.alloc(0), Buffer.from('"\\')]
    const ids: number[] = []
    for (const bytes of all) ids.push((await pictures.save({ bytes })).id)
    const rows = await pictures.find({ order: { id: 'ASC' } })
    expect(rows.map(({ bytes }) => bytes)).to.deep.equal(all)
    const single = await Promise.all(ids.map((id) => pictures.findOneByOrFail({ id })))
    expect(single).to.deep.equal(rows)
    expect(await pictures.findById(ids[0]!)).to.deep.equal(rows[0])
    await pictures.insert(rows.map(({ bytes }) => ({ bytes })))
    expect((await pictures.find({ order: { id: 'ASC' } })).map(({ bytes }) => bytes)).to.deep.equal([...all, ...all])
    const [raw] = await dataSource.query<readonly Picture[]>('SELECT bytes FROM picture ORDER BY id')
    expect(raw?.bytes).to.deep.equal(all[0])
  })
})
