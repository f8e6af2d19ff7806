import { expect } from 'chai'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import {
  type Adds,
  column,
  contextVariable,
  counterKey,
  createDataSource,
  defineTrait,
  eq,
  type ModelDataSource,
  matching,
  type RowData,
} from '../../../src/index.js'
import { describeOnEngines } from '../../support/engines.js'
import { failure } from './library.js'

const editor = contextVariable<string>('editor')

/** A way to hide rows that nothing else knows of. */
const Draftable = defineTrait({
  name: 'Draftable',
  defaults: {},
  columns: () => ({ draft: column.boolean({ default: false }) }),
  scopes: () => ({ published: { where: eq('draft', false), default: true } }),
  verbs: () => ({
    publish: { without: ['published'], set: () => ({ draft: false }) },
    withdraw: { set: () => ({ draft: true }) },
  }),
})

/** Rows of an editor, whom the context knows: no event of visibility. */
const Edited = defineTrait({
  name: 'Edited',
  defaults: {},
  columns: () => ({ editor: column.string({ length: 10, default: 'ada' }) }),
  scopes: () => ({ mine: { where: eq('editor', editor), default: true, locked: true } }),
})

const heard: string[] = []
const text = (row: RowData | null) => (row ? [row['id'], row['shelf']].join('') : 'none')

/** Numbers rows as they enter a shelf, and keeps a journal in a table of its own. */
const Registered = defineTrait({
  name: 'Registered',
  defaults: { by: ['shelf'] as readonly string[] },
  columns: () => ({ number: column.integer({ nullable: true }) }),
  tables: () => ({
    journal: { number: column.integer({ primary: true }), shelf: column.string({ primary: true, length: 10 }) },
  }),
  rules: ({ by }) => ({
    enter: {
      by,
      locks: (row) => counterKey(row['shelf']),
      each: async ({ before, after, index, count }, context) => {
        heard.push(`enter ${text(before)}>${text(after)} ${index}/${count}`)
        const number = await context.next()
        await context.companion('journal').insert({ number, shelf: after['shelf'] })
        return { number }
      },
      after: (entries, context) => {
        heard.push(`entered ${entries.map(({ after }) => text(after)).join()}`)
        context.afterCommit(() => void heard.push('committed'))
      },
    },
    leave: {
      by,
      locks: (row) => counterKey(row['shelf']),
      each: async ({ before, after }, context) => {
        heard.push(`leave ${text(before)}>${text(after)}`)
        if (before['title'] === 'kept') throw new Error('It is kept.')
        await context.companion('journal').remove(matching({ number: before.number!, shelf: String(before['shelf']) }))
        return { number: null }
      },
      after: (departures) => void heard.push(`left ${departures.map(({ before }) => text(before)).join()}`),
    },
  }),
})

@Entity('volumes')
@Draftable()
@Edited()
@Registered()
class Volume {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'varchar', length: 10 })
  shelf!: string

  @Column({ type: 'varchar', length: 20, default: '' })
  title!: string
}
interface Volume extends Adds<typeof Draftable>, Adds<typeof Edited>, Adds<typeof Registered> {}

const as = <T>(name: string, work: () => Promise<T>) => editor.run(name, work)
const news = () => heard.splice(0)

describeOnEngines('Rows that enter and leave', (engine) => {
  let dataSource: ModelDataSource
  let close: () => Promise<void>

  before(async () => {
    const database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Volume] }).initialize()
    await dataSource.synchronize()
    close = async () => {
      await dataSource.destroy()
      await database.drop()
    }
  })
  after(() => close?.())
  beforeEach(async () => {
    for (const table of ['volumes', 'volumes_journal', 'plinth_counters'])
      await dataSource.query(`DELETE FROM ${table}`)
    heard.length = 0
  })

  const volumes = () => dataSource.getRepository(Volume)
  const journal = async () => {
    const rows = await dataSource.query<RowData[]>('SELECT * FROM volumes_journal ORDER BY shelf, number')
    return rows.map(({ shelf, number }) => [shelf, number].join(''))
  }
  const add = (...rows: readonly (readonly [id: number, shelf: string, title?: string])[]) =>
    as('ada', () => volumes().insert(rows.map(([id, shelf, title = '']) => ({ id, shelf, title }))))

  it('are the ones an insert shows, by their groups', async () => {
    await add([1, 'a'], [2, 'b'], [3, 'a'])
    expect(news()).to.deep.equal([
      'enter none>1a 0/2',
      'enter none>3a 1/2',
      'enter none>2b 0/1',
      'entered 1a,3a',
      'entered 2b',
      'committed',
      'committed',
    ])
    expect(await journal()).to.deep.equal(['a1', 'a2', 'b1'])
    await as('ada', () => volumes().insert({ id: 4, shelf: 'a', draft: true }))
    expect(news()).to.deep.equal([])
  })

  it('are the ones that verbs of another trait show and hide', async () => {
    await add([1, 'a'])
    news()
    await as('ada', () => volumes().withdraw(1))
    await as('ada', () => volumes().publish(1))
    expect(news()).to.deep.equal(['leave 1a>1a', 'left 1a', 'enter 1a>1a 0/1', 'entered 1a', 'committed'])
    expect(await as('ada', () => volumes().findOneByOrFail({ id: 1 }))).to.include({ number: 2 })
  })

  it('leave one group and enter another', async () => {
    await add([1, 'a'], [2, 'a'])
    news()
    await as('ada', () => volumes().update({ shelf: 'a' }, { shelf: 'b', title: 't' }))
    expect(news()).to.deep.equal([
      'leave 1a>1b',
      'leave 2a>2b',
      'enter 1a>1b 0/2',
      'enter 2a>2b 1/2',
      'left 1a,2a',
      'entered 1b,2b',
      'committed',
    ])
    expect(await journal()).to.deep.equal(['b1', 'b2'])
    await as('ada', () => volumes().update({ shelf: 'b' }, { shelf: 'b', title: 'u' }))
    await as('ada', () => volumes().update({ shelf: 'b' }, { title: 'v' }))
    expect(news()).to.deep.equal([])
  })

  it('leave by a save, and when they are removed', async () => {
    await add([1, 'a'], [2, 'a'])
    news()
    await as('ada', async () => {
      const [one, two] = await volumes().find({ order: { id: 'ASC' } })
      await volumes().save(Object.assign(one!, { shelf: 'c' }))
      expect(one).to.include({ number: 1 })
      await volumes().remove(two!)
    })
    expect(news()).to.deep.equal([
      'leave 1a>1c',
      'enter 1a>1c 0/1',
      'left 1a',
      'entered 1c',
      'committed',
      'leave 2a>none',
      'left 2a',
    ])
    expect(await journal()).to.deep.equal(['c1'])
  })

  it('keep everything as it was where a rule refuses', async () => {
    await add([1, 'a'], [2, 'a', 'kept'])
    const unit = as('ada', () =>
      dataSource.atomic(async () => {
        expect(await failure(volumes().delete([1, 2]))).to.have.property('message', 'It is kept.')
        return journal()
      }),
    )
    expect(await unit).to.deep.equal(['a1', 'a2'])
  })

  it('count for each context that a locked scope keeps apart', async () => {
    await add([1, 'a'])
    // The journal of this trait does not tell editors apart, so its entries have to go.
    await dataSource.query('DELETE FROM volumes_journal')
    await as('bob', () => volumes().insert({ id: 2, shelf: 'a', editor: 'bob' }))
    await dataSource.query('DELETE FROM volumes_journal')
    await as('bob', () => volumes().insert({ id: 3, shelf: 'a', editor: 'bob' }))
    const counters = await dataSource.query<RowData[]>('SELECT * FROM plinth_counters ORDER BY n')
    expect(counters.map(({ n }) => Number(n))).to.deep.equal([1, 2])
    expect(await journal()).to.deep.equal(['a2'])
  })

  it('have tables that a second synchronization leaves alone', async () => {
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log()
    expect(upQueries.map(({ query }) => query)).to.deep.equal([])
  })
})
