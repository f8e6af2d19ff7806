import { expect } from 'chai'
import {
  anyone,
  computed,
  createDataSource,
  either,
  type ModelDataSource,
  ModelViewSet,
  type PlacedStep,
  type ReadWay,
  type RowCall,
  role,
  rowRule,
  Serializer,
} from 'plinth'
import {
  type HasVersion,
  Resource,
  type SoftDeletable,
  SoftDelete,
  type Timestamped,
  Timestamps,
  Versioned,
} from 'plinth/decorators'
import {
  AfterLoad,
  Column,
  Entity,
  type EntitySubscriberInterface,
  EventSubscriber,
  PrimaryGeneratedColumn,
} from 'typeorm'
import { type Database, describeOnEngines } from '../support/engines.js'
import { hide } from '../support/hide.js'
import { applicationOf } from '../support/http.js'
import { type Answer, type Served, serve } from './support/served.js'

export interface Letter extends Timestamped, HasVersion, SoftDeletable {}
@Entity()
@Timestamps()
@Versioned()
@SoftDelete()
export class Letter {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 60 }) title!: string
  @Column({ type: 'int', nullable: true }) weight!: number | null
  @Column({ length: 20 }) owner!: string
  @Column({ type: 'simple-json', nullable: true }) extra!: unknown
}

@Entity()
export class Loud {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 60 }) title!: string

  @AfterLoad()
  shout(): void {
    this.title = this.title.toUpperCase()
  }
}

const fields = ['id', 'title', 'weight', 'owner', 'extra', 'createdAt', 'version'] as const

class LetterSerializer extends Serializer(Letter, { fields }) {}
/** Shows the same, but must see the rows. */
class SeeingSerializer extends Serializer(Letter, {
  fields,
  rules: { extra: { read: rowRule<{ weight: number | null }>('any', () => true) } },
}) {}
const looked: Letter[] = []
/** Leaves fields out row by row: one by a rule that takes time, one by a property that is not shown. */
class TestingSerializer extends Serializer(Letter, {
  fields,
  rules: {
    weight: {
      read: rowRule<Letter>('not of bob', async (_, letter) => {
        looked.push(letter)
        await Promise.resolve()
        return letter.owner !== 'bob'
      }),
    },
    createdAt: { read: rowRule<Letter>('kept and first', (_, { isDeleted, id }) => !isDeleted && id > 1) },
  },
  computed: { length: computed(Letter, { requires: ['title'], value: ({ title }) => title.length }) },
}) {}
class CountingSerializer extends Serializer(Letter, {
  fields,
  computed: { length: computed(Letter, { requires: ['title'], value: ({ title }) => title.length }) },
}) {}
class RestrictedSerializer extends Serializer(Letter, {
  fields,
  rules: { owner: { read: role('admin') } },
}) {}
class LoudSerializer extends Serializer(Loud, { fields: ['id', 'title'] }) {}

const options = {
  permissions: { '*': anyone },
  filters: { title: ['eq', 'in', 'icontains'], weight: ['isnull', 'gte'] },
  ordering: ['title', 'weight'],
  search: ['title'],
} as const

@Resource('/letters')
class LetterViewSet extends ModelViewSet(Letter, { ...options, serializer: LetterSerializer }) {}

@Resource('/seen')
class SeenViewSet extends ModelViewSet(Letter, { ...options, serializer: SeeingSerializer }) {}

@Resource('/tested')
class TestedViewSet extends ModelViewSet(Letter, { ...options, serializer: TestingSerializer }) {}

@Resource('/read-on')
class CursorViewSet extends ModelViewSet(Letter, {
  ...options,
  serializer: LetterSerializer,
  pagination: { style: 'cursor', size: 2 },
}) {}

@Resource('/counted')
class CountedViewSet extends ModelViewSet(Letter, { ...options, serializer: CountingSerializer }) {}

@Resource('/restricted')
class RestrictedViewSet extends ModelViewSet(Letter, { ...options, serializer: RestrictedSerializer }) {}

const isOwner = rowRule<{ owner: string }>('owner', ({ user }, { owner }) => owner === user?.id)

@Resource('/owned')
class OwnedViewSet extends ModelViewSet(Letter, {
  ...options,
  serializer: LetterSerializer,
  permissions: { list: anyone, '*': either(role('admin'), isOwner) },
}) {}

const asked: string[] = []
/** Asks other rows before it answers. */
const slowly = rowRule<Letter>('owner, in time', async ({ user }, letter) => {
  const entity = letter.constructor.name
  await new Promise((resolve) => setTimeout(resolve, 2))
  asked.push(`${entity} ${letter.id} ${letter.isDeleted} ${letter.createdAt instanceof Date}`)
  return letter.owner === user?.id
})
const computing: number[] = []

@Resource('/slow')
class SlowViewSet extends ModelViewSet(Letter, {
  ...options,
  serializer: class extends Serializer(Letter, {
    fields,
    rules: {
      extra: {
        read: rowRule<Letter>('heavy', (_, letter) => Boolean(looked.push(letter)) && (letter.weight ?? 0) > 6),
      },
    },
    computed: {
      length: computed(Letter, {
        requires: ['id', 'title'],
        value: ({ id, title }) => computing.push(id) && title.length,
      }),
    },
  }) {},
  permissions: { list: anyone, '*': either(role('admin'), slowly) },
}) {}

@Resource('/own-method')
class OwnMethodViewSet extends ModelViewSet(Letter, { ...options, serializer: LetterSerializer }) {
  override retrieve({ row }: RowCall<Letter>) {
    return Object.assign(row, { title: `${row.title}!` })
  }
}

@Resource('/stepped')
class SteppedViewSet extends ModelViewSet(Letter, { ...options, serializer: LetterSerializer }) {
  static override readonly steps: readonly PlacedStep[] = [
    { after: 'act', step: { name: 'look', for: ({ on }) => (on === 'row' ? () => {} : undefined) } },
  ]
}

@Resource('/loud')
class LoudViewSet extends ModelViewSet(Loud, { serializer: LoudSerializer, permissions: { '*': anyone } }) {}

const viewSets = [
  LetterViewSet,
  SeenViewSet,
  CursorViewSet,
  CountedViewSet,
  RestrictedViewSet,
  OwnedViewSet,
  TestedViewSet,
  SlowViewSet,
  OwnMethodViewSet,
  SteppedViewSet,
  LoudViewSet,
]

const entities = (because: string): ReadWay => ({ by: 'entities', because })

const heard: string[] = []

@EventSubscriber()
class Hearing implements EntitySubscriberInterface {
  afterLoad(entity: object): void {
    heard.push(entity.constructor.name)
  }
}

describeOnEngines('Answers that are read as text', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served
  /** The same, but only ever asked while a subscriber hears of rows: so they are loaded as entities. */
  let ordinary: Served

  before(async () => {
    database = await engine.create()
    dataSource = createDataSource({ ...database.options, entities: [Letter, Loud] })
    await dataSource.initialize()
    await dataSource.synchronize()
    const letters = dataSource.getRepository(Letter)
    const titles = ['one', 'Two "quoted"', 'thrée', 'four\n', 'five', 'six']
    for (const [index, title] of titles.entries()) {
      const weight = index === 2 ? null : index * 3
      await letters.save({ title, weight, owner: index % 2 === 0 ? 'ada' : 'bob', extra: { index, list: [title] } })
    }
    await hide(dataSource, Letter, [6])
    await dataSource.getRepository(Loud).save({ title: 'quiet' })
    served = await serve({ viewSets, dataSource })
    ordinary = await serve({ viewSets, dataSource })
  })

  after(async () => {
    await ordinary?.close()
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  /** What a path is answered, and what it is answered where rows are loaded as entities. */
  async function both(path: string, as?: string): Promise<readonly [Answer, Answer]> {
    const options = as === undefined ? {} : { as }
    const read = await served.request('GET', path, options)
    const { subscribers } = dataSource
    Object.assign(dataSource, { subscribers: [...subscribers, new Hearing()] })
    const loaded = await ordinary.request('GET', path, options)
    Object.assign(dataSource, { subscribers })
    return [read, loaded]
  }

  const statusOf = async (id: number, as: string) => (await served.request('GET', `/owned/${id}`, { as })).status

  const waysOf = (action: string): ReadWay | undefined =>
    applicationOf({ viewSets, dataSource }).routes.find((route) => route.action === action)?.reads

  it('say when they are made how they will be read', () => {
    const text = { by: 'text' }
    expect(waysOf('LetterViewSet.list')).to.deep.equal(text)
    expect(waysOf('LetterViewSet.retrieve')).to.deep.equal(text)
    expect(waysOf('LetterViewSet.create')).to.equal(undefined)
    expect(waysOf('CursorViewSet.list')).to.deep.equal(text)
    expect(waysOf('RestrictedViewSet.list')).to.deep.equal(text)
    expect(waysOf('OwnedViewSet.retrieve')).to.deep.equal(text)
    expect(waysOf('OwnMethodViewSet.list')).to.deep.equal(text)
    expect(waysOf('OwnMethodViewSet.retrieve')).to.deep.equal(entities('retrieve is a method of its own'))
    expect(waysOf('SteppedViewSet.retrieve')).to.deep.equal(entities('a step stands beside "act"'))
    expect(waysOf('SteppedViewSet.list')).to.deep.equal(text)
    expect(waysOf('CountedViewSet.list')).to.deep.equal(text)
    expect(waysOf('LoudViewSet.list')).to.deep.equal(entities('Loud has a method that is called when a row was loaded'))
  })

  it('are what they are when rows are loaded as entities', async () => {
    const queries = [
      '',
      '?pageSize=2',
      '?pageSize=2&page=2',
      '?pageSize=2&page=9',
      '?ordering=-title',
      '?ordering=weight',
      '?title=one',
      '?title=one&weight__gte=0',
      '?title__in=one,five',
      '?title__icontains=E',
      '?search=on',
      '?weight__isnull=true',
      '?weight__gte=3&ordering=-weight',
      '?fields=title,id',
      '?fields=weight',
    ]
    heard.length = 0
    for (const query of [...queries, ...queries]) {
      const [read, loaded] = await both(`/letters${query}`)
      expect([read.status, read.text], query).to.deep.equal([200, loaded.text])
      expect(read.headers.get('link')).to.equal(loaded.headers.get('link'))
      const [seen] = await both(`/seen${query}`)
      expect([seen.status, seen.text], query).to.deep.equal([200, loaded.text])
      expect(read.headers.get('link')?.replaceAll('/letters', '/seen')).to.equal(seen.headers.get('link') ?? undefined)
      const [tested, own] = await both(`/tested${query}`)
      // Nobody may ask by a field that is not shown of every row.
      expect(tested.status, query).to.equal(/weight(?!$)|ordering=-?weight/.test(query) ? 400 : 200)
      expect([tested.status, tested.body.data], query).to.deep.equal([own.status, own.body.data])
    }
    for (const id of ['1', '2', '3', '6', '99', 'x', '1?fields=title', '2?fields=weight,length']) {
      for (const [path, as] of [
        ['letters'],
        ['seen'],
        ['tested'],
        ['owned', 'ada'],
        ['owned', 'eve:admin'],
        ['slow', 'ada'],
      ]) {
        const [read, loaded] = await both(`/${path}/${id}`, as)
        const about = `${path} ${id} ${as}`
        expect([read.status, read.status === 200 && read.text], about).to.deep.equal([
          loaded.status,
          loaded.status === 200 && loaded.text,
        ])
        for (const name of ['etag', 'last-modified']) expect(read.headers.get(name)).to.equal(loaded.headers.get(name))
      }
    }
    expect(heard.length).to.be.greaterThan(100)
  })

  it('leave out of each row what a rule that looks at it does not show', async () => {
    looked.length = 0
    const { body } = await served.request('GET', '/tested')
    const rows = body.data as never as readonly Record<string, unknown>[]
    const members = rows.map((row) => ['weight', 'createdAt', 'length'].filter((name) => name in row).join())
    const [even, odd] = ['weight,createdAt,length', 'createdAt,length']
    expect(members).to.deep.equal(['weight,length', odd, even, odd, even])
    expect(looked.every((letter) => letter instanceof Letter)).to.equal(true)
    expect(looked.map(({ id }) => id)).to.deep.equal([1, 2, 3, 4, 5])
  })

  it('are read once for a rule that takes time, and for nobody whom it refuses', async () => {
    for (const list of [asked, computing, looked]) list.length = 0
    const sent: string[] = []
    const stop = dataSource.onStatement(({ sql }) => sent.push(sql))
    const refused = await served.request('GET', '/slow/2', { as: 'ada' })
    expect([refused.status, computing.length, looked.length, sent.length]).to.deep.equal([403, 0, 0, 1])
    const allowed = await served.request('GET', '/slow/5', { as: 'ada' })
    stop()
    expect([allowed.status, computing, sent.length]).to.deep.equal([200, [5], 2])
    expect(asked).to.deep.equal(['Letter 2 false true', 'Letter 5 false true'])
    expect(looked.map(({ id }) => id)).to.deep.equal([5])
    expect(allowed.body).to.deep.include({ id: 5, owner: 'ada', length: 4, extra: { index: 4, list: ['five'] } })
  })

  it('are locked by the statement that loads a row for a rule that takes time', async () => {
    expect((await served.request('PATCH', '/slow/5', { as: 'ada', body: { title: 'before' } })).status).to.equal(200)
    const sent: string[] = []
    const stop = dataSource.onStatement(({ sql }) => sent.push(sql))
    const { status } = await served.request('PATCH', '/slow/5', { as: 'ada', body: { title: 'five' } })
    stop()
    expect(status).to.equal(200)
    const loading = sent
      .slice(
        0,
        sent.findIndex((sql) => sql.startsWith('UPDATE')),
      )
      .filter((sql) => sql.includes('read_0'))
    expect(loading).to.have.length(1)
    if (engine.name !== 'sqlite') expect(loading[0]).to.match(/FOR (?:NO KEY )?UPDATE$/)
  })

  it('follow cursors in both directions', async () => {
    const first = await served.request('GET', '/read-on?ordering=-weight')
    const next = first.body.pagination['nextCursor'] as string
    const second = await served.request('GET', `/read-on?ordering=-weight&cursor=${next}`)
    const back = second.body.pagination['previousCursor'] as string
    const again = await served.request('GET', `/read-on?ordering=-weight&cursor=${back}`)
    const titles = [first, second].flatMap(({ body }) => body.data.map((row) => (row as never as Letter).title))
    expect(titles).to.deep.equal(['five', 'four\n', 'Two "quoted"', 'one'])
    expect(again.body.data).to.deep.equal(first.body.data)
  })

  it('are made of one statement for a row, and two for a page that is counted', async () => {
    const sent: string[] = []
    const stop = dataSource.onStatement(({ sql }) => sent.push(sql))
    await served.request('GET', '/letters/1')
    expect(sent).to.have.length(1)
    await served.request('GET', '/letters?pageSize=2')
    stop()
    expect(sent).to.have.length(3)
    expect(sent[0]).to.include('read_0')
    expect(sent[1]).to.include('read_0')
  })

  it('leave out what a caller may not read', async () => {
    const anybody = await served.request('GET', '/restricted/1')
    expect(anybody.body).to.not.have.property('owner')
    const admin = await served.request('GET', '/restricted/1', { as: 'ada:admin' })
    expect(admin.body).to.have.property('owner', 'ada')
  })

  it('ask a permission about the entity where it must see one', async () => {
    expect([await statusOf(1, 'ada'), await statusOf(2, 'ada'), await statusOf(2, 'eve:admin')]).to.deep.equal([
      200, 403, 200,
    ])
  })

  it('are what methods, and entities that change themselves, make of them', async () => {
    expect((await served.request('GET', '/own-method/1')).body).to.have.property('title', 'one!')
    expect((await served.request('GET', '/loud/1')).body).to.have.property('title', 'QUIET')
    expect((await served.request('GET', '/loud')).text).to.include('"QUIET"')
  })

  it('are read as entities where a subscriber hears of loaded rows', async () => {
    const given = { ...dataSource.options, entities: [Letter, Loud], subscribers: [Hearing] }
    const hearing = createDataSource(given as never)
    const [route] = applicationOf({ viewSets: [LetterViewSet], dataSource: hearing }).routes
    expect(route?.reads).to.deep.equal({
      by: 'entities',
      because: 'Letter may have a subscriber that is told of rows that were loaded',
    })
  })
})

describeOnEngines('A subscriber that is added later', (engine) => {
  it('hears of the rows of answers', async () => {
    const database = await engine.create()
    const dataSource = createDataSource({ ...database.options, entities: [Letter] })
    await dataSource.initialize()
    await dataSource.synchronize()
    await dataSource.getRepository(Letter).save({ title: 'one', owner: 'ada', weight: null, extra: null })
    const served = await serve({ viewSets: [LetterViewSet], dataSource })
    Object.assign(dataSource, { subscribers: [...dataSource.subscribers, new Hearing()] })
    heard.length = 0
    try {
      await served.request('GET', '/letters/1')
      await served.request('GET', '/letters')
      expect(heard).to.deep.equal(['Letter', 'Letter'])
    } finally {
      await served.close()
      await dataSource.destroy()
      await database.drop()
    }
  })
})
