import { expect } from 'chai'
import { Entity, PrimaryColumn } from 'typeorm'
import {
  type Adds,
  atLeast,
  column,
  createDataSource,
  defineTrait,
  increment,
  incrementPath,
  lt,
  type ModelDataSource,
  type ModelRepository,
  mergePatch,
  setPath,
  unsetPath,
  ValidationError,
} from '../../../src/index.js'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { failure } from './library.js'

const Tallied = defineTrait({
  name: 'Tallied',
  defaults: {},
  columns: () => ({
    count: column.integer({ nullable: true }),
    most: column.float({ nullable: true }),
    last: column.timestamp({ nullable: true }),
    steps: column.integer({ default: 0 }),
    settings: column.json<Record<string, unknown>>({ default: {} }),
  }),
  scopes: () => ({ few: { where: lt('steps', 3), default: true, locked: true } }),
  inputs: () => ({
    tally: { by: column.integer(), most: column.float(), last: column.timestamp() },
    configure: { patch: column.json<Record<string, unknown>>() },
    place: { value: column.json() },
  }),
  verbs: () => ({
    tally: {
      set: ({ input }) => ({ count: increment(input.by), most: atLeast(input.most), last: atLeast(input.last) }),
    },
    configure: { set: ({ input }) => ({ settings: mergePatch(input.patch) }) },
    place: { set: ({ input }) => ({ settings: setPath(['a', 'b'], input.value) }) },
    step: { set: () => ({ steps: increment(1) }) },
    remember: { each: ({ before }) => ({ count: increment(before.count === null ? 10 : 1) }) },
  }),
})

@Entity()
@Tallied()
class Tally {
  @PrimaryColumn()
  id!: number
}
interface Tally extends Adds<typeof Tallied> {}

describeOnEngines('Expressions as values', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let tallies: ModelRepository<Tally>
  const [early, late] = [new Date('2024-02-29T12:00:00.000Z'), new Date('2024-02-29T12:00:00.001Z')]

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Tally] }).initialize()
    await dataSource.synchronize()
    tallies = dataSource.getRepository(Tally)
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(async () => {
    await dataSource.query('DELETE FROM tally')
    await tallies.insert({ id: 1 })
  })

  const find = () => tallies.findOneByOrFail({ id: 1 })
  const tally = (by: number, most: number, last: Date) => tallies.tally(1, { by, most, last })

  it('start from nothing', async () => {
    await tally(2, -0.5, early)
    expect(await find()).to.deep.include({ count: 2, most: -0.5, last: early })
  })

  it('go on from what is stored, and never back where they say so', async () => {
    await tally(2, 1.5, late)
    await tally(-5, 1.25, early)
    expect(await find()).to.deep.include({ count: -3, most: 1.5, last: late })
    await tally(0, 2, late)
    expect(await find()).to.deep.include({ count: -3, most: 2, last: late })
  })

  it('lose nothing of what is written at once', async () => {
    await Promise.all(Array.from({ length: 25 }, (_, index) => tally(1, index, early)))
    await Promise.all(
      Array.from({ length: 10 }, (_, index) => tallies.configure(1, { patch: { [`k${index}`]: index, gone: null } })),
    )
    await Promise.all(Array.from({ length: 10 }, () => tallies.remember(1)))
    const { count, most, settings } = await find()
    expect([count, most, Object.keys(settings).length]).to.deep.equal([35, 24, 10])
  })

  it('never take a row out of a locked scope', async () => {
    await tallies.step(1)
    await tallies.step(1)
    expect((await failure(tallies.step(1))).errorCode).to.equal('OUTSIDE_SCOPE')
    expect((await find()).steps).to.equal(2)
  })

  it('are values of updates as well', async () => {
    await tallies.update(1, { count: increment(3) as never })
    await tallies.update({ count: 3 }, { count: increment(0.5 * 4) as never, settings: mergePatch({ a: 1 }) as never })
    expect(await find()).to.deep.include({ count: 5, settings: { a: 1 } })
  })

  it('write a member at a path, unless something else stands in the way', async () => {
    await tallies.place(1, { value: null })
    expect((await find()).settings).to.deep.equal({ a: { b: null } })
    await tallies.configure(1, { patch: { a: [1] } })
    expect((await failure(tallies.place(1, { value: 1 }))).errorCode).to.equal('NOT_AN_OBJECT')
    expect((await find()).settings).to.deep.equal({ a: [1] })
  })

  it('are written in one statement where rows need not be read', async () => {
    const statements: string[] = []
    const { logger } = dataSource
    const listen = { ...logger, logQuery: (query: string) => void statements.push(query) }
    Object.assign(dataSource, { logger: Object.assign(Object.create(logger) as object, listen) })
    await tally(1, 1, early)
    await tallies.configure(1, { patch: { a: { b: null, c: [null] }, d: null } })
    Object.assign(dataSource, { logger })
    // MariaDB's own merge patch loses members.
    const patch = engine.name === 'mariadb' ? ['START', 'SELECT', 'UPDATE', 'COMMIT'] : ['UPDATE']
    expect(statements.map((statement) => statement.split(' ')[0])).to.deep.equal(['UPDATE', ...patch])
    expect((await find()).settings).to.deep.equal({ a: { c: [null] } })
  })
})

describe('What expressions are made of', () => {
  const refused: Readonly<Record<string, () => unknown>> = {
    'an increment that is no number': () => increment(Number.NaN),
    'a patch that is a list': () => mergePatch([] as never),
    'a path without names': () => setPath([], 1),
    'a path that is text': () => unsetPath('a' as never),
    'an increment without end': () => incrementPath(['a'], Infinity),
  }
  for (const [what, make] of Object.entries(refused)) {
    it(`is never ${what}`, () => {
      expect(make).to.throw(ValidationError)
    })
  }
})
