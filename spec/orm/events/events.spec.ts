import { expect } from 'chai'
import { In } from 'typeorm'
import {
  type CommittedWrite,
  ConflictError,
  createDataSource,
  Mistakes,
  type ModelDataSource,
  ModelService,
  on,
  silentLogger,
  type WriteEvent,
  withServiceContext,
} from '../../../src/index.js'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { failure } from '../writes/library.js'
import { Article, Keyword, Mark, Numbered, Remark } from './press.js'

const entities = [Keyword, Article, Remark, Mark]

interface Heard {
  readonly when: string
  readonly kind: string
  readonly entity: string
  readonly ids: readonly unknown[]
  readonly from?: readonly unknown[]
}

/** What is heard of a write of articles. */
const pair = (kind: string, ...ids: readonly number[]) =>
  ['before', 'after'].map((when) => ({ when, kind, entity: 'Article', ids }))

describeOnEngines('Events of writes', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  const heard: Heard[] = []
  const events: WriteEvent[] = []
  const committed: CommittedWrite[] = []
  /** What the handlers refuse. */
  let vetoed: string | undefined

  const record = (when: string) => (event: WriteEvent) => {
    events.push(event)
    const { kind, entity, ids, cause } = event
    const from = cause && { from: [cause.kind, cause.entity.name, ...cause.ids] }
    heard.push({ when, kind, entity: entity.name, ids, ...from })
    if (when === 'before' && vetoed === `${kind} ${entity.name}`) {
      throw new ConflictError('No.', { errorCode: 'VETOED' })
    }
  }
  const early = record('before')
  const late = record('after')

  before(async () => {
    database = await engine.create()
    const listeners = [
      on(Numbered, { beforeInsert: early, afterInsert: late, beforeUpdate: early, afterUpdate: late }),
      on(Numbered, { beforeDelete: early, afterDelete: late }),
      on(Article, { beforeRestore: early, afterRestore: late, beforePurge: early, afterPurge: late }),
      on(Article, { beforePublish: early, afterPublish: late }),
      on(Remark, { afterRestore: late, afterPurge: late }),
    ]
    dataSource = await createDataSource({ ...database.options, entities, listeners }).initialize()
    await dataSource.synchronize()
    dataSource.events.onCommitted((write) => void committed.push(write))
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  const articles = () => dataSource.getRepository(Article)
  const remarks = () => dataSource.getRepository(Remark)
  const listen = () => {
    heard.length = 0
    events.length = 0
    committed.length = 0
  }

  beforeEach(async () => {
    vetoed = undefined
    for (const table of ['article_keywords_keyword', 'mark', 'remark', 'article', 'keyword']) {
      await dataSource.query(`DELETE FROM ${dataSource.driver.escape(table)}`)
    }
    await articles().insert([{ id: 1 }, { id: 2 }])
    await remarks().insert([1, 2].map((id) => ({ id, article: { id: 1 } })))
    await dataSource.getRepository(Mark).insert({ id: 1, article: { id: 1 } })
    listen()
  })

  it('tell of inserts, updates and deletes, by whatever way', async () => {
    const { manager } = dataSource
    await articles().insert({ id: 3 })
    await articles().save(articles().create({ id: 4, text: 'new' }))
    await articles().update(3, { text: 'a' })
    await articles().update({ text: 'a' }, { text: 'b' })
    await articles().save(Object.assign(await articles().findOneByOrFail({ id: 4 }), { text: 'c' }))
    await manager.createQueryBuilder().update(Article).set({ text: 'd' }).where('id > 2').execute()
    await articles().delete([3, 4])
    expect(heard).to.deep.equal([
      ...pair('insert', 3),
      ...pair('insert', 4),
      ...pair('update', 3),
      ...pair('update', 3),
      ...pair('update', 4),
      ...pair('update', 3, 4),
      ...pair('delete', 3, 4),
    ])
    expect(committed.map(({ kind, entity, ids }) => [kind, entity.name, ids])).to.deep.equal(
      heard.filter(({ when }) => when === 'after').map(({ kind, entity, ids }) => [kind, entity, ids]),
    )
    expect(events.at(-1)?.rows[0]).to.have.nested.property('before.text', 'd')
  })

  it('tell of verbs, also of those of a third party, with their input', async () => {
    await articles().publish([1, 2], { note: 'at last' })
    expect(heard).to.deep.equal(
      ['before', 'after'].map((when) => ({ when, kind: 'publish', entity: 'Article', ids: [1, 2] })),
    )
    expect(events[0]?.input).to.deep.equal({ note: 'at last' })
  })

  it('tell once of each entity, and of what rows came along with, in one operation', async () => {
    const { operation } = await articles().delete(1)
    const from = ['delete', 'Article', 1]
    expect(heard.filter(({ when }) => when === 'after')).to.have.deep.members([
      { when: 'after', kind: 'delete', entity: 'Remark', ids: [1, 2], from },
      { when: 'after', kind: 'update', entity: 'Mark', ids: [1], from },
      { when: 'after', kind: 'delete', entity: 'Article', ids: [1] },
    ])
    expect(new Set(events.map((event) => event.operation))).to.deep.equal(new Set([operation]))
    listen()
    await articles().restore(1)
    const back = ['restore', 'Article', 1]
    expect(heard.filter(({ when }) => when === 'after')).to.have.deep.members([
      { when: 'after', kind: 'restore', entity: 'Article', ids: [1] },
      { when: 'after', kind: 'restore', entity: 'Remark', ids: [1, 2], from: back },
      { when: 'after', kind: 'update', entity: 'Mark', ids: [1], from: back },
    ])
    listen()
    await articles().purge(1)
    expect(heard.filter(({ when }) => when === 'after')).to.have.deep.members([
      { when: 'after', kind: 'update', entity: 'Mark', ids: [1], from: ['purge', 'Article', 1] },
      { when: 'after', kind: 'purge', entity: 'Remark', ids: [1, 2], from: ['purge', 'Article', 1] },
      { when: 'after', kind: 'purge', entity: 'Article', ids: [1] },
    ])
  })

  it('may be vetoed before: then nothing has changed, and nobody is told', async () => {
    for (const veto of ['delete Article', 'delete Remark', 'update Mark']) {
      vetoed = veto
      expect(await failure(articles().delete(1))).to.have.property('errorCode', 'VETOED')
    }
    vetoed = 'insert Article'
    expect(await failure(articles().insert({ id: 5 }))).to.have.property('errorCode', 'VETOED')
    vetoed = 'update Article'
    expect(await failure(articles().update({ id: 1 }, { text: 'x' }))).to.have.property('errorCode', 'VETOED')
    const loaded = await articles().findOneByOrFail({ id: 1 })
    expect(await failure(articles().save(Object.assign(loaded, { text: 'y' })))).to.have.property('errorCode', 'VETOED')
    vetoed = 'publish Article'
    expect(await failure(articles().publish(1))).to.have.property('errorCode', 'VETOED')
    vetoed = undefined
    expect(await articles().find({ order: { id: 'ASC' } })).to.have.length(2)
    expect(await articles().findOneByOrFail({ id: 1 })).to.deep.include({
      text: '',
      published: false,
      isDeleted: false,
    })
    expect(await remarks().count()).to.equal(2)
    expect(heard.filter(({ when }) => when === 'after')).to.deep.equal([])
    expect(committed).to.deep.equal([])
  })

  it('make a service answer that nothing was deleted', async () => {
    class ArticleService extends ModelService(Article) {}
    vetoed = 'delete Article'
    const result = await withServiceContext({ dataSource, logger: silentLogger }, () => new ArticleService().delete(1))
    expect(result).to.deep.include({ success: false, errorCode: 'VETOED' })
    expect(await articles().count()).to.equal(2)
  })

  it('tell nobody of what is undone, and all of it when it is committed', async () => {
    await failure(
      dataSource.atomic(async () => {
        await articles().delete(2)
        throw new Error('Undone.')
      }),
    )
    expect(heard.map(({ when }) => when)).to.deep.equal(['before'])
    listen()
    await dataSource.atomic(async () => {
      await articles().delete(2)
      expect(heard.map(({ when }) => when)).to.deep.equal(['before'])
    })
    expect(heard.map(({ when }) => when)).to.deep.equal(['before', 'after'])
    listen()
    const runner = dataSource.createQueryRunner()
    await runner.startTransaction()
    await runner.manager.getRepository(Article).restore(2)
    expect(committed).to.deep.equal([])
    await runner.commitTransaction()
    await runner.release()
    expect(committed.map(({ kind, ids }) => [kind, ids])).to.deep.equal([['restore', [2]]])
  })

  it('tell listeners that come later, until they leave', async () => {
    const late: unknown[] = []
    const stop = dataSource.events.listen(on(Keyword, { afterInsert: ({ ids }) => void late.push(...ids) }))
    await dataSource.getRepository(Keyword).insert({ id: 7 })
    stop()
    await dataSource.getRepository(Keyword).insert({ id: 8 })
    expect(late).to.deep.equal([7])
  })

  it('tell what is stored, also what the database has computed', async () => {
    await articles().update(2, { text: () => "UPPER('abc')" })
    expect(events.at(-1)?.rows).to.have.length(1)
    expect(events.at(-1)?.rows[0]).to.have.nested.property('before.text', '')
    expect(events.at(-1)?.rows[0]).to.have.nested.property('after.text', 'ABC')
  })

  it('tell of rows that nobody has read as many', async () => {
    await dataSource.getRepository(Keyword).insert([{ id: 1 }, { id: 2 }])
    listen()
    const article = await articles().findOneByOrFail({ id: 2 })
    article.keywords = await dataSource.getRepository(Keyword).find()
    await articles().save(article)
    expect(committed.map(({ kind, entity, ids }) => [kind, entity.name, ids])).to.have.deep.members([
      ['update', 'Article', 'many'],
      ['update', 'Keyword', 'many'],
    ])
  })
})

describeOnEngines('Committed writes that nobody else listens to', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  const committed: CommittedWrite[] = []

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Keyword] }).initialize()
    await dataSource.synchronize()
    dataSource.events.onCommitted((write) => void committed.push(write))
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  it('tell which rows one statement wrote where its criteria name them, and many where not all were there', async () => {
    const keywords = dataSource.getRepository(Keyword)
    await keywords.insert([1, 2, 3, 4].map((id) => ({ id })))
    committed.length = 0
    const { manager } = dataSource
    await keywords.update(1, { text: 'a' })
    await keywords.update({ id: In([1, 2]) }, { text: 'b' })
    await keywords.update({ id: 2, text: 'b' }, { text: 'c' })
    await keywords.update([2, 9], { text: 'd' })
    await keywords.update({ id: 2, text: 'no such' }, { text: 'e' })
    await keywords.update({ text: 'd' }, { text: 'f' })
    await manager.createQueryBuilder().update(Keyword).set({ text: 'g' }).where({ id: 1 }).orWhere({ id: 2 }).execute()
    await manager.createQueryBuilder().update(Keyword).set({ text: 'h' }).whereInIds([3, 4]).execute()
    await keywords.delete([3, 4])
    await keywords.delete([2, 9])
    expect(committed.map(({ kind, entity, ids }) => [kind, entity.name, ids])).to.deep.equal([
      ['update', 'Keyword', [1]],
      ['update', 'Keyword', [1, 2]],
      ['update', 'Keyword', [2]],
      ['update', 'Keyword', 'many'],
      ['update', 'Keyword', 'many'],
      ['update', 'Keyword', 'many'],
      ['update', 'Keyword', [3, 4]],
      ['delete', 'Keyword', [3, 4]],
      ['delete', 'Keyword', 'many'],
    ])
  })
})

describe('Listeners that can never hear anything', () => {
  it('are a mistake, with their place', async () => {
    const { default: driver } = await import('libsql')
    const options = { type: 'better-sqlite3', database: ':memory:', driver } as const
    const listeners = [
      on(Remark, { afterDelete: () => {} }),
      on(Article, { ['afterPublsh' as 'afterPublish']: () => {} }),
    ]
    const mistakes = new Mistakes()
    createDataSource({ ...options, entities: [Keyword, Article], listeners }).verify(mistakes)
    expect(mistakes.found.map(({ code, subject }) => [code, subject])).to.deep.equal([
      ['E_LISTENER', 'Remark'],
      ['E_LISTENER', 'Article'],
    ])
    expect(mistakes.found[1]?.problem).to.include('listens to afterPublsh')
    expect(mistakes.found[1]?.places[0]).to.match(/^on\(\) at .*events\.spec\.\w+:\d+:\d+$/)
  })
})
