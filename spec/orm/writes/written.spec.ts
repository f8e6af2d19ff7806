import { expect } from 'chai'
import { Column, Entity, ManyToOne, PrimaryColumn, PrimaryGeneratedColumn, type Relation } from 'typeorm'
import { v7 } from 'uuid'
import { OnDelete, type SoftDeletable, SoftDelete } from '../../../decorators/index.js'
import { column, createDataSource, defineTrait, increment, type ModelDataSource, refers } from '../../../src/index.js'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { failure } from './library.js'

/** A third party's trait: what other programs are to be told, stored with what it tells. */
const Outboxed = defineTrait({
  name: 'Outboxed',
  defaults: {},
  tables: () => ({
    outbox: { id: column.uuid({ primary: true }), kind: column.string(), row: column.json(), rows: column.integer() },
  }),
  rules: () => ({
    written: {
      after: (rows, context) =>
        context.companion('outbox').insert(
          rows.map(({ kind, before, after }) => ({
            id: v7(),
            kind: `${kind} ${before ? 'was' : 'new'} ${after ? 'is' : 'gone'}`,
            row: [(after ?? before)!['name'], (after ?? before)!['size']],
            rows: rows.length,
          })),
        ),
    },
  }),
})

/** A third party's trait: counts the changes of the parts of a whole. */
const Counting = defineTrait({
  name: 'Counting',
  defaults: { of: '' },
  refers: refers<{ of: unknown }>(),
  rules: ({ of }) => ({
    written: {
      relations: { [of]: ['changes'] },
      before: async (rows, context) => {
        await context.related(of).update(
          { changes: increment(1) },
          rows.map(({ before, after }) => (after ?? before)!),
        )
      },
    },
  }),
})

@Entity()
@Counting({ of: 'folder' })
class Page {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'int', default: 0 })
  size!: number

  @ManyToOne(() => Folder)
  folder!: Relation<Folder> | null
}

@Entity()
@SoftDelete()
@Outboxed()
class Folder {
  @PrimaryGeneratedColumn()
  id!: number

  @Column({ type: 'varchar', length: 20 })
  name!: string

  @Column({ type: 'int', default: 1 })
  size!: number

  @Column({ type: 'int', default: 0 })
  changes!: number

  @ManyToOne(() => Folder)
  @OnDelete('detach')
  above!: Relation<Folder> | null
}
interface Folder extends SoftDeletable {}

describeOnEngines('Rules that hear of written rows', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Folder, Page] }).initialize()
    await dataSource.synchronize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(async () => {
    await dataSource.query('UPDATE folder SET "aboveId" = NULL'.replaceAll('"', engine.name === 'mariadb' ? '`' : '"'))
    for (const table of ['page', 'folder', 'folder_outbox']) await dataSource.query(`DELETE FROM ${table}`)
  })

  const folders = () => dataSource.getRepository(Folder)
  const take = async () => {
    const outbox = folders().companion('outbox')
    const rows = await outbox.find({ order: { id: 'ASC' } })
    await outbox.createQueryBuilder().delete().execute()
    return rows.map(({ kind, row }) => [kind, ...Object.values(row as object)].join(' '))
  }

  it('are told of each kind of write, with what is stored', async () => {
    const { identifiers } = await folders().insert([{ name: 'a' }, { name: 'b', size: () => '1 + 4' }])
    const [first, second] = identifiers.map(({ id }) => Number(id)) as [number, number]
    expect(await take()).to.deep.equal(['insert new is a 1', 'insert new is b 5'])
    await folders().update(first, { size: () => 'size * 3' })
    expect(await take()).to.deep.equal(['update was is a 3'])
    await folders().save([
      { id: first, name: 'c', above: { id: second } },
      { name: 'd', size: 9 },
    ])
    expect((await take()).toSorted()).to.deep.equal(['insert new is d 9', 'update was is c 3'])
    await folders().delete(second)
    expect(await take()).to.deep.equal(['update was is c 3', 'delete was is b 5'])
    await folders().restore(second)
    expect(await take()).to.deep.equal(['restore was is b 5', 'update was is c 3'])
    await folders().purge([first, second])
    expect(await take()).to.deep.equal(['update was is c 3', 'purge was gone c 3', 'purge was gone b 5'])
  })

  it('are not told of what writes nothing', async () => {
    const saved = await folders().save({ name: 'a' })
    await take()
    await folders().save(saved)
    await folders().update({ name: 'no such' }, { size: 4 })
    await folders().delete({ name: 'no such' })
    expect(await take()).to.deep.equal([])
  })

  it('are told once for each 500 rows', async () => {
    await folders().insert(Array.from({ length: 501 }, () => ({ name: 'a' })))
    const outbox = await folders().companion('outbox').find()
    expect(outbox.filter(({ rows }) => rows === 500)).to.have.length(500)
    expect(outbox.filter(({ rows }) => rows === 1)).to.have.length(1)
  })

  it('write what rows belong to, before them and under its rules', async () => {
    const { id } = await folders().save({ name: 'a' })
    await take()
    const pages = dataSource.getRepository(Page)
    await pages.insert([1, 2].map((page) => ({ id: page, folder: { id } })))
    await pages.update([1, 2], { size: 3 })
    await pages.delete(2)
    expect((await folders().findOneByOrFail({ id })).changes).to.equal(3)
    expect(await take()).to.deep.equal(Array.from({ length: 3 }, () => 'update was is a 1'))
    await failure(pages.insert({ id: 1, folder: { id } }))
    expect((await folders().findOneByOrFail({ id })).changes).to.equal(3)
    await folders().delete(id)
    await pages.update(1, { size: 4 })
    expect((await folders().unscoped().findOneByOrFail({ id })).changes).to.equal(3)
  })

  it('refuse writes whose rows nobody knows', async () => {
    expect((await failure(folders().upsert({ id: 1, name: 'a' }, ['id']))).message)
      .to.include('@Outboxed')
      .and.include('E_UNRULED_WRITE')
    const ignoring = folders().createQueryBuilder().insert().values({ name: 'a' }).orIgnore()
    expect((await failure(ignoring.execute())).message).to.include('E_UNRULED_WRITE')
  })
})
