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
import { type Served, serve } from './support/served.js'

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
  })

  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  const asked = async (id: number, as: string) => (await served.request('GET', `/owned/${id}`, { as })).status

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
    for (const query of [...queries, ...queries]) {
      const [read, seen] = [
        await served.request('GET', `/letters${query}`),
        await served.request('GET', `/seen${query}`),
      ]
      expect([read.status, read.text], query).to.deep.equal([200, seen.text])
      expect(read.headers.get('link')?.replaceAll('/letters', '/seen')).to.equal(seen.headers.get('link') ?? undefined)
    }
    for (const id of ['1', '2', '3', '6', '99', 'x', '1?fields=title']) {
      const [read, seen] = [await served.request('GET', `/letters/${id}`), await served.request('GET', `/seen/${id}`)]
      expect([read.status, read.status === 200 && read.text], id).to.deep.equal([
        seen.status,
        seen.status === 200 && seen.text,
      ])
      for (const name of ['etag', 'last-modified']) expect(read.headers.get(name)).to.equal(seen.headers.get(name))
    }
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
    expect([await asked(1, 'ada'), await asked(2, 'ada'), await asked(2, 'eve:admin')]).to.deep.equal([200, 403, 200])
  })

  it('are what methods, and entities that change themselves, make of them', async () => {
    expect((await served.request('GET', '/own-method/1')).body).to.have.property('title', 'one!')
    expect((await served.request('GET', '/loud/1')).body).to.have.property('title', 'QUIET')
    expect((await served.request('GET', '/loud')).text).to.include('"QUIET"')
  })

  it('are read as entities where a subscriber hears of loaded rows', async () => {
    const hearing = createDataSource({
      ...dataSource.options,
      entities: [Letter, Loud],
      subscribers: [Hearing],
    } as never)
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
