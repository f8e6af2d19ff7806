import { expect } from 'chai'
import { Column, Entity, ManyToOne, PrimaryColumn, type Relation } from 'typeorm'
import { OnDelete } from '../../../decorators/index.js'
import { type Adds, createDataSource, defineTrait, type ModelDataSource } from '../../../src/index.js'
import { type Database, describeOnEngines } from '../../support/engines.js'

/** What each driver throws where a unit of work has lost a race. */
const lostRaces = {
  sqlite: { code: 'SQLITE_BUSY' },
  postgres: { code: '40P01', severity: 'ERROR' },
  mariadb: { errno: 1213, sqlState: '40001' },
} as const

let answers = 0
let lost: object | undefined

const Clearable = defineTrait({
  name: 'Clearable',
  defaults: {},
  verbs: () => ({
    clearOut: {
      hard: true,
      answer: async () => {
        answers += 1
        if (answers === 1) throw Object.assign(new Error('lost a race'), lost)
        return answers
      },
    },
  }),
})

interface Shelf extends Adds<typeof Clearable> {}
@Clearable()
@Entity()
class Shelf {
  @PrimaryColumn({ type: 'int' })
  id!: number
}

@Entity()
class Volume {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'int' })
  shelfId!: number

  @OnDelete('cascade')
  @ManyToOne(() => Shelf)
  shelf!: Relation<Shelf>
}

describeOnEngines('The receipt of a call that ran twice', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    dataSource = createDataSource({ ...database.options, entities: [Shelf, Volume], synchronize: true })
    await dataSource.initialize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  it('counts what the call did, not what was undone', async () => {
    answers = 0
    lost = lostRaces[engine.name]
    await dataSource.getRepository(Shelf).insert({ id: 1 })
    await dataSource.getRepository(Volume).insert([1, 2, 3].map((id) => ({ id, shelfId: 1 })))
    const { affected, byEntity } = await dataSource.getRepository(Shelf).clearOut(1)
    expect({ affected, byEntity, answers }).to.deep.equal({
      affected: 1,
      byEntity: { Shelf: 1, Volume: 3 },
      answers: 2,
    })
    expect(await dataSource.getRepository(Volume).count()).to.equal(0)
  })
})
