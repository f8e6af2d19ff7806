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
