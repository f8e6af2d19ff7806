import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import { createDataSource, type ModelDataSource } from 'plinth'
import { type HasRank, OnDelete, Ranked, type SoftDeletable, SoftDelete } from 'plinth/decorators'
import { Column, Entity, JoinColumn, ManyToOne, PrimaryGeneratedColumn } from 'typeorm'
import { type Database, describeOnEngines, engines } from '../../support/engines.js'

interface Box extends SoftDeletable {}
@Entity('lock_boxes')
@SoftDelete()
class Box {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 20 }) label!: string
}

interface Piece extends SoftDeletable, HasRank {}
@Entity('lock_pieces')
@SoftDelete()
@Ranked({ within: ['boxId'] })
class Piece {
  @PrimaryGeneratedColumn() id!: number
  @Column({ type: 'int' }) boxId!: number
  @OnDelete('cascade')
  @ManyToOne(() => Box)
  @JoinColumn({ name: 'boxId' })
  box?: Box
}

const servers = engines.filter(({ name }) => name !== 'sqlite').map(({ name }) => name)

describeOnEngines('A row that comes into a list of another one', (engine) => {
  // On SQLite units that write take turns.
  if (!servers.includes(engine.name)) return
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Box, Piece], synchronize: true }).initialize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  const boxes = () => dataSource.getRepository(Box)
  const pieces = () => dataSource.getRepository(Piece)

  for (const [name, write] of [
    ['is inserted', (boxId: number) => pieces().insert({ boxId })],
    ['is saved', (boxId: number) => pieces().save(pieces().create({ boxId }))],
    ['moves', (boxId: number, id: number) => pieces().update(id, { boxId })],
    ['moves by a save', (boxId: number, id: number) => pieces().save({ id, boxId })],
  ] as const) {
    it(`waits for the list before it keeps that one as it is: it ${name}`, async () => {
      const [box, other] = await boxes().save([boxes().create({ label: 'a' }), boxes().create({ label: 'b' })])
      const boxId = box!.id
      const [first] = await pieces().save([pieces().create({ boxId }), pieces().create({ boxId })])
      const moving = await pieces().save(pieces().create({ boxId: other!.id }))
      let [runs, written] = [0, 0]
      let sent: Promise<unknown> | undefined
      await dataSource.atomic(async () => {
        runs += 1
        await pieces().moveToBottom(first!.id)
        const work = async (): Promise<void> => {
          written += 1
          await write(boxId, moving.id)
        }
        sent ??= dataSource.atomic(work, { propagation: 'new' })
        await delay(150)
        await boxes().update(boxId, { label: 'c' })
      })
      await sent
      expect([runs, written]).to.deep.equal([1, 1])
      expect((await boxes().findById(boxId))!.label).to.equal('c')
      expect(await pieces().countBy({ boxId })).to.equal(3)
    })
  }
})
