import { expect } from 'chai'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import {
  type Adds,
  column,
  counterKey,
  createDataSource,
  defineTrait,
  eq,
  type ModelDataSource,
  ValidationError,
} from '../../../src/index.js'
import { describeOnEngines } from '../../support/engines.js'

const told: string[] = []

/** Numbers the rows of each shelf in the order in which they came, by statements that serve all shelves of a call. */
const Numbered = defineTrait({
  name: 'Numbered',
  defaults: {},
  columns: () => ({ number: column.integer({ nullable: true }), open: column.boolean({ default: true }) }),
  rules: () => ({
    enter: {
      by: ['shelf'],
      locks: (row) => counterKey(row['shelf']),
      together: async (groups, context) => {
        const shelves = groups.map(([first]) => first!.after)
        const before = await context.table.greatest(
          'number',
          shelves.map((row) => eq('shelf', String(row['shelf']))),
        )
        const steps = groups.map((group, index) => ({
          row: shelves[index]!,
          key: counterKey(shelves[index]!['shelf']),
          count: group.length,
        }))
        const numbers = await context.nextNumbers(steps)
        told.push(groups.map((group, place) => `${group.length} after ${Number(before[place])}`).join())
        return groups.map((group, place) =>
          group.map((_, index) => ({ number: numbers[place]! - group.length + 1 + index })),
        )
      },
      settled: (groups) => void told.push(`stored ${groups.map(([first]) => String(first!.after['shelf'])).join()}`),
    },
  }),
  verbs: () => ({
    close: {
      named: async ({ ids, rows }) => {
        if (new Set(ids).size < ids.length) throw new ValidationError('Each once, please.')
        if (rows.includes(undefined)) throw new ValidationError('Somebody is missing.')
      },
      together: async (changes) =>
        changes.map(({ before, index }) => (before.open ? { open: false, number: 10 * index } : null)),
      answer: async (rows) => ({ numbers: rows.map(({ number }) => number) }),
    },
  }),
})

@Entity('boxes')
@Numbered()
class Box {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'varchar', length: 10 })
  shelf!: string
}
interface Box extends Adds<typeof Numbered> {}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1)

describeOnEngines('Rules that look at all rows of a call', (engine) => {
  let dataSource: ModelDataSource
  let close: () => Promise<void>

  before(async () => {
    const database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Box], synchronize: true }).initialize()
    close = async () => {
      await dataSource.destroy()
      await database.drop()
    }
  })
  after(() => close?.())
  beforeEach(() => told.splice(0))

  const boxes = () => dataSource.getRepository(Box)
  const onShelves = (first: number, shelves: string) =>
    boxes().insert(shelves.split('').map((shelf, index) => ({ id: first + index, shelf })))
  const numbers = async (first: number, last: number) => {
    const rows = await boxes().find({ order: { id: 'ASC' } })
    return rows.filter(({ id }) => id >= first && id <= last).map(({ number }) => number)
  }

  it('are asked once about all groups, and told once that they are written', async () => {
    await onShelves(1, 'abac')
    await onShelves(5, 'cad')
    expect(told).to.deep.equal([
      '2 after 0,1 after 0,1 after 0',
      'stored a,b,c',
      '1 after 1,1 after 2,1 after 0',
      'stored c,a,d',
    ])
    expect(await numbers(1, 7)).to.deep.equal([1, 1, 2, 1, 2, 3, 1])
  })

  it('give every row its own number when many clients write at once', async () => {
    await Promise.all(
      Array.from({ length: 12 }, (_, client) => onShelves(100 + 3 * client, client % 2 ? 'xyx' : 'yxx')),
    )
    const rows = (await boxes().find()).filter(({ id }) => id >= 100)
    const of = (shelf: string) => rows.filter((row) => row.shelf === shelf).map(({ number }) => number!)
    expect(of('x').sort((a, b) => a - b)).to.deep.equal(upTo(24))
    expect(of('y').sort((a, b) => a - b)).to.deep.equal(upTo(12))
  })

  it('ask a question of more groups than one statement has', async () => {
    const rows = Array.from({ length: 450 }, (_, index) => ({ id: 1000 + index, shelf: `s${index % 225}` }))
    await boxes().insert(rows)
    expect(new Set(await numbers(1000, 1224))).to.deep.equal(new Set([1]))
    expect(new Set(await numbers(1225, 1449))).to.deep.equal(new Set([2]))
  })

  it('of verbs see what was named, give each row its own values, and answer', async () => {
    await onShelves(2000, 'ppp')
    const receipt = await boxes().close([2002, 2000])
    expect(receipt.answer).to.deep.equal({ numbers: [0, 10] })
    expect(await numbers(2000, 2002)).to.deep.equal([10, 2, 0])
    const refused = async (ids: number[]) =>
      boxes()
        .close(ids)
        .then(String, (error: Error) => error.message)
    expect(await refused([2001, 2001])).to.equal('Each once, please.')
    expect(await refused([2001, 9999])).to.equal('Somebody is missing.')
    expect(await numbers(2001, 2001)).to.deep.equal([2])
  })
})
