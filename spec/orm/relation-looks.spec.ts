import { expect } from 'chai'
import { Column, Entity, JoinTable, ManyToMany, ManyToOne, OneToMany, PrimaryColumn, type Relation } from 'typeorm'
import { type SoftDeletable, SoftDelete, scopes, WhenHidden } from '../../decorators/index.js'
import {
  type Adds,
  all,
  createDataSource,
  DefinitionError,
  eq,
  hiddenKey,
  isHidden,
  type ModelDataSource,
  matches,
  not,
  related,
  UsageError,
} from '../../src/index.js'
import { type Database, describeOnEngines, engines } from '../support/engines.js'

const fromNorth = eq('name', 'North')

@Entity()
@SoftDelete()
class Country {
  @PrimaryColumn()
  id!: number

  @Column({ length: 20 })
  name!: string
}
interface Country extends SoftDeletable {}

const WriterScopes = scopes('WriterScopes', {
  northern: related('country', fromNorth),
  mentored: related('mentor'),
  named: (name: string) => eq('name', name),
})

@Entity()
@SoftDelete()
@WriterScopes()
class Writer {
  @PrimaryColumn()
  id!: number

  @Column({ length: 20 })
  name!: string

  @ManyToOne(() => Country)
  country!: Relation<Country> | null

  @OneToMany(
    () => Article,
    (article) => article.writer,
  )
  articles!: Relation<Article>[]

  @WhenHidden('show')
  @ManyToOne(() => Writer)
  mentor!: Relation<Writer> | null
}
interface Writer extends SoftDeletable, Adds<typeof WriterScopes> {}

@Entity()
@SoftDelete()
class Label {
  @PrimaryColumn()
  id!: number

  @ManyToMany(
    () => Article,
    (article) => article.labels,
  )
  articles!: Relation<Article>[]
}
interface Label extends SoftDeletable {}

@Entity()
@SoftDelete()
class Article {
  @PrimaryColumn()
  id!: number

  @Column({ length: 20, default: '' })
  title!: string

  @ManyToOne(
    () => Writer,
    (writer) => writer.articles,
  )
  writer!: Relation<Writer> | null

  @ManyToMany(
    () => Label,
    (label) => label.articles,
  )
  @JoinTable()
  labels!: Relation<Label>[]

  @ManyToOne(() => Writer)
  reviewer!: Promise<Writer | null>
}
interface Article extends SoftDeletable {}

@Entity()
class Review {
  @PrimaryColumn()
  id!: number

  @WhenHidden('dropOwner')
  @ManyToOne(() => Article)
  article!: Relation<Article> | null
}

const entities = [Country, Writer, Label, Article, Review]
const codeOf = (act: () => unknown) => {
  try {
    act()
  } catch (error) {
    return (error as DefinitionError).mistakes[0]?.code
  }
  return undefined
}

const writtenIn = (name: string) => ({ writer: { country: { name } } })
const told = (row: Article) => [isHidden(row, 'reviewer'), hiddenKey(row, 'reviewer')]
const ids = (rows: readonly { readonly id: number }[]) => rows.map(({ id }) => id).sort((a, b) => a - b)

/**
 * Countries 1 North, 2 South (hidden). Writers 1 Ann of North, 2 Bob of South (hidden), 3 Cy of South, whose mentor is Bob.
 * Articles 1 of Ann, 2 of Bob, 3 of nobody, 4 of Cy, 5 of Ann (hidden). Labels 1 and 2 (hidden) of article 1.
 * Reviews 1 of article 1, 2 of article 5 (hidden), 3 of none.
 */
async function fill(dataSource: ModelDataSource): Promise<void> {
  const insert = (entity: (typeof entities)[number], rows: object[]) =>
    dataSource.createQueryBuilder().insert().into(entity).values(rows).updateEntity(false).execute()
  await insert(Country, [
    { id: 1, name: 'North' },
    { id: 2, name: 'South' },
  ])
  await insert(Writer, [
    { id: 1, name: 'Ann', country: { id: 1 } },
    { id: 2, name: 'Bob', country: { id: 2 } },
  ])
  await insert(Writer, [{ id: 3, name: 'Cy', country: { id: 2 }, mentor: { id: 2 } }])
  await insert(Article, [
    { id: 1, writer: { id: 1 }, reviewer: { id: 2 } },
    { id: 2, writer: { id: 2 } },
    { id: 3, writer: null },
    { id: 4, writer: { id: 3 } },
    { id: 5, writer: { id: 1 } },
  ])
  await insert(Label, [{ id: 1 }, { id: 2 }])
  const links = dataSource.getManyToManyMetadata(Article, 'labels')!.target
  await dataSource
    .createQueryBuilder()
    .insert()
    .into(links)
    .values([
      { articleId: 1, labelId: 1 },
      { articleId: 1, labelId: 2 },
      { articleId: 2, labelId: 2 },
    ])
    .execute()
  await insert(Review, [
    { id: 1, article: { id: 1 } },
    { id: 2, article: { id: 5 } },
    { id: 3, article: null },
  ])
  const hide = [
    [Country, 2],
    [Writer, 2],
    [Article, 5],
    [Label, 2],
  ] as const
  for (const [entity, id] of hide) await dataSource.getRepository<{ id: number }>(entity).delete(id)
}

describeOnEngines('How a query looks at relations', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities }).initialize()
    await dataSource.synchronize()
    await fill(dataSource)
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  const articles = () => dataSource.getRepository(Article)
  const strategies = ['join', 'query'] as const

  for (const relationLoadStrategy of strategies) {
    describe(`by ${relationLoadStrategy}`, () => {
      const options = { relationLoadStrategy, order: { id: 'ASC' } } as const

      it('null for a hidden row is told from null for none, and the key stays', async () => {
        const rows = await articles().find({ ...options, relations: { writer: true } })
        expect(
          rows.map((row) => [row.id, row.writer?.id ?? null, isHidden(row, 'writer'), hiddenKey(row, 'writer')]),
        ).to.deep.equal([
          [1, 1, false, undefined],
          [2, null, true, 2],
          [3, null, false, undefined],
          [4, 3, false, undefined],
        ])
      })

      it('also of relations of relations, and where some columns are selected', async () => {
        const rows = await articles().find({
          ...options,
          select: { id: true, writer: { id: true, name: true, country: { id: true, name: true } } },
          relations: { writer: { country: true } },
        })
        const writers = rows.map(({ writer }) => writer && [writer.name, isHidden(writer, 'country')])
        expect(writers).to.deep.equal([['Ann', false], null, null, ['Cy', true]])
        expect(rows.map((row) => isHidden(row, 'writer'))).to.deep.equal([false, true, false, false])
      })

      it('hidden rows are shown by a view, by whenHidden, and along a path', async () => {
        const found = async (repository: ReturnType<typeof articles>) =>
          (await repository.find({ ...options, relations: { writer: { country: true } } })).map(({ writer }) => [
            writer?.id ?? null,
            writer?.country?.id ?? null,
          ])
        expect(await found(articles().relation('writer', { view: 'withDeleted' }))).to.deep.equal([
          [1, 1],
          [2, null],
          [null, null],
          [3, null],
        ])
        const shown = articles().relation('writer.country', { whenHidden: 'show' })
        expect(await found(shown)).to.deep.equal([
          [1, 1],
          [null, null],
          [null, null],
          [3, 2],
        ])
        expect(await found(shown.relation('writer', { whenHidden: 'show' }))).to.deep.equal([
          [1, 1],
          [2, 2],
          [null, null],
          [3, 2],
        ])
        expect(await found(articles().relation('writer', { view: 'onlyDeleted' }))).to.deep.equal([
          [null, null],
          [2, null],
          [null, null],
          [null, null],
        ])
      })

      it('members of lists are shown too', async () => {
        const labels = async (repository: ReturnType<typeof articles>) =>
          ids((await repository.findOneOrFail({ where: { id: 1 }, relations: { labels: true }, ...options })).labels)
        expect(await labels(articles())).to.deep.equal([1])
        expect(await labels(articles().relation('labels', { whenHidden: 'show' }))).to.deep.equal([1, 2])
        const [ann] = await dataSource
          .getRepository(Writer)
          .relation('articles', { view: 'withDeleted' })
          .find({ where: { id: 1 }, relations: { articles: true }, ...options })
        expect(ids(ann!.articles)).to.deep.equal([1, 5])
      })

      it('what is declared above a relation holds for every query, unless it says otherwise', async () => {
        const writers = dataSource.getRepository(Writer)
        const mentor = async (repository: typeof writers) =>
          (await repository.findOneOrFail({ where: { id: 3 }, relations: { mentor: true }, ...options })).mentor?.id
        expect(await mentor(writers)).to.equal(2)
        expect(await mentor(writers.relation('mentor', { whenHidden: 'hide' }))).to.equal(undefined)
        const reviews = dataSource.getRepository(Review)
        expect(ids(await reviews.find({ relations: { article: true }, ...options }))).to.deep.equal([1, 3])
        expect(await reviews.count()).to.equal(2)
        const all = reviews.relation('article', { whenHidden: 'hide' })
        expect([ids(await all.find({ relations: { article: true }, ...options })), await all.count()]).to.deep.equal([
          [1, 2, 3],
          3,
        ])
      })

      it('owners of hidden rows are dropped, and counted so', async () => {
        const dropped = articles().relation('writer', { whenHidden: 'dropOwner' })
        const [rows, count] = await dropped.findAndCount({ ...options, relations: { writer: true } })
        expect([ids(rows), count, await dropped.count(), await dropped.exists({ where: { id: 2 } })]).to.deep.equal([
          [1, 3, 4],
          3,
          3,
          false,
        ])
        const along = articles().relation('writer.country', { whenHidden: 'dropOwner' })
        const kept = await along.find({ ...options, relations: { writer: { country: true } } })
        expect(kept.map((row) => [row.writer?.id ?? null, isHidden(row, 'writer')])).to.deep.equal([
          [1, false],
          [null, true],
          [null, false],
          [null, true],
        ])
      })
    })
  }

  it('selections load relations, and count as many rows as they give', async () => {
    const selection = articles().select()
    const looks = [
      selection,
      selection.relation('writer', { view: 'withDeleted' }),
      selection.relation('writer.country', { whenHidden: 'show' }).relation('labels'),
      selection.relation('writer', { whenHidden: 'dropOwner' }).relation('labels', { whenHidden: 'show' }),
      selection.relation('writer.country', { whenHidden: 'dropOwner' }),
      selection.where(related('writer')).relation('writer', { whenHidden: 'show' }),
      selection.view('onlyDeleted').relation('writer'),
    ]
    const counts = []
    for (const look of looks) {
      const rows = await look.rows()
      expect(await look.count()).to.equal(rows.length)
      counts.push(rows.length)
    }
    expect(counts).to.deep.equal([4, 4, 4, 3, 4, 3, 1])
    const [first] = await selection.relation('writer.country').relation('labels').slice(0, 1).rows()
    expect([first!.writer?.country?.name, ids(first!.labels)]).to.deep.equal(['North', [1]])
  })

  it('the order in which things are said does not matter', async () => {
    const repository = articles()
    const builder = () => repository.createQueryBuilder('a').where('a.id = 2')
    const before = await builder()
      .seeingRelation('writer', { whenHidden: 'show' })
      .leftJoinAndSelect('a.writer', 'w')
      .getOne()
    const after = await builder()
      .leftJoinAndSelect('a.writer', 'w')
      .seeingRelation('writer', { whenHidden: 'show' })
      .getOne()
    expect([before?.writer?.id, after?.writer?.id]).to.deep.equal([2, 2])
  })

  it('lazy relations follow what is declared, and null for a hidden row is told from null for none', async () => {
    const [hiding, empty] = await articles().find({ where: [{ id: 1 }, { id: 4 }], order: { id: 'ASC' } })
    expect([told(hiding!), told(empty!)]).to.deep.equal([
      [false, undefined],
      [false, undefined],
    ])
    expect([await hiding!.reviewer, await empty!.reviewer]).to.deep.equal([null, null])
    expect([told(hiding!), told(empty!)]).to.deep.equal([
      [true, 2],
      [false, undefined],
    ])
    hiding!.reviewer = Promise.resolve({ id: 3 } as Writer)
    expect(told(hiding!)).to.deep.equal([false, undefined])
    await hiding!.reviewer
    expect(told(hiding!)).to.deep.equal([false, undefined])
  })

  for (const relationLoadStrategy of strategies) {
    it(`lazy relations that are loaded at once tell it too, by ${relationLoadStrategy}`, async () => {
      const rows = await articles().find({ relations: { reviewer: true }, order: { id: 'ASC' }, relationLoadStrategy })
      const [row] = rows
      expect([await row!.reviewer, isHidden(row!, 'reviewer'), hiddenKey(row!, 'reviewer')]).to.deep.equal([
        null,
        true,
        2,
      ])
      expect(rows.map((one) => isHidden(one, 'reviewer'))).to.deep.equal([true, false, false, false])
    })
  }

  it('lazy relations that show a row take one statement', async () => {
    const review = await articles().findOneByOrFail({ id: 1 })
    await dataSource.getRepository(Writer).restore(2)
    const statements: string[] = []
    const stop = dataSource.onStatement(({ sql }) => statements.push(sql))
    expect((await review.reviewer)?.id).to.equal(2)
    stop()
    expect(statements).to.have.length(1)
    await dataSource.getRepository(Writer).delete(2)
  })

  it('hidden relations are no part of JSON', async () => {
    const [row] = await articles().find({ where: { id: 2 }, relations: { writer: true }, order: { id: 'ASC' } })
    expect(isHidden(row!, 'writer')).to.equal(true)
    const { id, title, writer, deletedAt, ...rest } = JSON.parse(JSON.stringify(row)) as Record<string, unknown>
    expect([id, title, writer, deletedAt]).to.deep.equal([2, '', null, null])
    expect(Object.keys(rest).sort()).to.deep.equal(['deletionId', 'isDeleted'])
  })

  it('predicates ask about related rows through every kind of relation', async () => {
    const found = async (predicate: Parameters<ReturnType<ReturnType<typeof articles>['select']>['where']>[0]) =>
      ids(await articles().select().where(predicate).rows())
    const northern = related('country', fromNorth)
    expect(await found(related('writer'))).to.deep.equal([1, 4])
    expect(await found(not(related('writer')))).to.deep.equal([2, 3])
    expect(await found(related('writer', all(), { view: 'withDeleted' }))).to.deep.equal([1, 2, 4])
    expect(await found(related('writer', northern))).to.deep.equal([1])
    expect(await found(related('writer', not(northern)))).to.deep.equal([4])
    expect(await found(related('labels'))).to.deep.equal([1])
    expect(await found(related('labels', eq('id', 2), { view: 'withDeleted' }))).to.deep.equal([1, 2])
    const writers = dataSource.getRepository(Writer)
    expect(
      ids(
        await writers
          .select()
          .where(related('articles', eq('id', 5)))
          .rows(),
      ),
    ).to.deep.equal([])
    expect(ids(await writers.select().where(related('articles')).rows())).to.deep.equal([1, 3])
    expect(ids(await writers.select().where(related('mentor')).rows())).to.deep.equal([3])
    expect(
      ids(
        await dataSource
          .getRepository(Label)
          .select()
          .where(related('articles', eq('id', 1)))
          .rows(),
      ),
    ).to.deep.equal([1])
    expect(ids(await writers.northern().find())).to.deep.equal([1])
    expect(ids(await writers.select().view('northern').view('named', 'Bob').rows())).to.deep.equal([])
  })

  it('updates and deletes through a scope about related rows write those rows alone', async () => {
    await dataSource
      .atomic(async () => {
        const writers = dataSource.getRepository(Writer)
        expect((await writers.northern().updateAll({ name: 'x' })).affected).to.equal(1)
        const mentored = writers.mentored()
        expect((await mentored.updateAll({ name: 'y' })).affected).to.equal(1)
        expect((await writers.find({ order: { id: 'ASC' } })).map(({ name }) => name)).to.deep.equal(['x', 'y'])
        expect((await mentored.deleteAll()).affected).to.equal(1)
        throw new Error('undo')
      })
      .catch(({ message }: Error) => expect(message).to.equal('undo'))
  })

  it('a save of a row loaded with a hidden relation changes nothing', async () => {
    const statements: string[] = []
    const article = await articles().findOneOrFail({ where: { id: 2 }, relations: { writer: true } })
    await dataSource.getRepository(Writer).restore(2)
    const stop = dataSource.onStatement(({ sql }) => statements.push(sql))
    await articles().save(article)
    stop()
    expect(statements.filter((sql) => sql.startsWith('UPDATE'))).to.deep.equal([])
    article.title = 'changed'
    await articles().save(article)
    const again = await articles().findOneOrFail({ where: { id: 2 }, relations: { writer: true } })
    expect([again.title, again.writer?.id]).to.deep.equal(['changed', 2])
    await dataSource.getRepository(Writer).delete(2)
  })

  it('what cannot be looked at so is refused', () => {
    expect(codeOf(() => articles().relation('labels', { whenHidden: 'dropOwner' }))).to.equal('E_RELATION_LOOK')
    expect(codeOf(() => articles().relation('writer', { whenHidden: 'other' as never }))).to.equal('E_RELATION_LOOK')
    expect(codeOf(() => articles().relation('writers' as never, {}))).to.equal('E_UNKNOWN_PROPERTY')
    expect(codeOf(() => articles().relation('writer', { view: 'drafts' as never }))).to.equal('E_UNKNOWN_SCOPE')
  })
})

describe('Conditions on related rows', () => {
  it('are answered in memory where the rows are loaded', () => {
    const northern = related('writer', related('country', fromNorth))
    expect([
      matches(northern, writtenIn('North')),
      matches(northern, writtenIn('South')),
      matches(northern, { writer: null }),
    ]).to.deep.equal([true, false, false])
    expect(matches(related('labels', eq('id', 2)), { labels: [{ id: 1 }, { id: 2 }] })).to.equal(true)
    expect(() => matches(northern, {})).to.throw(UsageError, 'E_NOT_LOADED')
    expect(() => matches(northern, { writer: Promise.resolve(null) })).to.throw(UsageError, 'E_NOT_LOADED')
  })

  it('are refused where only the row itself counts', async () => {
    const Hidden = scopes('Anything', { anything: related('nothing') })
    @Entity()
    @Hidden()
    class Odd {
      @PrimaryColumn()
      id!: number

      @WhenHidden('dropOwner')
      @OneToMany(
        () => Odd,
        (odd) => odd.parent,
      )
      children!: Odd[]

      @WhenHidden('never' as never)
      @ManyToOne(() => Odd)
      parent!: Odd | null
    }
    const { options } = await engines[0]!.create()
    const error = await createDataSource({ ...options, entities: [Odd] })
      .initialize()
      .catch((error: unknown) => error)
    expect(error).to.be.instanceOf(DefinitionError)
    expect((error as DefinitionError).mistakes.map(({ code }) => code).sort()).to.deep.equal([
      'E_RELATION_LOOK',
      'E_RELATION_LOOK',
      'E_UNKNOWN_PROPERTY',
    ])
  })
})
