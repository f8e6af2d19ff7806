import { expect } from 'chai'
import { Column, Entity } from 'typeorm'
import {
  Sluggable,
  type Slugged,
  type SoftDeletable,
  SoftDelete,
  type UuidIdentified,
  UuidPk,
} from '../../decorators/index.js'
import {
  type Adds,
  type AnyClass,
  all,
  column,
  counterKey,
  createDataSource,
  defineTrait,
  eq,
  isNull,
  type Law,
  type ModelDataSource,
  not,
  type Operand,
  type RowData,
  type RowsInSight,
} from '../../src/index.js'
import { type BehaviourOptions, checkBehaviours } from '../../testing/index.js'
import { type Database, describeOnEngines } from '../support/engines.js'

const inList = (row: RowData) => all(eq('list', row['list'] as Operand), not(isNull('position')))
const lock = (row: RowData): string => counterKey(row['list'])

const lists = (rows: readonly RowData[]): ReadonlyMap<unknown, readonly number[]> =>
  new Map(
    [...new Set(rows.map((row) => row['list']))].map((list) => [
      list,
      rows.filter((row) => row['list'] === list).map(({ position }) => Number(position)),
    ]),
  )

/** New rows stand below those that were in their list, and are there still. */
function comesLast({ visible }: RowsInSight, earlier: RowsInSight | undefined): boolean {
  if (!earlier) return true
  const wasThere = (row: RowData) => earlier.visible.some(({ id, list }) => id === row['id'] && list === row['list'])
  return visible.every(
    (row) =>
      wasThere(row) ||
      visible.every(
        (other) =>
          other['list'] !== row['list'] || !wasThere(other) || Number(other['position']) < Number(row['position']),
      ),
  )
}

const laws: readonly Law[] = [
  {
    problem: 'lists are not numbered 1, 2, 3',
    holds: ({ visible }) =>
      [...lists(visible).values()].every((list) =>
        [...list].sort((a, b) => a - b).every((n, index) => n === index + 1),
      ),
  },
  {
    problem: 'a hidden row has a position',
    holds: ({ visible, stored }) => stored.every((row) => visible.includes(row) || row['position'] === null),
  },
  { problem: 'a new row is not the last', holds: comesLast },
]

/** What may be wrong with a trait that numbers the rows of lists. */
type Mistake =
  | 'leaves gaps'
  | 'puts new rows first'
  | 'keeps positions'
  | 'knows one list'
  | 'counts hidden rows'
  | 'moves nobody away'
  | 'writes others'
  | 'removes others'

/** A trait that numbers the rows of lists, 1, 2, 3, or does so wrongly. */
const numbered = (mistake?: Mistake) =>
  defineTrait({
    name: 'Numbered',
    defaults: {},
    columns: () => ({
      list: column.string({ length: 10, writable: true }),
      position: column.integer({ nullable: true, managed: true }),
    }),
    indexes: () => [{ properties: ['list', 'position'], unique: 'visible' as const }],
    laws: () => laws,
    rules: () => ({
      enter: {
        sets: ['position'],
        by: mistake === 'knows one list' ? [] : ['list'],
        locks: lock,
        each: async ({ after, index }, { table }) => {
          if (mistake === 'puts new rows first') {
            await table.shift('position', 1, inList(after), 1)
            return { position: 1 }
          }
          const counted = mistake === 'counts hidden rows' ? eq('list', after.list) : inList(after)
          return { position: (await table.count(counted)) + 1 + index }
        },
      },
      leave: {
        sets: ['position'],
        by: mistake === 'knows one list' ? [] : ['list'],
        locks: lock,
        each: () => (mistake === 'keeps positions' ? {} : { position: null }),
        after: async ([departure], { table }) => {
          if (!departure || mistake === 'leaves gaps') return
          if (mistake === 'writes others') await table.update({ text: 'changed' }, inList(departure.before))
          if (mistake === 'removes others') await table.remove(inList(departure.before))
          await table.renumber('position', inList(departure.before))
        },
      },
    }),
    verbs: () => ({
      toTop: {
        locks: lock,
        each: async ({ before }, { table }) => {
          if (before.position === null || before.position === 1) return null
          await table.update({ position: null }, table.identify(before))
          if (mistake !== 'moves nobody away') {
            await table.shift('position', 1, inList(before), 1, before.position - 1)
          }
          return { position: 1 }
        },
      },
    }),
  })

const Numbered = numbered()

/** An entity with the trait as it should be, or with a mistake. */
function entityWith(mistake?: Mistake): AnyClass {
  @Entity(`item_${(mistake ?? 'right').replaceAll(' ', '_')}`)
  @UuidPk()
  @SoftDelete()
  class Item {
    @Column({ type: 'varchar', length: 10 })
    text!: string
  }
  interface Item extends UuidIdentified, SoftDeletable, Adds<typeof Numbered> {}
  numbered(mistake)()(Item)
  return Item
}

@Entity()
@UuidPk()
@SoftDelete()
@Sluggable({ from: 'title', onUpdate: 'regenerate' })
class Page {
  @Column({ type: 'varchar', length: 20 })
  title!: string
}
interface Page extends UuidIdentified, SoftDeletable, Slugged {}

const mistakes: readonly Mistake[] = [
  'leaves gaps',
  'puts new rows first',
  'keeps positions',
  'knows one list',
  'counts hidden rows',
  'moves nobody away',
  'writes others',
  'removes others',
]

const item: BehaviourOptions['make'] = (fc) =>
  fc.record({ list: fc.constantFrom('a', 'b'), text: fc.constantFrom('x', 'y') })
const page: BehaviourOptions['make'] = (fc) =>
  fc.record({ title: fc.constantFrom('One', 'one', 'one 2', 'Two', '---') })

/** How many times as many sequences are played as every day. */
const often = Number(process.env['PLINTH_BEHAVIOUR_RUNS'] ?? 1)

describeOnEngines('Checking what traits promise of all rows', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  const right = entityWith()
  const wrong = new Map(mistakes.map((mistake) => [mistake, entityWith(mistake)]))
  const check = (entity: AnyClass, options: Omit<BehaviourOptions, 'dataSource'>) =>
    checkBehaviours(entity, { dataSource, steps: 10, ...options, runs: (options.runs ?? 5) * often })

  before(async () => {
    database = await engine.create()
    const entities = [right, ...wrong.values(), Page]
    dataSource = await createDataSource({ ...database.options, entities, synchronize: true }).initialize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  it('finds nothing wrong with lists that are right', () => check(right, { make: item }))

  it('nor where eight clients write at once', () => check(right, { make: item, clients: 8, runs: 2, steps: 4 }))

  it('finds nothing wrong with slugs', () => check(Page, { make: page, refusals: ['SLUG_TAKEN'] }))

  it('nor where eight clients write at once', () => check(Page, { make: page, clients: 8, runs: 2, steps: 4 }))

  // What finds them knows no engine, so every day one will do.
  for (const mistake of engine.name === 'sqlite' || often > 1 ? mistakes : []) {
    it(`finds that a trait ${mistake}`, async () => {
      const found = await check(wrong.get(mistake)!, { make: item, runs: 400, steps: 12, seed: 1 }).then(
        () => undefined,
        (error: Error) => error.message,
      )
      expect(found).to.match(/seed: -?\d+, path: "/)
    })
  }

  it('finds with eight clients that a trait writes and removes rows that nobody named', async () => {
    for (const mistake of ['writes others', 'removes others'] as const) {
      const error = await check(wrong.get(mistake)!, { make: item, clients: 8, runs: 60, steps: 6 }).then(
        () => undefined,
        (failure: Error) => failure,
      )
      expect(`${error?.message}${(error?.cause as Error | undefined)?.message}`).to.match(/nobody named|is lost/)
    }
  })
})
