import { expect } from 'chai'
import { counterKey, createDataSource, defineTrait, type ModelDataSource } from 'plinth'
import { Column, Entity, PrimaryGeneratedColumn, QueryFailedError } from 'typeorm'
import { type Database, describeOnEngines } from '../../support/engines.js'

let failures = 0

/** What PostgreSQL says to one of those who wait for each other; MariaDB has a number for it, and SQLite a name. */
const deadlock = () =>
  Object.assign(new Error('deadlock detected'), { code: '40P01', errno: 1213, sqlState: '40001', severity: 'ERROR' })

const Numbered = defineTrait({
  name: 'Numbered',
  defaults: {},
  rules: () => ({
    enter: {
      locks: () => counterKey({ list: 1 }),
      each: async (_, context) => {
        await context.next()
        if (failures-- > 0) throw new QueryFailedError('', [], deadlock())
      },
    },
  }),
})

@Numbered()
@Entity()
class Ticket {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 20 }) name!: string
}

describeOnEngines('An insert that loses a race', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Ticket], synchronize: true }).initialize()
  })

  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  it('runs again in a transaction of its own', async () => {
    failures = 2
    const tickets = dataSource.getRepository(Ticket)
    await tickets.insert({ name: 'one' })
    expect(failures).to.equal(-1)
    expect((await tickets.find()).map(({ name }) => name)).to.deep.equal(['one'])
  })
})
