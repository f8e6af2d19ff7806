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
  type ModelDataSource,
  ModelService,
  on,
  silentLogger,
} from '../../../src/index.js'
import { type Database, describeOnEngines } from '../../support/engines.js'

const asked: string[] = []

/** Gives each desk a label of its own, and never again one that was taken back. */
const Labelled = defineTrait({
  name: 'Labelled',
  defaults: {},
  columns: () => ({ label: column.string({ length: 40, default: '', exact: true }) }),
  indexes: () => [{ properties: ['label'], unique: 'visible' }],
  tables: () => ({ taken_back: { label: column.string({ length: 40, primary: true, exact: true }) } }),
  rules: () => ({
    enter: {
      by: ['label'],
      locks: (row) => counterKey(row['room']),
      propose: ({ after }, { visible }) => {
        asked.push('propose')
        if (after['room'] === 'nowhere') return undefined
        if (after['room'] === 'refused') throw new RangeError('A mistake of the trait.')
        const label = `${String(after['room'])} 1`
        return {
          values: { label },
          unless: [{ where: visible(eq('label', label)) }, { companion: 'taken_back', where: all(eq('label', label)) }],
        }
      },
      each: async ({ after }, context) => {
        asked.push('each')
        for (let number = 1; ; number++) {
          const label = `${String(after['room'])} ${number}`
          const isTaken = (await context.table.count(eq('label', label))) > 0
          const isOver = (await context.companion('taken_back').count(eq('label', label))) > 0
          if (!isTaken && !isOver) return { label }
        }
      },
      after: () => void asked.push('after'),
    },
  }),
})

export interface Desk extends Adds<typeof Labelled> {}
@Entity()
@Labelled()
export class Desk {
  @PrimaryColumn({ type: 'int' }) id!: number
  @Column({ length: 20 }) room!: string
}
class DeskService extends ModelService(Desk) {}

describeOnEngines('Values that rules propose', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let service: DeskService

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Desk], synchronize: true }).initialize()
    service = new DeskService({ dataSource, logger: silentLogger })
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(() => void (asked.length = 0))

  const desks = () => dataSource.getRepository(Desk)
  let next = 1
  async function labelOf(room: string): Promise<string> {
    const result = await service.create({ id: next++, room })
    return result.success ? result.data.label : result.errorCode
  }

  const ordinary = ['each', 'after']

  it('are written where the rows they depend on are not there, and nothing else of the rule runs', async () => {
    expect([await labelOf('a'), asked]).to.deep.equal(['a 1', ['propose']])
    asked.length = 0
    expect([await labelOf('a'), asked]).to.deep.equal(['a 2', ['propose', ...ordinary]])
    await dataSource.query("INSERT INTO desk_taken_back (label) VALUES ('b 1')")
    asked.length = 0
    expect([await labelOf('b'), asked]).to.deep.equal(['b 2', ['propose', ...ordinary]])
  })

  it('are none where the rule has nothing to propose', async () => {
    expect([await labelOf('nowhere'), asked]).to.deep.equal(['nowhere 1', ['propose', ...ordinary]])
    const mistake = await service.create({ id: next, room: 'refused' }).catch(String)
    expect(mistake).to.equal('RangeError: A mistake of the trait.')
  })

  it('are not asked for where somebody hears of the row, or a unit of work is running that would wait for locks', async () => {
    await dataSource.atomic(() => labelOf('c'))
    expect(asked.splice(0)).to.deep.equal(engine.name === 'sqlite' ? ['propose'] : ordinary)
    const deaf = dataSource.events.listen(on(Desk, { beforeInsert: () => void asked.push('heard') }))
    await labelOf('c')
    deaf()
    expect(asked).to.deep.equal(['heard', ...ordinary])
    expect((await desks().findBy({ room: 'c' })).map(({ label }) => label)).to.have.members(['c 1', 'c 2'])
  })

  it('are given to one of those who race, and to nobody who comes by another way', async () => {
    const rooms = ['d', 'e', 'f']
    const ways = [
      (room: string) => labelOf(room),
      (room: string) => desks().insert({ id: next++, room }),
      (room: string) => dataSource.atomic(() => labelOf(room)),
    ]
    const writes = Array.from(
      { length: 72 },
      (_, index) => [ways[index % 3]!, rooms[Math.floor(index / 3) % 3]!] as const,
    )
    let started = 0
    const client = async () => {
      for (let one = writes[started++]; one; one = writes[started++]) await one[0](one[1])
    }
    await Promise.all(Array.from({ length: 8 }, client))
    for (const room of rooms) {
      const labels = (await desks().findBy({ room })).map(({ label }) => label)
      expect(labels).to.have.members(Array.from({ length: 24 }, (_, index) => `${room} ${index + 1}`))
    }
  })
})
