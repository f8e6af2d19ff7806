import { expect } from 'chai'
import { anyone, type DefinitionError, type ModelDataSource, ModelViewSet, Reply, rowRule, VerbsMixin } from 'plinth'
import { Action, Resource, SoftDeleteViewSetMixin, slugWithId } from 'plinth/decorators'
import { type Database, describeOnEngines, engines } from '../support/engines.js'
import { applicationOf, servings } from '../support/http.js'
import {
  Book,
  BookSerializer,
  createLibrary,
  Letter,
  LetterSerializer,
  problem,
  Shelf,
  storeBooks,
} from './support/library.js'
import { type Served, serve } from './support/served.js'

const options = { serializer: BookSerializer, lookup: 'slug' } as const
const notSecret = rowRule<Book>('not secret', (_, { pages }) => pages !== 13)

@Resource('/novels')
class NovelViewSet extends SoftDeleteViewSetMixin(
  VerbsMixin(ModelViewSet(Book, { ...options, permissions: { list: anyone, create: anyone, '*': notSecret } }), {
    moveTo: anyone,
  }),
  { allow: { trash: anyone, restore: anyone } },
) {}

/** By a property that no trait knows of. */
@Resource('/isbn')
class IsbnViewSet extends ModelViewSet(Book, { ...options, lookup: 'isbn', permissions: { '*': anyone } }) {}

/** Nothing sees the rows, so that they are read as text. */
@Resource('/open-novels')
class OpenViewSet extends ModelViewSet(Book, { ...options, permissions: { '*': anyone } }) {}

describeOnEngines('Rows looked up by a property', (engine) => {
  for (const serving of servings.filter(({ mounted }) => !mounted)) {
    describe(serving.name, () => {
      let database: Database
      let dataSource: ModelDataSource
      let served: Served

      before(async () => {
        ;({ database, dataSource } = await createLibrary(engine))
        served = await serve({ viewSets: [NovelViewSet, IsbnViewSet, OpenViewSet], dataSource, serving })
      })
      after(async () => {
        await served?.close()
        await dataSource?.destroy()
        await database?.drop()
      })

      const renamed = async (title: string, to: string, values: Partial<Book> = {}) => {
        const [book] = await storeBooks(dataSource, [title], values)
        await dataSource.getRepository(Book).update(book!.id, { slug: to })
        return book!
      }

      const moved = async (method: string, path: string, body?: object) => {
        const answer = await served.request(method, path, body ? { body } : {})
        return [answer.status, answer.headers.get('location'), answer.text]
      }

      it('are found by it, written by it, and located by it', async () => {
        const [book] = await storeBooks(dataSource, ['War and Peace'])
        expect((await served.request('GET', '/novels/war-and-peace')).body).to.include({ id: book!.id })
        expect((await served.request('PATCH', '/novels/war-and-peace', { body: { pages: 5 } })).body).to.include({
          pages: 5,
        })
        expect(
          (await served.request('POST', '/novels/war-and-peace/move-to', { body: { position: 1 } })).status,
        ).to.equal(200)
        expect((await served.request('GET', `/isbn/${encodeURIComponent(book!.isbn)}`)).body).to.include({
          id: book!.id,
        })
        const { id: shelfId } = await dataSource.getRepository(Shelf).save({ name: 'new' })
        const made = await served.request('POST', '/novels', {
          body: { title: 'Emma!', isbn: `emma ${shelfId}`, shelfId },
        })
        expect([made.status, made.headers.get('location')]).to.deep.equal([201, '/novels/emma'])
        for (const name of [book!.id, 'nobody', '%00', 'War-and-Peace'.repeat(60)]) {
          expect((await served.request('GET', `/novels/${name}`)).status, name).to.equal(404)
        }
        expect(problem(await served.request('GET', '/novels/nobody'))).to.deep.equal({
          type: 'urn:problem:not_found',
          title: 'Not found',
          status: 404,
          code: 'NOT_FOUND',
          detail: 'There is no such row.',
          instance: '/novels/nobody',
        })
      })

      it('answer former names with the address they have now, whatever the method, and do nothing', async () => {
        const book = await renamed('Old Name', 'new-name')
        expect(await moved('GET', '/novels/old-name')).to.deep.equal([308, '/novels/new-name', ''])
        expect(await moved('GET', '/novels/old-name/?fields=id')).to.deep.equal([308, '/novels/new-name?fields=id', ''])
        expect(await moved('PATCH', '/novels/old-name', { pages: 7 })).to.deep.equal([308, '/novels/new-name', ''])
        expect(await moved('DELETE', '/novels/old-name')).to.deep.equal([308, '/novels/new-name', ''])
        expect(await moved('POST', '/novels/old-name/move-to', { position: 1 })).to.deep.equal([
          308,
          '/novels/new-name/move-to',
          '',
        ])
        expect(await dataSource.getRepository(Book).findOneByOrFail({ id: book.id })).to.include({ pages: 0 })
      })

      it('are read as text where nothing sees them, and led to by the names they had', async () => {
        const routes = applicationOf({ viewSets: [OpenViewSet], dataSource }).routes
        const way = routes.find(({ action }) => action === 'OpenViewSet.retrieve')?.reads
        expect(way).to.deep.equal({ by: 'text' })
        await renamed('Earlier Name', 'later-name')
        const [open, novel] = [
          await served.request('GET', '/open-novels/later-name'),
          await served.request('GET', '/novels/later-name'),
        ]
        expect([open.status, open.text, open.headers.get('etag')]).to.deep.equal([
          200,
          novel.text,
          novel.headers.get('etag'),
        ])
        expect(await moved('GET', '/open-novels/earlier-name')).to.deep.equal([308, '/open-novels/later-name', ''])
        expect((await served.request('GET', '/open-novels/no-name')).status).to.equal(404)
      })

      it('are led to by their ids behind any name', async () => {
        const book = await renamed('Some Name', 'other-name')
        const address = `/novels/${slugWithId(dataSource.getRepository(Book), book)}`
        expect(address).to.equal(`/novels/some-name--${book.id}`)
        for (const path of [address, `/novels/nonsense--${book.id}`]) {
          expect(await moved('GET', path)).to.deep.equal([308, '/novels/other-name', ''])
        }
        expect(await moved('PATCH', address, { pages: 7 })).to.deep.equal([308, '/novels/other-name', ''])
        expect(await moved('POST', `${address}/move-to`, { position: 1 })).to.deep.equal([
          308,
          '/novels/other-name/move-to',
          '',
        ])
        for (const id of ['', 'x', '00000000-0000-7000-8000-000000000000']) {
          expect((await served.request('GET', `/novels/some-name--${id}`)).status, id).to.equal(404)
        }
        await dataSource.getRepository(Book).delete(book.id)
        expect((await served.request('GET', address)).status).to.equal(404)
      })

      it('tell nobody the name of a row they may not see', async () => {
        await renamed('Known once', 'secret-now', { pages: 13 })
        const { id } = await dataSource.getRepository(Book).findOneByOrFail({ slug: 'secret-now' })
        for (const name of ['known-once', `known-once--${id}`]) {
          const answer = await served.request('GET', `/novels/${name}`, { as: 'ada' })
          expect([answer.status, answer.headers.get('location')], name).to.deep.equal([403, null])
        }
      })

      it('are named by their ids where they are hidden, because several may have had one name', async () => {
        const [book] = await storeBooks(dataSource, ['Twice'])
        await dataSource.getRepository(Book).delete(book!.id)
        expect((await served.request('GET', '/novels/twice')).status).to.equal(404)
        expect((await served.request('GET', '/novels/trash/twice')).status).to.equal(404)
        expect((await served.request('GET', `/novels/trash/${book!.id}`)).status).to.equal(200)
        expect((await served.request('POST', `/novels/${book!.id}/restore`)).status).to.equal(200)
        expect((await served.request('GET', '/novels/twice')).status).to.equal(200)
      })

      it('are never called as a route is', async () => {
        await storeBooks(dataSource, ['Trash'])
        expect((await served.request('GET', '/novels/trash')).body).to.have.keys('data', 'pagination')
        expect((await served.request('GET', '/novels/trash-2')).body).to.include({ title: 'Trash' })
      })
    })
  }
})

describe('Properties that rows cannot be looked up by', () => {
  it('are refused when the application starts', async () => {
    @Resource('/twins')
    class Twins extends ModelViewSet(Letter, {
      serializer: LetterSerializer,
      lookup: 'text',
      only: ['retrieve'],
      permissions: { '*': anyone },
    }) {}
    @Resource('/shadowed')
    class Shadowed extends ModelViewSet(Book, { ...options, only: ['retrieve'], permissions: { '*': anyone } }) {
      @Action({ method: 'get', on: 'collection', allow: anyone })
      statistics() {
        return Reply.json({})
      }
    }
    const { database, dataSource } = await createLibrary(engines[0]!)
    const failure = await serve({ viewSets: [Twins, Shadowed], dataSource }).then(
      () => undefined,
      (error: DefinitionError) => error,
    )
    await dataSource.destroy()
    await database.drop()
    expect(failure?.mistakes.map(({ code, subject, problem: said }) => [code, subject, said])).to.deep.equal([
      ['E_LOOKUP', 'Twins.retrieve', '"text" is not unique, so that it does not name one row.'],
      ['E_LOOKUP', 'Shadowed.statistics', 'a row called "statistics" could not be reached at /shadowed/statistics.'],
    ])
  })
})
