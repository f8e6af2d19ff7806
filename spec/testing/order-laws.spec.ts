import { expect } from 'chai'
import { Column, Entity } from 'typeorm'
import {
  type HasRank,
  Orderable,
  type Ordered,
  orderable,
  Ranked,
  ranked,
  type SoftDeletable,
  SoftDelete,
  type UuidIdentified,
  UuidPk,
} from '../../decorators/index.js'
import {
  type Adds,
  type AnyClass,
  createDataSource,
  lawsOf,
  type ModelDataSource,
  Registry,
  type RowData,
} from '../../src/index.js'
import { type BehaviourOptions, checkBehaviours } from '../../testing/index.js'
import { type Database, describeOnEngines } from '../support/engines.js'

@Entity()
@UuidPk()
@SoftDelete()
@Orderable({ within: ['list'] })
class Card {
  @Column({ type: 'varchar', length: 10 })
  list!: string
}
interface Card extends UuidIdentified, SoftDeletable, Ordered {}

@Entity()
@UuidPk()
@SoftDelete()
@Ranked({ within: ['list'] })
class Note {
  @Column({ type: 'varchar', length: 10 })
  list!: string
}
interface Note extends UuidIdentified, SoftDeletable, HasRank {}

@Entity()
@UuidPk()
@SoftDelete()
@Orderable({ within: ['list'], onHide: 'keep' })
class Seat {
  @Column({ type: 'varchar', length: 10 })
  list!: string
}
interface Seat extends UuidIdentified, SoftDeletable, Ordered {}

const Shelf = orderable('shelf')
const Wish = ranked('wish')

@Entity()
@UuidPk()
@SoftDelete()
@Shelf({ within: ['list'] })
@Wish()
class Book {
  @Column({ type: 'varchar', length: 10 })
  list!: string
}
interface Book extends UuidIdentified, SoftDeletable, Adds<typeof Shelf>, Adds<typeof Wish> {}

type Inputs = NonNullable<BehaviourOptions['inputs']>

/** What the verbs of orders are given; those of others are random ids, which stand in no list. */
const inputsOf = (as: string): Inputs => {
  const inputs: Inputs = {
    moveTo: (fc) => fc.record({ position: fc.integer({ min: -4, max: 6 }) }),
    moveBefore: (fc) => fc.record({ id: fc.uuid() }),
    moveAfter: (fc) => fc.record({ id: fc.uuid() }),
    swap: (fc) => fc.record({ id: fc.uuid() }),
    moveUp: (fc) => fc.record({ by: fc.constantFrom(null, 0, 1, 2) }),
    moveDown: (fc) => fc.record({ by: fc.constantFrom(null, 0, 1, 2) }),
    moveToTop: (fc) => fc.constant({}),
    moveToBottom: (fc) => fc.constant({}),
    moveToList: (fc) =>
      fc.record({
        list: as === 'Wish' ? fc.constant({}) : fc.record({ list: fc.constantFrom('a', 'b') }),
        position: fc.constantFrom(null, 1, 2),
      }),
    reorder: (fc) => fc.constant({}),
    removeFromList: (fc) => fc.constant({}),
  }
  return Object.fromEntries(Object.entries(inputs).map(([verb, make]) => [verb + as, make]))
}

const make: BehaviourOptions['make'] = (fc) => fc.record({ list: fc.constantFrom('a', 'b') })
const refusals = ['NOT_IN_LIST', 'NOT_A_PERMUTATION', 'ONE_ROW']
const often = Number(process.env['PLINTH_BEHAVIOUR_RUNS'] ?? 1)

const checked: readonly (readonly [entity: AnyClass, inputs: Inputs])[] = [
  [Card, inputsOf('')],
  [Note, inputsOf('')],
  [Seat, inputsOf('')],
  [Book, { ...inputsOf('Shelf'), ...inputsOf('Wish') }],
]

describeOnEngines('Checking what orders promise', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    const entities = checked.map(([entity]) => entity)
    dataSource = await createDataSource({ ...database.options, entities, synchronize: true }).initialize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  for (const [entity, inputs] of checked) {
    const check = (options: Partial<BehaviourOptions>) =>
      checkBehaviours(entity, { dataSource, make, inputs, refusals, ...options, runs: (options.runs ?? 6) * often })

    it(`finds nothing wrong with a ${entity.name}`, () => check({ steps: 16 }))

    it(`nor where eight clients write a ${entity.name} at once`, () => check({ clients: 8, runs: 2, steps: 4 }))
  }
})

const row = (place: unknown, more: RowData = {}): RowData => ({
  list: 'a',
  predecessor: null,
  hidden: false,
  position: place,
  rank: place,
  ...more,
})

describe('The laws of orders', () => {
  const registry = new Registry([Card, Note, Seat])
  /** The problems that are found with rows, of which some are hidden. */
  const problems = (entity: AnyClass, ...stored: readonly RowData[]) =>
    lawsOf(registry.model(entity))
      .filter((law) => !law.holds({ stored, visible: stored.filter(({ hidden }) => hidden !== true) }))
      .map(({ problem }) => problem)

  const numbers = 'a list is not numbered 1, 2, 3'
  const ranks = 'rows of a list have the same rank, or one that is not written as ranks are'
  const hidden = 'a hidden row stands in a list'
  const memory = 'a row that stands in a list remembers where it was'

  it('hold of lists that are in order, each for itself, and of rows in none', () => {
    expect(problems(Card, row(2), row(1), row(1, { list: 'b' }), row(null), row(null, { hidden: true }))).to.deep.equal(
      [],
    )
    expect(problems(Note, row('i0'), row('i0z'), row('i0', { list: 'b' }), row(null))).to.deep.equal([])
    expect(problems(Seat, row(1, { hidden: true }), row(2))).to.deep.equal([])
  })

  const wrong: readonly (readonly [what: string, entity: AnyClass, rows: readonly RowData[], problem: string])[] = [
    ['a gap', Card, [row(1), row(3)], numbers],
    ['two rows at one position', Card, [row(1), row(1)], numbers],
    ['a list that begins elsewhere', Card, [row(1), row(2, { list: 'b' })], numbers],
    ['a hidden row with a position', Card, [row(1, { hidden: true })], hidden],
    ['a row that remembers', Card, [row(1, { predecessor: '{}' })], memory],
    ['a gap of a hidden row that keeps its place', Seat, [row(1), row(3, { hidden: true })], numbers],
    ['two rows of one rank', Note, [row('i0'), row('i0')], ranks],
    ['a rank in capitals', Note, [row('I0')], ranks],
    ['a rank that no move gives', Note, [row('i00')], ranks],
    ['a rank that is too long', Note, [row(`i${'0'.repeat(63)}1`)], ranks],
    ['a hidden row with a rank', Note, [row('i0', { hidden: true })], hidden],
  ]
  for (const [what, entity, rows, problem] of wrong) {
    it(`do not hold of ${what}`, () => expect(problems(entity, ...rows)).to.deep.equal([problem]))
  }
})
