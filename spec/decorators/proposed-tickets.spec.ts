import { expect } from 'chai'
import {
  type Adds,
  column,
  counterKey,
  createDataSource,
  defineTrait,
  isNull,
  type ModelDataSource,
  ModelService,
  not,
  type ProposalContext,
  type Question,
  silentLogger,
} from 'plinth'
import { type SoftDeletable, SoftDelete } from 'plinth/decorators'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { type Database, describeOnEngines } from '../support/engines.js'

const ran: string[] = []

const end = (context: Pick<ProposalContext, 'visible'>): Question => ({
  property: 'ticket',
  where: context.visible(not(isNull('ticket'))),
  order: [{ property: 'ticket', direction: 'DESC' }],
})

/** Above some number it wants to look. */
const following = ([ticket]: readonly unknown[]) =>
  Number(ticket ?? 0) < 8 ? { ticket: Number(ticket ?? 0) + 1 } : undefined

const remembering = ([ticket]: readonly unknown[]) => ({ ticket: null, lastThen: Number(ticket) })

/** A third party's trait: visible rows have tickets, and a row that is hidden keeps the number of the one that was last. */
const Ticketed = defineTrait({
  name: 'Ticketed',
  defaults: {},
  columns: () => ({
    ticket: column.integer({ nullable: true, managed: true }),
    lastThen: column.integer({ nullable: true, managed: true }),
  }),
  indexes: () => [{ properties: ['ticket'], unique: 'visible' }],
  rules: () => ({
    enter: {
      sets: ['ticket'],
      locks: () => counterKey('tickets'),
      counts: true,
      propose: ({ before }, context) => {
        ran.push(before ? 'proposes again' : 'proposes')
        return { values: { lastThen: null }, unless: [], asking: { questions: [end(context)], proposed: following } }
      },
      each: async ({ index }, context) => {
        ran.push('looks')
        const [last] = await context.table.greatest('ticket', [context.visible(not(isNull('ticket')))])
        return { ticket: Number(last ?? 0) + 1 + index, lastThen: null }
      },
      after: async (_, context) => void (await context.next()),
    },
    leave: {
      sets: ['lastThen'],
      locks: () => counterKey('tickets'),
      counts: true,
      propose: (_, context) => {
        ran.push('proposes to leave')
        return { values: {}, unless: [], asking: { questions: [end(context)], proposed: remembering } }
      },
      each: async (_, context) => {
        ran.push('looks at who leaves')
        const [last] = await context.table.greatest('ticket', [context.visible(not(isNull('ticket')))])
        return { ticket: null, lastThen: Number(last) }
      },
      after: async (_, context) => void (await context.next()),
    },
  }),
})

interface Guest extends SoftDeletable, Adds<typeof Ticketed> {}
@Entity('ticketed_guests')
@SoftDelete()
@Ticketed()
class Guest {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 20 }) name!: string
}

class GuestService extends ModelService(Guest) {}

describeOnEngines("Proposals of a third party's trait", (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let guests: GuestService

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Guest], synchronize: true }).initialize()
    guests = new GuestService({ dataSource, logger: silentLogger })
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(async () => {
    await dataSource.query('DELETE FROM ticketed_guests')
    await dataSource.query('DELETE FROM plinth_counters')
    ran.length = 0
  })

  const tickets = async () => (await guests.list()).unwrap().map(({ ticket }) => ticket)
  const counted = async (): Promise<number> => {
    const [counter] = await dataSource.query<{ n: number | string }[]>('SELECT * FROM plinth_counters')
    return Number(counter?.n)
  }
  const isPostgres = engine.name === 'postgres'

  it('make of answers what is written, and count it', async () => {
    const made = (await guests.create({ name: 'Ada' })).unwrap()
    expect(made).to.include({ ticket: 1, lastThen: null })
    await guests.create({ name: 'Bob' })
    expect([ran, await tickets(), await counted()]).to.deep.equal([['proposes', 'proposes'], [1, 2], 2])
    ran.length = 0
    await guests.delete(made.id)
    expect(ran).to.deep.equal([isPostgres ? 'proposes to leave' : 'looks at who leaves'])
    const hidden = await dataSource.getRepository(Guest).unscoped().findById(made.id)
    expect(await counted()).to.equal(3)
    expect(hidden).to.include({ ticket: null, lastThen: 2 })
    ran.length = 0
    expect((await guests.restore(made.id)).success).to.equal(true)
    expect(ran).to.deep.equal([isPostgres ? 'proposes again' : 'looks'])
    expect([await tickets(), await counted()]).to.deep.equal([[3, 2], 4])
  })

  it('are not made where the rule has to look', async () => {
    for (let number = 1; number <= 10; number += 1) await guests.create({ name: `${number}` })
    expect(await tickets()).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(ran.filter((one) => one === 'looks')).to.have.length(2)
    expect(await counted()).to.equal(10)
  })

  it('of several rows are left to the rule, which sees them together', async () => {
    expect((await guests.createMany([{ name: 'Ada' }, { name: 'Bob' }])).success).to.equal(true)
    expect((await tickets()).toSorted((a, b) => Number(a) - Number(b))).to.deep.equal([1, 2])
  })

  it('never give a number twice, however many come at once', async () => {
    const made = await Promise.all(Array.from({ length: 24 }, (_, index) => guests.create({ name: `${index}` })))
    expect(made.every(({ success }) => success)).to.equal(true)
    const expected = Array.from({ length: 24 }, (_, index) => index + 1)
    expect((await tickets()).toSorted((a, b) => Number(a) - Number(b))).to.deep.equal(expected)
    expect(await counted()).to.equal(24)
  })
})
