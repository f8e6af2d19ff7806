import { expect } from 'chai'
import { anyone, computed, createDataSource, type ModelDataSource, ModelViewSet, rowRule, Serializer } from 'plinth'
import { Resource, type SoftDeletable, SoftDelete } from 'plinth/decorators'
import { AfterLoad, Column, Entity, JoinColumn, ManyToOne, OneToMany, PrimaryColumn } from 'typeorm'
import { type Database, describeOnEngines } from '../support/engines.js'
import { hide } from '../support/hide.js'
import { applicationOf } from '../support/http.js'
import { type Served, serve } from './support/served.js'

export interface Writer extends SoftDeletable {}
@Entity()
@SoftDelete()
export class Writer {
  @PrimaryColumn({ type: 'int' }) id!: number
  @Column({ length: 60 }) name!: string
}

@Entity()
export class Novel {
  @PrimaryColumn({ type: 'int' }) id!: number
  @Column({ length: 60 }) title!: string
  @Column({ type: 'int' }) writerId!: number
  @ManyToOne(() => Writer) @JoinColumn({ name: 'writerId' }) writer!: Writer | null
  @OneToMany(
    () => Chapter,
    ({ novel }) => novel,
  )
  chapters!: Chapter[]
}

@Entity()
export class Chapter {
  @PrimaryColumn({ type: 'int' }) id!: number
  @Column({ length: 60 }) heading!: string
  @ManyToOne(() => Novel) novel!: Novel
  @OneToMany(
    () => Note,
    ({ chapter }) => chapter,
  )
  notes!: Note[]
}

@Entity()
export class Note {
  @PrimaryColumn({ type: 'int' }) id!: number
  @Column({ length: 60 }) text!: string
  @ManyToOne(() => Chapter) chapter!: Chapter

  @AfterLoad()
  sign(): void {
    this.text = `${this.text}.`
  }
}

class WriterSerializer extends Serializer(Writer, { fields: ['id', 'name'] }) {}
class NoteSerializer extends Serializer(Note, { fields: ['id', 'text'] }) {}
class ChapterSerializer extends Serializer(Chapter, {
  fields: ['id', 'heading', 'notes'],
  nested: { notes: { serializer: NoteSerializer, optional: true } },
}) {}

const spec = {
  fields: ['id', 'title', 'writer', 'chapters'],
  nested: { writer: WriterSerializer, chapters: { serializer: ChapterSerializer, max: 3, orderBy: ['-id'] } },
  computed: {
    byline: computed(Novel, {
      requires: ['title', 'writer.name'],
      value: ({ title, writer }) => `${title}, ${writer?.name ?? 'anonymous'}`,
    }),
  },
} as const

class NovelSerializer extends Serializer(Novel, spec) {}
/** Shows the same, but must see the rows. */
class SeeingSerializer extends Serializer(Novel, {
  ...spec,
  rules: { id: { read: rowRule<{ title: string }>('any', () => true) } },
}) {}

const options = {
  permissions: { '*': anyone },
  ordering: ['title', 'writer.name'],
  pagination: { style: 'page', count: 'none' },
} as const

@Resource('/novels')
class NovelViewSet extends ModelViewSet(Novel, { ...options, serializer: NovelSerializer }) {}

@Resource('/seen')
class SeenViewSet extends ModelViewSet(Novel, { ...options, serializer: SeeingSerializer }) {}

const viewSets = [NovelViewSet, SeenViewSet]
const novelCount = 100
const ids = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

describeOnEngines('Answers with relations that are read as text', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served

  before(async () => {
    database = await engine.create()
    dataSource = createDataSource({ ...database.options, entities: [Writer, Novel, Chapter, Note] })
    await dataSource.initialize()
    await dataSource.synchronize()
    const insert = async (entity: new () => object, rows: readonly object[]): Promise<void> => {
      const statement = dataSource.createQueryBuilder().insert().into(entity)
      await statement.values(rows).updateEntity(false).execute()
    }
    await insert(
      Writer,
      ids(7).map((id) => ({ id, name: `Writer "${id}"` })),
    )
    await insert(
      Novel,
      ids(novelCount).map((id) => ({ id, title: `Novel ${id % 10}`, writerId: 1 + (id % 7) })),
    )
    await insert(
      Chapter,
      ids(300).map((id) => ({ id, heading: `Chapter ${id}`, novel: { id: 1 + (id % 80) } })),
    )
    await insert(
      Note,
      ids(40).map((id) => ({ id, text: `Note ${id}`, chapter: { id } })),
    )
    await hide(dataSource, Writer, [2, 5])
    served = await serve({ viewSets, dataSource })
  })

  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  it('say so', () => {
    const ways = applicationOf({ viewSets, dataSource }).routes.map(({ action, reads }) => [action, reads?.by])
    expect(ways).to.deep.include.members([
      ['NovelViewSet.list', 'text'],
      ['NovelViewSet.retrieve', 'text'],
    ])
  })

  it('are what they are when rows are loaded as entities', async () => {
    const queries = [
      '',
      '?pageSize=100',
      '?pageSize=7&page=3',
      '?ordering=-writer.name,title&pageSize=30',
      '?fields=title,writer.name',
      '?fields=chapters.heading&pageSize=3',
      '?fields=byline',
      '?include=chapters.notes&pageSize=50',
    ]
    for (const query of [...queries, ...queries]) {
      const read = await served.request('GET', `/novels${query}`)
      const seen = await served.request('GET', `/seen${query}`)
      expect([read.status, read.text], query).to.deep.equal([200, seen.text])
    }
    for (const id of ['1', '3', '90', '90?fields=chapters']) {
      const [read, seen] = [await served.request('GET', `/novels/${id}`), await served.request('GET', `/seen/${id}`)]
      expect([read.status, read.text, read.headers.get('etag')]).to.deep.equal([
        200,
        seen.text,
        seen.headers.get('etag'),
      ])
    }
  })

  it('hide what scopes hide, and show the first rows of many', async () => {
    const { body } = await served.request('GET', '/novels/1')
    expect(body).to.deep.include({ writer: null, byline: 'Novel 1, anonymous' })
    const chapters = body['chapters'] as { readonly data: readonly object[]; readonly hasMore: boolean }
    expect(chapters.data).to.deep.equal([240, 160, 80].map((id) => ({ id, heading: `Chapter ${id}` })))
    expect(chapters.hasMore).to.equal(false)
    const second = (await served.request('GET', '/novels/2')).body['chapters'] as typeof chapters
    expect(second.hasMore).to.equal(true)
  })

  it('take as many statements for a hundred rows as for one', async () => {
    for (const pageSize of [1, 100]) {
      const sent: string[] = []
      const stop = dataSource.onStatement(({ sql }) => sent.push(sql))
      await served.request('GET', `/novels?pageSize=${pageSize}`)
      stop()
      // The page, and the chapters of its novels.
      expect(sent, sent.join('\n')).to.have.length(2)
    }
  })
})
