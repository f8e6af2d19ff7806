import { expect } from 'chai'
import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm'
import { type UuidIdentified, UuidPk } from '../../decorators/index.js'
import {
  any,
  createDataSource,
  DefinitionError,
  eq,
  gt,
  type Id,
  isNull,
  lt,
  type ModelDataSource,
  not,
  orderingOf,
  PermissionDeniedError,
  parseId,
  UsageError,
} from '../../src/index.js'
import { Author, currentTenant, openBlog, Page, Post } from '../support/blog.js'
import { type Database, describeOnEngines } from '../support/engines.js'

const ids = (rows: readonly { readonly id: number }[]) => rows.map(({ id }) => id)

const asA = <T>(work: () => T) => currentTenant.run('a', work)

const codeOf = (work: () => Promise<unknown>): Promise<unknown> =>
  work().then(
    () => undefined,
    ({ code }: { readonly code?: unknown }) => code,
  )

describeOnEngines('A selection', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    ;({ database, dataSource } = await openBlog(engine))
  })

  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  const posts = () => dataSource.getRepository(Post).select()
  const pages = () => dataSource.getRepository(Page).select()
  const ordered = (...keys: string[]) => pages().unscoped().orderBy(orderingOf(keys)).rows()

  it('gives the rows in the default order', async () => {
    expect(ids(await asA(() => posts().rows()))).to.deep.equal([4, 2, 1])
  })

  it('gives the rows by primary key where there is no default order', async () => {
    expect(ids(await pages().rows())).to.deep.equal([1, 2, 4])
  })

  it('breaks ties by the primary key, in the direction of the last property', async () => {
    expect(ids(await ordered('status'))).to.deep.equal([3, 1, 2, 4])
    expect(ids(await ordered('-status'))).to.deep.equal([4, 2, 1, 3])
    expect(ids(await ordered('status', '-title'))).to.deep.equal([3, 1, 4, 2])
    expect(ids(await ordered('-id'))).to.deep.equal([4, 3, 2, 1])
  })

  it('refuses to order by what is no column', () => {
    expect(() =>
      posts()
        .orderBy(orderingOf(['titel']))
        .queryBuilder(),
    ).to.throw(DefinitionError, 'Post: a query names "titel", which is not one of its columns.')
  })

  it('narrows by values and predicates, each in parentheses', async () => {
    const narrowed = posts()
      .where({ tenantId: 'a' })
      .where(any(eq('id', 1), eq('id', 3), eq('id', 5), gt('score', 7)))
    expect(ids(await asA(() => narrowed.rows()))).to.deep.equal([4, 1])
    expect(ids(await asA(() => narrowed.where(not(lt('score', 2))).rows()))).to.deep.equal([4])
    expect(await asA(() => narrowed.where({ deletedAt: null }).count())).to.equal(2)
    expect(
      await asA(() =>
        posts()
          .where(not(isNull('deletedAt')))
          .count(),
      ),
    ).to.equal(0)
  })

  it('asks for null by null, and refuses undefined', async () => {
    expect(await asA(() => posts().where({ editorId: null }).count())).to.equal(0)
    expect(() => posts().where({ title: undefined as never })).to.throw(UsageError, '"title" is undefined')
  })

  it('refuses properties the entity does not have', async () => {
    const error: unknown = await asA(() => posts().where(eq('titel', 'x')).rows()).catch((thrown: unknown) => thrown)
    expect(error).to.be.instanceOf(DefinitionError)
    const [mistake, ...others] = (error as DefinitionError).mistakes
    expect(others).to.deep.equal([])
    expect(mistake?.code).to.equal('E_UNKNOWN_PROPERTY')
    expect(mistake?.remedy).to.match(/^Columns are: id, title, /)
  })

  it('is sliced, counted whole, and gives its first row', async () => {
    expect(ids(await asA(() => posts().slice(1, 2).rows()))).to.deep.equal([2, 1])
    expect(await asA(() => posts().slice(1, 1).count())).to.equal(3)
    expect(await asA(() => posts().slice(0, 0).rows())).to.deep.equal([])
    expect((await asA(() => posts().first()))?.id).to.equal(4)
    expect((await asA(() => posts().slice(2, 5).first()))?.id).to.equal(1)
    expect(await asA(() => posts().slice(3, 5).first())).to.equal(null)
    for (const [offset, limit] of [
      [-1, 1],
      [0, -1],
      [0.5, 1],
      [0, Number.NaN],
    ] as const) {
      expect(() => posts().slice(offset, limit)).to.throw(RangeError)
    }
  })

  it('looks as views do', async () => {
    expect(ids(await asA(() => posts().view('onlyDeleted').rows()))).to.deep.equal([3])
    expect(ids(await asA(() => posts().view('withDeleted').rows()))).to.deep.equal([4, 3, 2, 1])
    expect(ids(await pages().view('drafts').rows())).to.deep.equal([3])
    expect(() => pages().view('withDeleted' as 'drafts')).to.throw(
      DefinitionError,
      'the view "withDeleted", which does not exist',
    )
    expect(() => posts().unscoped('tenant')).to.throw(DefinitionError, 'is locked')
  })

  it('never changes', async () => {
    const all = pages()
    all.where({ id: 1 })
    all.slice(0, 1)
    all.unscoped()
    expect(await all.count()).to.equal(3)
    expect(all.entity).to.equal(Page)
  })

  it('reads context variables when it runs', async () => {
    const selection = posts()
    expect(await asA(() => selection.count())).to.equal(3)
    expect(await currentTenant.run('b', () => selection.count())).to.equal(1)
    const error: unknown = await selection.count().catch((thrown: unknown) => thrown)
    expect(error).to.be.instanceOf(PermissionDeniedError)
    expect((error as PermissionDeniedError).errorCode).to.equal('CONTEXT_MISSING')
  })

  it('can be gone on with as a builder', async () => {
    const builder = asA(() => posts().where({ id: 1 }).queryBuilder('p').leftJoinAndSelect('p.author', 'a'))
    expect((await asA(() => builder.getOneOrFail())).author?.name).to.equal('Ann')
  })

  it('takes part in transactions', async () => {
    const counts = await dataSource
      .transaction(async (manager) => {
        await manager.getRepository(Author).insert({ id: 50, name: 'Eve' })
        const inside = await dataSource.getRepository(Author).select().count()
        throw Object.assign(new Error('undo'), { inside })
      })
      .catch(({ inside }: { readonly inside: number }) => inside)
    expect([counts, await dataSource.getRepository(Author).select().count()]).to.deep.equal([3, 2])
  })
})

@Entity()
@UuidPk()
class ByUuid {
  @Column({ type: 'varchar', length: 20 })
  name!: string
}
interface ByUuid extends UuidIdentified {}

@Entity()
class ByGeneratedUuid {
  @PrimaryGeneratedColumn('uuid')
  id!: string
}

@Entity()
class ByNumber {
  @PrimaryGeneratedColumn()
  id!: number
}

@Entity()
class ByBigNumber {
  @PrimaryColumn({ type: 'bigint' })
  id!: string
}

@Entity()
class ByText {
  @PrimaryColumn({ type: 'varchar', length: 5 })
  code!: string
}

@Entity()
class ByTwo {
  @PrimaryColumn()
  a!: number

  @PrimaryColumn()
  b!: number
}

const id = '018F3C2E-7d1a-7cc0-8000-0123456789AB'

describeOnEngines('An id', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    const entities = [ByUuid, ByGeneratedUuid, ByNumber, ByBigNumber, ByText, ByTwo]
    dataSource = await createDataSource({ ...database.options, entities }).initialize()
    // The generator of TypeORM's own UUIDs is an extension that not every server has.
    for (const entity of entities.filter((entity) => entity !== ByGeneratedUuid)) {
      const runner = dataSource.createQueryRunner()
      const { Table } = await import('typeorm')
      await runner.createTable(Table.create(dataSource.getMetadata(entity), dataSource.driver))
      await runner.release()
    }
    await dataSource.getRepository(ByUuid).insert({ id: id.toLowerCase(), name: 'found' })
    await dataSource.getRepository(ByNumber).insert([{ id: 1 }, { id: 8 }])
    await dataSource.getRepository(ByText).insert({ code: 'abc' })
  })

  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  it('finds its row, however a UUID is written', async () => {
    const repository = dataSource.getRepository(ByUuid)
    expect((await repository.findById(id))?.name).to.equal('found')
    expect((await repository.findById(id.toLowerCase()))?.name).to.equal('found')
  })

  it('that cannot be one finds nothing, on every engine alike', async () => {
    const malformed = ['', 'not-a-uuid', `{${id}}`, id.replaceAll('-', ''), `${id} `, `${id}0`, "' OR 1=1", 5]
    for (const given of malformed) expect(await dataSource.getRepository(ByUuid).findById(given)).to.equal(null)
    for (const given of [
      '08dfefefd',
      '1.5',
      '1e1',
      ' 1',
      '01',
      '2147483648',
      '99999999999999999999',
      'NaN',
      '',
      true as unknown as Id,
    ]) {
      expect(await dataSource.getRepository(ByNumber).findById(given), String(given)).to.equal(null)
    }
    for (const given of ['abcdef', '', 'a\0', 'ABC', 'abc ']) {
      expect(await dataSource.getRepository(ByText).findById(given), JSON.stringify(given)).to.equal(null)
    }
    expect(await codeOf(() => dataSource.getRepository(ByTwo).findById(1))).to.equal('E_SEVERAL_KEYS')
    expect((await dataSource.getRepository(ByNumber).findById('8'))?.id).to.equal(8)
    expect((await dataSource.getRepository(ByText).findById('abc'))?.code).to.equal('abc')
  })

  const parsed = (entity: Parameters<ModelDataSource['getMetadata']>[0], given: Id) =>
    parseId(dataSource.getMetadata(entity), given)

  it('is parsed by the type of its column', () => {
    // Drivers of SQLite give numbers, which are exact only so far.
    const largest = engine.name === 'sqlite' ? BigInt(Number.MAX_SAFE_INTEGER) : 2n ** 63n - 1n
    expect(parsed(ByUuid, id)).to.equal(id.toLowerCase())
    expect(parsed(ByGeneratedUuid, id)).to.equal(id.toLowerCase())
    expect(parsed(ByGeneratedUuid, 'x')).to.equal(undefined)
    expect([
      parsed(ByNumber, '2147483647'),
      parsed(ByNumber, -2147483648),
      parsed(ByNumber, '-2147483649'),
    ]).to.deep.equal([2147483647, -2147483648, undefined])
    expect([
      parsed(ByBigNumber, String(largest)),
      parsed(ByBigNumber, String(largest + 1n)),
      parsed(ByBigNumber, '7'),
    ]).to.deep.equal([String(largest), undefined, '7'])
    expect([parsed(ByText, '😀😀😀😀😀'), parsed(ByText, '123456')]).to.deep.equal(['😀😀😀😀😀', undefined])
    // Drivers send U+FFFD in place of half a pair, which may be the key of another row.
    expect([parsed(ByText, '\ud800'), parsed(ByText, '\0'), parsed(ByText, '')]).to.deep.equal(
      Array.from({ length: 3 }, () => undefined),
    )
  })
})
