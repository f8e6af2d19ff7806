import { mkdtemp, rm, symlink } from 'node:fs/promises'
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
@Entity('troubled_notes')
@Timestamps()
class Note {
  @PrimaryColumn({ type: 'int' }) id!: number
  @Column({ type: 'varchar' }) title!: string
  @Column({ type: 'int', default: 0 }) count!: number
}

const ids = [1, 2, 3, 4, 5, 6]
const schema = `
  CREATE TABLE troubled_notes (
    id integer PRIMARY KEY NOT NULL, title varchar NOT NULL, count integer NOT NULL DEFAULT 0,
    "createdAt" datetime NOT NULL, "updatedAt" datetime NOT NULL
  );
`

describe('Statements that SQLite commits together, in trouble', () => {
  let folder: string
  let database: string
  let dataSource: ModelDataSource
  let beside: InstanceType<typeof Database>
  let opened: ModelDataSource[]

  const open = async (options: Partial<ModelDataSourceOptions> = {}): Promise<ModelDataSource> => {
    const given = { type: 'sqlite', database, entities: [Note], proveSchema: false, ...options }
    const source = await createDataSource(given as ModelDataSourceOptions).initialize()
    opened.push(source)
    // Whoever would have to wait is refused at once.
    await source.query('PRAGMA busy_timeout = 0')
    return source
  }
  const change = async (id: number, values: object, by = dataSource) =>
    changeRow(by.getRepository(Note).select() as never, id, values as never)
  const changeAll = (title: string, by = dataSource) => Promise.all(ids.map((id) => change(id, { title }, by)))
  /** What another connection sees. */
  const titles = (): readonly unknown[] =>
    (beside.prepare('SELECT title FROM troubled_notes ORDER BY id').all() as { readonly title: unknown }[]).map(
      ({ title }) => title,
    )
  /** How many of statements that two data sources send by turns are written. */
  const writtenBy = async (other: ModelDataSource): Promise<number> => {
    const changes = ids.flatMap((id) => [dataSource, other].map((by) => change(id, { count: increment(1) }, by)))
    return (await Promise.all(changes)).filter((row) => row !== undefined).length
  }

  beforeEach(async () => {
    opened = []
    folder = await mkdtemp(join(tmpdir(), 'plinth-'))
    database = join(folder, 'notes.sqlite')
    beside = new Database(database)
    beside.exec(schema)
    dataSource = await open()
    await dataSource.getRepository(Note).insert(ids.map((id) => ({ id, title: 'new' })))
  })
  afterEach(async () => {
    for (const source of opened) if (source.isInitialized) await source.destroy()
    beside.close()
    await rm(folder, { recursive: true, force: true })
  })

  for (const groupCommit of [true, false]) {
    it(`are kept after others had the lock, together: ${groupCommit}`, async () => {
      const source = await open({ groupCommit })
      beside.exec('BEGIN IMMEDIATE')
      expect(await changeAll('refused', source)).to.deep.equal(ids.map(() => undefined))
      expect(await source.query('UPDATE troubled_notes SET title = title').catch(() => 'refused')).to.equal('refused')
      beside.exec('COMMIT')
      for (const title of ['once', 'twice']) {
        expect((await changeAll(title, source)).map((row) => row?.['title'])).to.deep.equal(ids.map(() => title))
        expect(titles()).to.deep.equal(ids.map(() => title))
      }
      await source.atomic(() => source.getRepository(Note).update({ id: 1 }, { title: 'unit' }))
      expect(titles()[0]).to.equal('unit')
    })
  }

  it('are refused together where others read while they are committed, and kept afterwards', async () => {
    await dataSource.query('PRAGMA journal_mode = DELETE')
    await changeAll('old')
    await nextTurn()
    beside.exec('BEGIN')
    titles()
    expect(await changeAll('refused')).to.deep.equal(ids.map(() => undefined))
    expect(titles()).to.deep.equal(ids.map(() => 'old'))
    beside.exec('COMMIT')
    expect((await changeAll('kept')).every((row) => row !== undefined)).to.equal(true)
    expect(titles()).to.deep.equal(ids.map(() => 'kept'))
  })

  it('fail where the data source is being closed', async () => {
    await changeAll('kept')
    const closing = dataSource.destroy()
    const changes = ids.map((id) =>
      change(id, { count: 1 }).then(
        () => 'written',
        (error: Error) => error.message,
      ),
    )
    await closing
    expect(new Set(await Promise.all(changes)).size).to.equal(1)
    expect(titles()).to.deep.equal(ids.map(() => 'kept'))
    await dataSource.initialize()
    expect((await changeAll('again')).every((row) => row !== undefined)).to.equal(true)
    expect(titles()).to.deep.equal(ids.map(() => 'again'))
  })

  it('fail where the connection is closed under them', async () => {
    const changes = ids.map((id) =>
      change(id, { title: 'changed' }).then(
        () => 'changed',
        () => 'new',
      ),
    )
    ;(dataSource.driver as unknown as { readonly databaseConnection: { close(): void } }).databaseConnection.close()
    expect(await Promise.all(changes)).to.deep.equal(titles())
  })

  it('make way for other data sources also where one is opened again', async () => {
    await changeAll('first')
    await dataSource.destroy()
    const other = await open()
    await changeAll('second', other)
    await dataSource.initialize()
    await dataSource.query('PRAGMA busy_timeout = 0')
    await changeAll('third')
    expect(await writtenBy(other)).to.equal(2 * ids.length)
  })

  it('make way for data sources that know the file by another path', async () => {
    const database = join(folder, 'link.sqlite')
    await symlink(join(folder, 'notes.sqlite'), database)
    const other = await open({ database })
    expect(await writtenBy(other)).to.equal(2 * ids.length)
  })

  it('make way for readers of other data sources, whom SQLite locks out where it has no log of its own', async () => {
    await dataSource.query('PRAGMA journal_mode = DELETE')
    const other = await open({ enableWAL: false })
    // What does not fit is written into the file before it is committed.
    await dataSource.query('PRAGMA cache_size = 2')
    const changes = changeAll('x'.repeat(30_000))
    const read = await other.getRepository(Note).select().rows()
    expect(read.length).to.equal(ids.length)
    expect((await changes).length).to.equal(ids.length)
  })

  it('are undone where the logger fails as they are committed, and nothing is left open', async () => {
    const { logger } = dataSource
    const logQuery = logger.logQuery.bind(logger)
    logger.logQuery = (sql) => {
      if (/^(?:COMMIT|ROLLBACK)/.test(sql)) throw new Error('No space is left for the log.')
    }
    const changed = await Promise.allSettled(ids.map((id) => change(id, { title: 'changed' })))
    expect(changed.map(({ status }) => status)).to.deep.equal(['fulfilled', ...ids.slice(1).map(() => 'rejected')])
    expect(titles()).to.deep.equal(['changed', ...ids.slice(1).map(() => 'new')])
    logger.logQuery = logQuery
    await changeAll('kept')
    expect(titles()).to.deep.equal(ids.map(() => 'kept'))
  })

  it('are committed before migrations switch foreign keys off, and on again', async () => {
    const runner = dataSource.createQueryRunner()
    const areKept = () => dataSource.query<readonly object[]>('PRAGMA foreign_keys')
    for (const [kept, switching] of [
      [0, 'beforeMigration'],
      [1, 'afterMigration'],
    ] as const) {
      const changes = changeAll(switching)
      await runner[switching]()
      await changes
      expect(await areKept()).to.deep.equal([{ foreign_keys: kept }])
    }
    await runner.release()
  })
})
