import { expect } from 'chai'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import {
  healLists,
  Orderable,
  type Ordered,
  orderable,
  positionsOf,
  ranked,
  readList,
  type SoftDeletable,
  SoftDelete,
  verifyLists,
} from '../../decorators/index.js'
import { type Adds, createDataSource, type ModelDataSource } from '../../src/index.js'
import { describeOnEngines } from '../support/engines.js'

const Shelf = orderable('shelf')
const Queue = ranked('queue')

/** Stands in a room, on a shelf, and in a queue of readers. */
interface Volume extends SoftDeletable, Ordered, Adds<typeof Shelf>, Adds<typeof Queue> {}
@Entity()
@SoftDelete()
@Orderable()
@Shelf({ within: ['shelf'] })
@Queue()
class Volume {
  @PrimaryGeneratedColumn()
  id!: number

  @Column({ type: 'varchar', length: 20 })
  title!: string

  @Column({ type: 'varchar', length: 20 })
  shelf!: string
}

describeOnEngines('Several orders of one class', (engine) => {
  let dataSource: ModelDataSource
  let close: () => Promise<void>

  before(async () => {
    const database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Volume] }).initialize()
    await dataSource.synchronize()
    close = async () => {
      await dataSource.destroy()
      await database.drop()
    }
  })
  after(() => close?.())

  it('are kept apart, with verbs, versions and memories of their own', async () => {
    const volumes = dataSource.getRepository(Volume)
    await volumes.insert(['a', 'b', 'c', 'd'].map((title, index) => ({ title, shelf: index < 3 ? 'x' : 'y' })))
    const [a, b, c, d] = (await volumes.find()).map(({ id }) => id)
    await volumes.moveToTop(c!)
    await volumes.moveDownShelf(a!)
    const { answer } = await volumes.moveToTopQueue([d!, b!])
    const titles = (rows: readonly Volume[]) => rows.map(({ title }) => title).join('')
    const orders = async () => [
      titles((await readList(volumes)).rows),
      titles((await readList(volumes, { shelf: 'x' }, 'shelf')).rows),
      titles((await readList(volumes, {}, 'queue')).rows),
    ]
    expect(await orders()).to.deep.equal(['cabd', 'bac', 'dbac'])
    expect((await readList(volumes, {}, 'queue')).version).to.equal(answer.version)
    await volumes.delete(a!)
    expect(await orders()).to.deep.equal(['cbd', 'bc', 'dbc'])
    await volumes.restore(a!)
    expect(await orders()).to.deep.equal(['cabd', 'bac', 'dbac'])
    expect([...(await positionsOf(volumes, [a!, d!], 'queue'))]).to.deep.equal([
      [a, 3],
      [d, 1],
    ])
    for (const as of ['', 'shelf', 'queue']) {
      expect(await verifyLists(volumes, as)).to.deep.equal([])
      expect(await healLists(volumes, undefined, as)).to.equal(0)
    }
  })
})
