import { expect } from 'chai'
import { Entity, PrimaryColumn } from 'typeorm'
import {
  type Adds,
  column,
  createDataSource,
  defineTrait,
  increment,
  type ModelDataSource,
  type ValidationError,
} from '../../../src/index.js'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { failure } from './library.js'

const positive = (value: unknown) => (Number(value) > 0 ? [] : [{ code: 'min', message: 'must be at least 1' }])

const Stocked = defineTrait({
  name: 'Stocked',
  defaults: {},
  columns: () => ({ quantity: column.integer({ default: 0 }), note: column.json({ object: true, default: {} }) }),
  inputs: () => ({
    put: { by: column.integer({ check: positive, default: 1 }) },
    describe: { note: column.json<Readonly<Record<string, unknown>>>({ object: true }) },
    tag: {
      tags: column.json({
        check: (value) => (Array.isArray(value) ? [] : [{ pointer: '#/0', code: 'list', message: 'must be a list' }]),
      }),
    },
  }),
  verbs: () => ({
    put: { set: ({ input }) => ({ quantity: increment(input.by) }) },
    describe: { set: ({ input }) => ({ note: input.note }) },
    tag: { set: ({ input }) => ({ note: { tags: input.tags } }) },
  }),
})

@Stocked()
@Entity()
class Bin {
  @PrimaryColumn()
  id!: number
}
interface Bin extends Adds<typeof Stocked> {}

const errors = async (work: Promise<unknown>) => ((await failure(work)) as ValidationError).errors

describeOnEngines('Inputs of verbs that say what values they take', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Bin] }).initialize()
    await dataSource.synchronize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(async () => {
    await dataSource.query('DELETE FROM bin')
    await dataSource.getRepository(Bin).insert([{ id: 1 }, { id: 2 }])
  })

  it('refuse others, and write nothing', async () => {
    const bins = dataSource.getRepository(Bin)
    const min = [{ pointer: '#/by', code: 'min', message: 'must be at least 1' }]
    expect(await errors(bins.put(1, { by: -1 }))).to.deep.equal(min)
    expect(await errors(dataSource.atomic(() => bins.put([1, 2], { by: 0 })))).to.deep.equal(min)
    expect(await errors(bins.describe(1, { note: [] as never }))).to.deep.equal([
      { pointer: '#/note', code: 'object', message: 'must be an object' },
    ])
    expect(await errors(bins.tag(1, { tags: 'x' }))).to.deep.equal([
      { pointer: '#/tags/0', code: 'list', message: 'must be a list' },
    ])
    expect(await bins.sum('quantity')).to.equal(0)
    await bins.put([1, 2], {} as never)
    await bins.put(1, { by: 4 })
    await bins.tag(2, { tags: ['x'] })
    expect((await bins.find({ order: { id: 'ASC' } })).map(({ quantity, note }) => [quantity, note])).to.deep.equal([
      [5, {}],
      [1, { tags: ['x'] }],
    ])
  })
})
