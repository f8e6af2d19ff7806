import { expect } from 'chai'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import {
  type Adds,
  all,
  column,
  counterKey,
  createDataSource,
  defineTrait,
  eq,
  isNull,
  type ModelDataSource,
  not,
} from '../../../src/index.js'
import { expectQueries } from '../../../testing/index.js'
import { type Database, describeOnEngines } from '../../support/engines.js'

const order = [{ property: 'turn', direction: 'ASC' as const }]
const isQueued = not(isNull('turn'))

/** Rows that are brought to the front of those with the same desk. */
const Queued = defineTrait({
  name: 'Queued',
  defaults: {},
  columns: () => ({ turn: column.integer({ nullable: true, managed: true }) }),
  verbs: () => ({
    hurry: {
      locks: (row) => counterKey(row['desk']),
      each: async ({ before }, { table }) => {
        const [first] = await table.rows(all(eq('desk', String(before['desk'])), isQueued), { order, limit: 1 })
        return { turn: Number(first?.['turn'] ?? 1) - 1 }
      },
      foresight: {
        asks: (row) => [{ property: 'turn', where: all(eq('desk', row['desk'] as string), isQueued), order }],
        values: (row, [first]) => (row['desk'] === 'closed' ? undefined : { turn: Number(first ?? 1) - 1 }),
      },
    },
  }),
})

@Entity()
@Queued()
class Guest {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'varchar', length: 10 })
  desk!: string
}
interface Guest extends Adds<typeof Queued> {}

describeOnEngines('Verbs with foresight', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  const ids = Array.from({ length: 16 }, (_, id) => id)
  const guests = () => dataSource.getRepository(Guest)

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Guest] }).initialize()
    await dataSource.synchronize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(async () => {
    await guests().deleteAll()
    await guests().insert(ids.map((id) => ({ id, desk: id < 8 ? 'left' : id < 12 ? 'right' : 'closed' })))
  })

  it('write one row by three statements, in units of several writes too', async () => {
    await expectQueries(dataSource, () => guests().hurry(1), 3)
    const work = () => dataSource.atomic(async () => [await guests().hurry(2), await guests().hurry(8)])
    const receipts = await expectQueries(dataSource, work, 6)
    expect(receipts.map(({ affected }) => affected)).to.deep.equal([1, 1])
    const turns = await guests().find({ order: { id: 'ASC' } })
    expect([1, 2, 8].map((id) => turns[id]!.turn)).to.deep.equal([0, -1, 0])
  })

  it('look closer where foresight gives nothing, and where several rows are named', async () => {
    await guests().hurry(12)
    await guests().hurry([13, 3])
    const turns = await guests().find({ order: { id: 'ASC' } })
    expect([12, 13, 3].map((id) => turns[id]!.turn)).to.deep.equal([0, -1, 0])
    const missing = await guests()
      .hurry(99)
      .catch((error: { readonly errorCode: string }) => error.errorCode)
    expect(missing).to.equal('NOT_FOUND')
  })

  it('give nobody the answer of another, however many ask at once', async () => {
    const rounds = [0, 1, 2, 3]
    await Promise.all(
      ids.slice(0, 8).map(async (id) => {
        for (const _ of rounds) await guests().hurry(id)
      }),
    )
    const turns = (await guests().find()).flatMap(({ desk, turn }) => (desk === 'left' ? [turn!] : []))
    expect(new Set(turns).size).to.equal(8)
    expect(Math.min(...turns)).to.equal(1 - 8 * rounds.length)
  })
})
