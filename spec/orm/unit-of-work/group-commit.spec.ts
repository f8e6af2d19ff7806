import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect } from 'chai'
import Database from 'libsql'
import { createDataSource, increment, type ModelDataSource, type ModelDataSourceOptions } from 'plinth'
import { type Timestamped, Timestamps } from 'plinth/decorators'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import { changeRow } from '../../../src/orm/writes/by-statement/one-row.js'

interface Note extends Timestamped {}
@Entity('grouped_notes')
@Timestamps()
class Note {
  @PrimaryColumn({ type: 'int' }) id!: number
  @Column({ type: 'varchar', length: 40 }) title!: string
  @Column({ type: 'int', default: 0 }) count!: number
  @Column({ type: 'int', nullable: true }) besideId!: number | null
}

const ids = Array.from({ length: 10 }, (_, index) => index + 1)
/** Deferred references are looked at when a transaction is committed; the trigger undoes all of it. */
const schema = `
  CREATE TABLE grouped_notes (
    id integer PRIMARY KEY NOT NULL, title varchar(40) NOT NULL UNIQUE, count integer NOT NULL DEFAULT 0,
    "besideId" integer REFERENCES grouped_notes(id) DEFERRABLE INITIALLY DEFERRED,
    "createdAt" datetime NOT NULL, "updatedAt" datetime NOT NULL
  );
  CREATE TRIGGER undone BEFORE UPDATE ON grouped_notes WHEN NEW.title = 'undone'
  BEGIN SELECT RAISE(ROLLBACK, 'everything is undone'); END;
`

describe('Statements that SQLite commits together', () => {
  let folder: string
  let database: string
  let dataSource: ModelDataSource
  let beside: InstanceType<typeof Database>
  let heard: string[]

  const open = async (options: Partial<ModelDataSourceOptions> = {}): Promise<ModelDataSource> =>
    createDataSource({ type: 'sqlite', database, entities: [Note], ...options } as ModelDataSourceOptions).initialize()
  /** Changes a row by a statement of its own. */
  const change = async (id: number, values: object, by = dataSource) =>
    changeRow(by.getRepository(Note).select() as never, id, values as never)
  /** What another connection sees. */
  const titleOf = (id: number): unknown =>
    (beside.prepare('SELECT title FROM grouped_notes WHERE id = ?').get(id) as { readonly title: unknown }).title
  const countOf = (start: string): number => heard.filter((sql) => sql.startsWith(start)).length

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plinth-'))
    database = join(folder, 'notes.sqlite')
    beside = new Database(database)
    beside.exec(schema)
    dataSource = await open({ proveSchema: false })
    await dataSource.getRepository(Note).insert(ids.map((id) => ({ id, title: `note ${id}` })))
    heard = []
    dataSource.logger.logQuery = (sql) => void heard.push(sql)
  })
  afterEach(async () => {
    if (dataSource?.isInitialized) await dataSource.destroy()
    beside?.close()
    if (folder) await rm(folder, { recursive: true, force: true })
  })

  it('are those of one turn of the event loop, behind the first', async () => {
    const changed = await Promise.all(ids.map((id) => change(id, { title: `changed ${id}` })))
    expect(changed.map((row) => row?.['title'])).to.deep.equal(ids.map((id) => `changed ${id}`))
    expect(heard.map((sql) => sql.split(' ')[0])).to.deep.equal([
      'UPDATE',
      'BEGIN',
      ...ids.slice(1).map(() => 'UPDATE'),
      'COMMIT',
    ])
    expect(ids.map(titleOf)).to.deep.equal(ids.map((id) => `changed ${id}`))
  })

  it('take the first along where the turn before had several', async () => {
    await Promise.all(ids.map((id) => change(id, { count: 1 })))
    await nextTurn()
    heard.length = 0
    await Promise.all(ids.map((id) => change(id, { count: 2 })))
    expect([countOf('BEGIN'), countOf('UPDATE'), countOf('COMMIT')]).to.deep.equal([1, 10, 1])
    expect(heard[0]).to.equal('BEGIN IMMEDIATE')
  })

  it('are told of when they are committed, and not before', async () => {
    const changes = ids.map((id) => change(id, { title: `changed ${id}` }).then(() => titleOf(id)))
    expect([titleOf(1), titleOf(2), titleOf(10)]).to.deep.equal(['changed 1', 'note 2', 'note 10'])
    expect(await Promise.all(changes)).to.deep.equal(ids.map((id) => `changed ${id}`))
  })

  it('fail by themselves', async () => {
    const titles = ['a', 'b', 'a', 'c', 'note 10', 'd', 'e', 'f', 'g']
    const changed = await Promise.all(titles.map((title, index) => change(index + 1, { title })))
    // What is refused has to be looked at: that is somebody else's to tell.
    expect(changed.map((row) => row?.['title'])).to.deep.equal([
      'a',
      'b',
      undefined,
      'c',
      undefined,
      'd',
      'e',
      'f',
      'g',
    ])
    expect(ids.map(titleOf)).to.deep.equal(['a', 'b', 'note 3', 'c', 'note 5', 'd', 'e', 'f', 'g', 'note 10'])
  })

  it('are sent again by themselves where one undoes them all', async () => {
    const titles = ['a', 'b', 'c', 'undone', 'd']
    const changed = await Promise.all(titles.map((title, index) => change(index + 1, { title, count: increment(1) })))
    expect(changed.map((row) => [row?.['title'], row?.['count']])).to.deep.equal([
      ['a', 1],
      ['b', 1],
      ['c', 1],
      [undefined, undefined],
      ['d', 1],
    ])
    expect([1, 2, 3, 4, 5].map(titleOf)).to.deep.equal(['a', 'b', 'c', 'note 4', 'd'])
  })

  it('are each told of their own reference where the commit fails', async () => {
    const changed = await Promise.all([
      change(1, { besideId: 2 }),
      change(2, { besideId: 1, count: increment(1) }),
      change(3, { besideId: 99 }),
      change(4, { besideId: 3, count: increment(1) }),
    ])
    expect(changed.map((row) => row && [row['besideId'], row['count']])).to.deep.equal([
      [2, 0],
      [1, 1],
      undefined,
      [3, 1],
    ])
    const stored = await dataSource.getRepository(Note).find({ order: { id: 'ASC' }, take: 4 })
    expect(stored.map(({ besideId, count }) => [besideId, count])).to.deep.equal([
      [2, 0],
      [1, 1],
      [null, 0],
      [3, 1],
    ])
  })

  it('keep readers and units of work waiting until they are committed', async () => {
    const notes = dataSource.getRepository(Note)
    const changes = ids.map((id) => change(id, { title: `changed ${id}` }))
    const reading = notes.findOneByOrFail({ id: 5 })
    const unit = dataSource.atomic(async () => {
      const { title } = await notes.findOneByOrFail({ id: 6 })
      await notes.update({ id: 6 }, { title: `${title} again` })
    })
    expect((await reading).title).to.equal('changed 5')
    await unit
    expect(titleOf(6)).to.equal('changed 6 again')
    expect((await Promise.all(changes)).length).to.equal(10)
  })

  it('count what many have added at once', async () => {
    await Promise.all(Array.from({ length: 350 }, () => change(1, { count: increment(1) })))
    expect((await dataSource.getRepository(Note).findOneByOrFail({ id: 1 })).count).to.equal(350)
    // A group has a hundred members at most.
    expect(countOf('COMMIT')).to.equal(4)
  })

  it('are seldom tried where each is awaited before the next', async () => {
    for (let count = 1; count <= 100; count += 1) {
      expect((await change(1, { count }))?.['count']).to.equal(count)
    }
    expect(countOf('UPDATE')).to.equal(100)
    expect(countOf('BEGIN')).to.be.within(1, 8)
  })

  for (const groupCommit of [true, false]) {
    it(`let data sources of the process write the same file, with groups of their own: ${groupCommit}`, async () => {
      const other = await open({ proveSchema: false, groupCommit })
      try {
        const both = [dataSource, other]
        // Whoever would have to wait is refused at once.
        for (const source of both) await source.query('PRAGMA busy_timeout = 0')
        for (let round = 1; round <= 3; round += 1) {
          const changes = [0, 1].flatMap((first) =>
            ids.map((id, index) => change(id, { count: increment(1) }, both[(index + first) % 2])),
          )
          // It begins behind them, and those of the other data source are not to be in its way.
          const unit = dataSource.atomic(() =>
            dataSource.getRepository(Note).update({ id: 1 }, { title: `unit ${round}` }),
          )
          expect((await Promise.all(changes)).every((row) => row !== undefined)).to.equal(true)
          await unit
        }
        const stored = await other.getRepository(Note).find({ order: { id: 'ASC' } })
        expect(stored.map(({ count }) => count)).to.deep.equal(ids.map(() => 6))
        expect(stored[0]!.title).to.equal('unit 3')
      } finally {
        await other.destroy()
      }
    })
  }

  it('are part of a transaction that somebody has begun by hand', async () => {
    await dataSource.query('BEGIN')
    await Promise.all(ids.map((id) => change(id, { title: `changed ${id}` })))
    await dataSource.query('ROLLBACK')
    expect(ids.map(titleOf)).to.deep.equal(ids.map((id) => `note ${id}`))
    expect(heard.filter((sql) => /^(?:BEGIN|COMMIT|ROLLBACK)/.test(sql))).to.deep.equal(['BEGIN', 'ROLLBACK'])
  })

  it('are none where the data source is told not to', async () => {
    const other = await open({ proveSchema: false, groupCommit: false })
    try {
      other.logger.logQuery = (sql) => void heard.push(sql)
      const changed = await Promise.all(ids.map((id) => change(id, { title: `changed ${id}` }, other)))
      expect(changed.length).to.equal(10)
      expect([countOf('UPDATE'), countOf('BEGIN')]).to.deep.equal([10, 0])
    } finally {
      await other.destroy()
    }
  })

  it('are committed before the data source is closed', async () => {
    const changes = Promise.all(ids.map((id) => change(id, { title: `changed ${id}` })))
    await dataSource.destroy()
    expect((await changes).map((row) => row?.['title'])).to.deep.equal(ids.map((id) => `changed ${id}`))
    expect(ids.map(titleOf)).to.deep.equal(ids.map((id) => `changed ${id}`))
  })
})
