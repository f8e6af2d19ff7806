import { expect } from 'chai'
import { anyone, type ModelDataSource, ModelViewSet } from 'plinth'
import { Resource, SoftDeleteViewSetMixin } from 'plinth/decorators'
import { type Database, describeOnEngines } from '../support/engines.js'
import { servings } from '../support/http.js'
import {
  Book,
  BookSerializer,
  BookViewSet,
  createLibrary,
  Letter,
  LetterViewSet,
  Loan,
  problem,
  Shelf,
  storeBooks,
} from './support/library.js'
import { type Served, serve } from './support/served.js'

/** Nothing but the trash itself. */
@Resource('/seen')
class SeenViewSet extends SoftDeleteViewSetMixin(
  ModelViewSet(Book, { serializer: BookSerializer, permissions: { '*': anyone } }),
  { allow: { trash: anyone } },
) {}

describeOnEngines('The trash', (engine) => {
  for (const serving of servings.filter(({ mounted }) => !mounted)) {
    describe(serving.name, () => {
      let database: Database
      let dataSource: ModelDataSource
      let served: Served

      before(async () => {
        ;({ database, dataSource } = await createLibrary(engine))
        served = await serve({ viewSets: [BookViewSet, LetterViewSet, SeenViewSet], dataSource, serving })
      })
      after(async () => {
        await served?.close()
        await dataSource?.destroy()
        await database?.drop()
      })

      const books = () => dataSource.getRepository(Book)
      const deleted = async (...titles: readonly string[]) => {
        const stored = await storeBooks(dataSource, titles)
        for (const { id } of stored) await books().delete(id)
        return stored
      }
      const as = 'eve:editor'

      const status = async (method: string, path: string, by?: string) =>
        (await served.request(method, path, by === undefined ? {} : { as: by })).status
      const remove = (id: string) => served.request('DELETE', `/books/trash/${id}`, { as: 'root:admin,editor' })

      it('lists what is deleted, with filters and pages, and nothing else', async () => {
        const [gone, other] = await deleted('trash one', 'trash two')
        await storeBooks(dataSource, ['trash three'])
        const all = await served.request('GET', '/books/trash?title__contains=trash', { as })
        expect([all.status, all.body.data.map(({ id }) => id)]).to.deep.equal([200, [gone!.id, other!.id]])
        const page = await served.request('GET', '/books/trash?title__contains=trash&pageSize=1&page=2', { as })
        expect(page.body.data).to.deep.equal([
          {
            id: other!.id,
            title: 'trash two',
            isbn: other!.isbn,
            ownerId: 'ada',
            pages: 0,
            shelfId: other!.shelfId,
            position: null,
          },
        ])
        expect(page.body.pagination).to.include({ totalItems: 2, totalPages: 2 })
        expect(page.headers.get('link')).to.include(
          '</books/trash?title__contains=trash&page=1&pageSize=1>; rel="first"',
        )
        const list = await served.request('GET', '/books?title__contains=trash', { as })
        expect(list.body.data.map(({ id }) => id)).not.to.include(gone!.id)
        const asked = await served.request('GET', '/books?withDeleted=true', { as })
        expect([asked.status, asked.body.errors]).to.deep.equal([
          400,
          [{ parameter: 'withDeleted', code: 'unknown_parameter', message: 'is not known here' }],
        ])
      })

      it('shows one row, where it is deleted', async () => {
        const [gone] = await deleted('shown')
        const [kept] = await storeBooks(dataSource, ['kept'])
        const answer = await served.request('GET', `/books/trash/${gone!.id}`, { as })
        expect([answer.status, answer.body['title']]).to.deep.equal([200, 'shown'])
        const path = `/books/trash/${kept!.id}`
        expect(problem(await served.request('GET', path, { as }))).to.deep.equal({
          type: 'urn:problem:not_found',
          title: 'Not found',
          status: 404,
          code: 'NOT_FOUND',
          detail: 'There is no such row.',
          instance: path,
        })
        expect((await served.request('GET', `/books/${gone!.id}`, { as })).status).to.equal(404)
        expect((await served.request('POST', `/books/${gone!.id}/move-up`, { as })).status).to.equal(404)
      })

      it('is for whom each of its rules lets', async () => {
        const [gone] = await deleted('guarded')
        const [theirs] = await storeBooks(dataSource, ['theirs'], { ownerId: 'bob' })
        await books().delete(theirs!.id)
        expect(await status('GET', '/books/trash')).to.equal(401)
        expect(await status('GET', '/books/trash', 'ada')).to.equal(403)
        expect(await status('GET', `/books/trash/${gone!.id}`, 'ada')).to.equal(403)
        expect(await status('DELETE', `/books/trash/${gone!.id}`, as)).to.equal(403)
        expect(await status('POST', `/books/${gone!.id}/restore`, 'bob')).to.equal(404)
        expect(await status('POST', `/books/${theirs!.id}/restore`, 'ada')).to.equal(404)
        expect(await status('POST', `/books/${gone!.id}/restore`, 'ada')).to.equal(200)
        expect(await books().unscoped().countBy({ id: theirs!.id })).to.equal(1)
      })

      it('gives rows back, once', async () => {
        const [gone] = await deleted('back')
        const path = `/books/${gone!.id}/restore`
        const answer = await served.request('POST', path, { as })
        expect([answer.status, answer.body['title'], answer.body['position']]).to.deep.equal([200, 'back', 1])
        expect((await served.request('GET', `/books/${gone!.id}`, { as })).status).to.equal(200)
        expect(problem(await served.request('POST', path, { as }))).to.deep.equal({
          type: 'urn:problem:not_deleted',
          title: 'Not deleted',
          status: 409,
          code: 'NOT_DELETED',
          detail: 'The row is not deleted.',
          instance: path,
        })
      })

      it('keeps rows whose unique value somebody else has by now', async () => {
        const [gone] = await deleted('the same title')
        await storeBooks(dataSource, ['the same title'])
        const answer = await served.request('POST', `/books/${gone!.id}/restore`, { as })
        expect([answer.status, answer.body['code']]).to.deep.equal([409, 'SLUG_TAKEN'])
        expect(await books().countBy({ id: gone!.id })).to.equal(0)
      })

      it('keeps rows whose parent is deleted', async () => {
        const [gone] = await deleted('orphan')
        await dataSource.getRepository(Shelf).delete(gone!.shelfId)
        const answer = await served.request('POST', `/books/${gone!.id}/restore`, { as })
        expect([answer.status, answer.body['code']]).to.deep.equal([409, 'PARENT_DELETED'])
        expect(await books().countBy({ id: gone!.id })).to.equal(0)
      })

      it('removes rows for good, only from itself, and only where nothing refers to them', async () => {
        const [gone, lent] = await deleted('for good', 'lent')
        const [kept] = await storeBooks(dataSource, ['kept'])
        await dataSource.getRepository(Loan).insert({ bookId: lent!.id })
        const answer = await remove(gone!.id)
        expect([answer.status, answer.text]).to.deep.equal([204, ''])
        expect(await books().unscoped().countBy({ id: gone!.id })).to.equal(0)
        expect((await remove(gone!.id)).status).to.equal(404)
        expect((await remove(kept!.id)).status).to.equal(404)
        expect(problem(await remove(lent!.id))).to.deep.equal({
          type: 'urn:problem:referenced',
          title: 'Referenced',
          status: 409,
          code: 'REFERENCED',
          detail: 'Other records still refer to this one.',
          instance: `/books/trash/${lent!.id}`,
        })
        expect(await books().unscoped().countBy({ id: lent!.id })).to.equal(1)
      })

      it('has no more than what was allowed', async () => {
        const [gone] = await deleted('left')
        expect((await served.request('GET', `/seen/trash/${gone!.id}`)).status).to.equal(200)
        const removing = await served.request('DELETE', `/seen/trash/${gone!.id}`)
        expect([removing.status, removing.headers.get('allow')]).to.deep.equal([405, 'GET, HEAD, OPTIONS'])
        expect((await served.request('POST', `/seen/${gone!.id}/restore`)).status).to.equal(404)
      })

      it('may be one of a trait of somebody else', async () => {
        const { id } = await dataSource.getRepository(Letter).save({ text: 'Dear' })
        const refused = await served.request('POST', `/letters/${id}/archive`, { body: { reason: 'much too long' } })
        expect(refused.body.errors).to.deep.equal([
          { pointer: '#/reason', code: 'maxLength', message: 'is too long', params: { maxLength: 8 } },
        ])
        const hidden = await served.request('POST', `/letters/${id}/archive`, { body: { reason: 'old' } })
        expect([hidden.status, hidden.body['text'], typeof hidden.body['archivedAt']]).to.deep.equal([
          200,
          'Dear',
          'string',
        ])
        expect((await served.request('GET', `/letters/${id}`)).status).to.equal(404)
        const cellar = await served.request('GET', '/letters/in-the-cellar')
        expect(cellar.body.data).to.deep.equal([hidden.body])
        expect((await served.request('GET', `/letters/in-the-cellar/${id}`)).body).to.deep.equal(hidden.body)
        expect((await served.request('GET', '/letters/forgotten')).body.data).to.deep.equal([])
        expect((await served.request('GET', `/letters/forgotten/${id}`)).status).to.equal(404)
        expect((await served.request('POST', `/letters/${id}/unarchive`)).status).to.equal(401)
        const back = await served.request('POST', `/letters/${id}/unarchive`, { as })
        expect([back.status, back.body]).to.deep.equal([200, { id, text: 'Dear', archivedAt: null }])
        expect((await served.request('DELETE', `/letters/in-the-cellar/${id}`, { as })).status).to.equal(404)
        await served.request('POST', `/letters/${id}/archive`, { body: { reason: 'old' } })
        expect((await served.request('DELETE', `/letters/in-the-cellar/${id}`, { as })).status).to.equal(204)
        expect(await dataSource.getRepository(Letter).unscoped().countBy({ id })).to.equal(0)
      })
    })
  }

  it('never removes a row that is given back at the same moment', async () => {
    const { database, dataSource } = await createLibrary(engine)
    const served = await serve({ viewSets: [BookViewSet], dataSource })
    const as = 'root:admin,editor'
    try {
      for (let round = 0; round < 6; round++) {
        const [book] = await storeBooks(dataSource, [`round ${round}`])
        await dataSource.getRepository(Book).delete(book!.id)
        const [removing, restoring] = await Promise.all([
          served.request('DELETE', `/books/trash/${book!.id}`, { as }),
          served.request('POST', `/books/${book!.id}/restore`, { as }),
        ])
        const left = await dataSource.getRepository(Book).countBy({ id: book!.id })
        expect([removing.status, restoring.status, left]).to.be.deep.oneOf([
          [204, 404, 0],
          [404, 200, 1],
        ])
      }
    } finally {
      await served.close()
      await dataSource.destroy()
      await database.drop()
    }
  })
})
