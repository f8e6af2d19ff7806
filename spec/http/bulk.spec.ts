import { expect } from 'chai'
import type { ModelDataSource } from 'plinth'
import { type Database, describeOnEngines } from '../support/engines.js'
import { servings } from '../support/http.js'
import { BulkBookViewSet, BulkShelfViewSet, OwnBulkViewSet } from './support/bulk-library.js'
import { Book, createLibrary, problem, Shelf, storeBooks } from './support/library.js'
import { type Answer, type Served, serve } from './support/served.js'

interface Result {
  readonly index: number
  readonly id?: string
  readonly status: number
  readonly data?: { readonly id: string; readonly title: string; readonly pages: number; readonly position: number }
  readonly problem?: { readonly code: string; readonly errors: readonly { readonly pointer: string }[] }
}

const resultsOf = ({ body }: Answer) => body['results'] as readonly Result[]
const as = 'eve:editor'

describeOnEngines('Bulk actions', (engine) => {
  for (const serving of servings.filter(({ mounted }) => !mounted)) {
    describe(serving.name, () => {
      let database: Database
      let dataSource: ModelDataSource
      let served: Served

      before(async () => {
        ;({ database, dataSource } = await createLibrary(engine))
        served = await serve({ viewSets: [BulkBookViewSet, BulkShelfViewSet, OwnBulkViewSet], dataSource, serving })
      })
      after(async () => {
        await served?.close()
        await dataSource?.destroy()
        await database?.drop()
      })

      const books = () => dataSource.getRepository(Book)
      const titles = async (shelfId: number) =>
        (await books().find({ where: { shelfId }, order: { position: 'ASC' } })).map(({ title }) => title)
      const bulk = (action: string, body: unknown, by = as, path = '/bulk-books') =>
        served.request('POST', `${path}/bulk/${action}`, { as: by, body })
      const shelf = async () => (await dataSource.getRepository(Shelf).save({ name: 'a shelf' })).id

      it('creates all rows, in the order of the body', async () => {
        const shelfId = await shelf()
        const items = ['cc', 'aa', 'bb'].map((title) => ({ title, isbn: `${title} ${shelfId}`, shelfId }))
        const answer = await bulk('create', { items })
        expect(answer.status).to.equal(200)
        expect(resultsOf(answer)).to.deep.equal(
          items.map((item, index) => {
            const id = resultsOf(answer)[index]!.id
            return { index, id, status: 201, data: { id, ...item, ownerId: 'ada', pages: 0, position: index + 1 } }
          }),
        )
        expect(answer.body['summary']).to.deep.equal({ total: 3, succeeded: 3, failed: 0 })
        expect(await titles(shelfId)).to.deep.equal(['cc', 'aa', 'bb'])
      })

      it('creates rows whose keys the database makes, inside the scope', async () => {
        const answer = await bulk(
          'create',
          { items: [{ name: 'x' }, { name: 'y' }, { name: 'z' }] },
          as,
          '/bulk-shelves',
        )
        const ids = resultsOf(answer).map(({ id }) => Number(id))
        expect(ids).to.deep.equal([ids[0], ids[0]! + 1, ids[0]! + 2])
        expect(await dataSource.getRepository(Shelf).countBy({ name: 'scoped' })).to.be.at.least(3)
        const leaving = await bulk('update', { ids, values: { name: 'gone' } }, as, '/bulk-shelves')
        expect(problem(leaving)).to.deep.equal({
          type: 'urn:problem:outside_scope',
          title: 'Outside scope',
          status: 403,
          code: 'OUTSIDE_SCOPE',
          detail: 'The row would no longer be yours.',
          instance: '/bulk-shelves/bulk/update',
          errors: [
            {
              pointer: '#/ids/0',
              code: 'outside_scope',
              message: 'The row would no longer be yours.',
              params: { id: ids[0] },
            },
          ],
        })
      })

      it('writes nothing where one item is refused by the database, and says which', async () => {
        const shelfId = await shelf()
        const item = (isbn: string) => ({ title: 'twin', isbn, shelfId })
        const answer = await bulk('create', { items: [item(`a${shelfId}`), item(`b${shelfId}`), item(`a${shelfId}`)] })
        expect(problem(answer)).to.deep.equal({
          type: 'urn:problem:duplicate',
          title: 'Duplicate',
          status: 409,
          code: 'DUPLICATE',
          detail: 'There is already a record with the same isbn.',
          instance: '/bulk-books/bulk/create',
          errors: [{ pointer: '#/items/2/isbn', code: 'unique', message: 'is already in use' }],
        })
        expect(await titles(shelfId)).to.deep.equal([])
      })

      it('tells what is wrong with all items before anything is done', async () => {
        const shelfId = await shelf()
        const [book] = await storeBooks(dataSource, ['aa'], { shelfId })
        const created = await bulk('create', {
          items: [
            { title: 'fine', isbn: '1', shelfId },
            { title: 'x', isbn: 2, shelfId },
            7,
            { title: 'good', colour: 1, shelfId },
          ],
        })
        expect(problem(created)).to.deep.equal({
          type: 'urn:problem:validation_error',
          title: 'Validation error',
          status: 400,
          code: 'VALIDATION_ERROR',
          detail: 'The body is invalid in 5 places.',
          instance: '/bulk-books/bulk/create',
          errors: [
            { pointer: '#/items/1/isbn', code: 'type', message: 'must be a string' },
            {
              pointer: '#/items/1/title',
              code: 'isLength',
              message: 'title must be longer than or equal to 2 characters',
            },
            { pointer: '#/items/2', code: 'type', message: 'must be a JSON object' },
            { pointer: '#/items/3/colour', code: 'unknown_field', message: 'is not known here' },
            { pointer: '#/items/3/isbn', code: 'required', message: 'is required' },
          ],
        })
        const updated = await bulk('update', {
          items: [
            { title: 'no id' },
            { id: true, pages: 'many' },
            { id: book!.id, version: 'x' },
            { id: book!.id.toUpperCase(), title: 'twin' },
          ],
        })
        expect(updated.body.errors).to.deep.equal([
          { pointer: '#/items/0/id', code: 'required', message: 'is required' },
          { pointer: '#/items/1/id', code: 'type', message: 'must be an id' },
          { pointer: '#/items/1/pages', code: 'type', message: 'must be a whole number' },
          { pointer: '#/items/2/version', code: 'type', message: 'must be a whole number' },
          { pointer: '#/items/3/id', code: 'duplicate', message: 'names a row twice to update' },
        ])
        expect(await titles(shelfId)).to.deep.equal(['aa'])
      })

      it('takes from one item to as many as it is told, named in one way', async () => {
        const errors = async (action: string, body: unknown) => (await bulk(action, body)).body.errors
        expect(await errors('delete', { ids: [] })).to.deep.equal([
          { pointer: '#/ids', code: 'min_items', message: 'must have at least 1 item', params: { min: 1 } },
        ])
        expect(await errors('delete', { ids: Array.from({ length: 9 }, () => ({})) })).to.deep.equal([
          { pointer: '#/ids', code: 'max_items', message: 'must have at most 8 items', params: { max: 8 } },
        ])
        expect(await errors('delete', { ids: 'all' })).to.deep.equal([
          { pointer: '#/ids', code: 'type', message: 'must be a list' },
        ])
        expect(await errors('delete', {})).to.deep.equal([
          { pointer: '#', code: 'required', message: 'must have items or ids or filter' },
        ])
        expect(await errors('delete', undefined)).to.deep.equal([
          { pointer: '#', code: 'required', message: 'must be a JSON object' },
        ])
        expect(await errors('delete', [1])).to.deep.equal([
          { pointer: '#', code: 'type', message: 'must be a JSON object' },
        ])
        expect(await errors('delete', { ids: [1], items: [{ id: 1 }], atomic: 1, hard: true })).to.deep.equal([
          { pointer: '#/ids', code: 'exclusive', message: 'cannot stand beside items' },
          { pointer: '#/hard', code: 'unknown_field', message: 'is not known here' },
          { pointer: '#/atomic', code: 'type', message: 'must be true or false' },
        ])
        expect((await bulk('create', { items: [{}], atomic: false }, as, '/own-books')).body.errors).to.deep.equal([
          { pointer: '#/atomic', code: 'not_allowed', message: 'must be true: create is done to all items or to none' },
        ])
      })

      it('has only the actions that were named, and no DELETE on the collection', async () => {
        for (const action of ['purge', 'moveUp', 'destroy'])
          expect((await bulk(action, { ids: [1] })).status).to.equal(404)
        const removing = await served.request('DELETE', '/bulk-books', { as })
        expect([removing.status, removing.headers.get('allow')]).to.deep.equal([405, 'GET, HEAD, OPTIONS, POST'])
        expect((await served.request('PATCH', '/bulk-books', { as, body: [] })).status).to.equal(405)
      })

      it('updates rows by items, and by ids with values for all', async () => {
        const [aa, bb] = await storeBooks(dataSource, ['aa', 'bb'])
        const items = [
          { id: bb!.id, title: 'b2' },
          { id: aa!.id, pages: 5, version: 0 },
        ]
        const answer = await bulk('update', { items })
        expect(resultsOf(answer).map(({ id, status, data }) => [id, status, data?.title, data?.pages])).to.deep.equal([
          [bb!.id, 200, 'b2', 0],
          [aa!.id, 200, 'aa', 5],
        ])
        const all = await bulk('update', { ids: [aa!.id, bb!.id], values: { pages: 70 } })
        expect(resultsOf(all).map(({ data }) => data?.pages)).to.deep.equal([70, 70])
        const wrong = await bulk('update', { ids: [aa!.id], values: { pages: -1 } })
        expect([wrong.status, wrong.body.errors.map(({ pointer }) => pointer)]).to.deep.equal([400, ['#/values/pages']])
      })

      it('refuses an item of another version, and writes nothing', async () => {
        const [aa, bb] = await storeBooks(dataSource, ['aa', 'bb'])
        const answer = await bulk('update', {
          items: [
            { id: aa!.id, title: 'a2' },
            { id: bb!.id, title: 'b2', version: 3 },
          ],
        })
        expect(problem(answer)).to.deep.equal({
          type: 'urn:problem:precondition_failed',
          title: 'Precondition failed',
          status: 412,
          code: 'PRECONDITION_FAILED',
          detail: 'The row was changed since it was read.',
          instance: '/bulk-books/bulk/update',
          errors: [
            {
              pointer: '#/items/1',
              code: 'precondition_failed',
              message: 'The row was changed since it was read.',
              params: { id: bb!.id },
            },
          ],
        })
        expect(await titles(aa!.shelfId)).to.deep.equal(['aa', 'bb'])
      })

      it('knows no row outside of what the caller may see, and asks the rule about each', async () => {
        const [mine] = await storeBooks(dataSource, ['mine'], { ownerId: 'bob' })
        const [theirs] = await storeBooks(dataSource, ['theirs'], { ownerId: 'eve' })
        const missing = await bulk('delete', { ids: [mine!.id, theirs!.id] }, 'bob')
        expect([missing.status, missing.body.errors]).to.deep.equal([
          404,
          [{ pointer: '#/ids/1', code: 'not_found', message: 'There is no such row.', params: { id: theirs!.id } }],
        ])
        // Nobody is signed in, so that rows of ada are seen, and not hers to whoever this is.
        const [ada] = await storeBooks(dataSource, ['ada'], { ownerId: 'ada' })
        const stranger = await served.request('POST', '/bulk-books/bulk/delete', { body: { ids: [ada!.id] } })
        expect([stranger.status, stranger.body.errors]).to.deep.equal([
          401,
          [{ pointer: '#/ids/0', code: 'unauthenticated', message: 'Sign in to do this.', params: { id: ada!.id } }],
        ])
        expect((await bulk('reorder', { ids: [mine!.id] }, 'bob')).status).to.equal(403)
        expect(await books().countBy([{ id: mine!.id }, { id: theirs!.id }, { id: ada!.id }])).to.equal(3)
      })

      it('deletes and restores, by one call', async () => {
        const stored = await storeBooks(dataSource, ['aa', 'bb', 'cc'])
        const ids = [stored[2]!.id, stored[0]!.id]
        const statements: string[] = []
        const stop = dataSource.onStatement(({ sql }) => statements.push(sql))
        const deleted = await bulk('delete', { ids })
        stop()
        expect([deleted.status, resultsOf(deleted)]).to.deep.equal([
          200,
          ids.map((id, index) => ({ index, id, status: 204 })),
        ])
        expect(statements.filter((sql) => /^UPDATE \S*lib_books\S* SET \S*deletedAt/i.test(sql))).to.have.length(1)
        expect(await titles(stored[0]!.shelfId)).to.deep.equal(['bb'])
        const again = await bulk('delete', { ids })
        expect([again.status, again.body.errors[0]]).to.deep.equal([
          404,
          { pointer: '#/ids/0', code: 'not_found', message: 'There is no such row.', params: { id: ids[0] } },
        ])
        const restored = await bulk('restore', { ids })
        expect(resultsOf(restored).map(({ id, data }) => [id, data?.id])).to.deep.equal(ids.map((id) => [id, id]))
        const twice = await bulk('restore', { ids })
        expect([twice.status, twice.body['code'], twice.body.errors]).to.deep.equal([
          409,
          'NOT_DELETED',
          [{ pointer: '#/ids', code: 'not_deleted', message: 'The row is not deleted.' }],
        ])
      })

      it('carries out a verb once for all ids, in their order, or for each item with input of its own', async () => {
        const [aa, bb, cc] = await storeBooks(dataSource, ['aa', 'bb', 'cc'])
        await bulk('move-to-top', { ids: [cc!.id, bb!.id] })
        expect(await titles(aa!.shelfId)).to.deep.equal(['cc', 'bb', 'aa'])
        const order = await bulk('reorder', { ids: [bb!.id, aa!.id, cc!.id] })
        expect(resultsOf(order).map(({ data }) => [data?.title, data?.position])).to.deep.equal([
          ['bb', 1],
          ['aa', 2],
          ['cc', 3],
        ])
        const { version } = order.body['answer'] as { readonly version: number }
        const stale = await bulk('reorder', { ids: [cc!.id, bb!.id, aa!.id], input: { expectedVersion: version - 1 } })
        expect([stale.status, stale.body['code']]).to.deep.equal([409, 'LIST_CHANGED'])
        const fresh = await bulk('reorder', { ids: [cc!.id, bb!.id, aa!.id], input: { expectedVersion: version } })
        expect(fresh.status).to.equal(200)
        const items = [
          { id: aa!.id, input: { position: 1 } },
          { id: bb!.id, input: { position: 2 } },
        ]
        expect((await bulk('move-to', { items })).status).to.equal(200)
        expect(await titles(aa!.shelfId)).to.deep.equal(['aa', 'bb', 'cc'])
        const wrong = await bulk('move-to', {
          items: [
            { id: aa!.id, input: { position: 'one' } },
            { id: bb!.id, position: 1 },
          ],
        })
        expect(wrong.body.errors).to.deep.equal([
          { pointer: '#/items/0/input/position', code: 'integer', message: 'must be a whole number' },
          { pointer: '#/items/1/position', code: 'unknown_field', message: 'is not known here' },
          { pointer: '#/items/1/input/position', code: 'required', message: 'is required' },
        ])
      })

      it('names rows by a filter and how many they are', async () => {
        const shelfId = await shelf()
        await storeBooks(dataSource, ['old one', 'old two', 'new'], { shelfId })
        const filter = { shelfId, title__contains: 'old' }
        const differs = await bulk('delete', { filter, expectedCount: 1 })
        expect(problem(differs)).to.deep.equal({
          type: 'urn:problem:count_differs',
          title: 'Count differs',
          status: 409,
          code: 'COUNT_DIFFERS',
          detail: 'The filter does not find as many rows as expected.',
          instance: '/bulk-books/bulk/delete',
          errors: [{ pointer: '#/expectedCount', code: 'count', message: 'is not how many rows there are' }],
          details: { expectedCount: 1, actualCount: 2 },
        })
        const updated = await bulk('update', { filter, expectedCount: 2, values: { pages: 11 } })
        expect(resultsOf(updated).map(({ data }) => data?.pages)).to.deep.equal([11, 11])
        expect(
          (await bulk('delete', { filter: { shelfId, title__in: ['old one', 'new'] }, expectedCount: 2 })).status,
        ).to.equal(200)
        expect(await titles(shelfId)).to.deep.equal(['old two'])
        const errors = async (body: object) => (await bulk('delete', body)).body.errors
        expect(await errors({ filter: {}, expectedCount: 1 })).to.deep.equal([
          { pointer: '#/filter', code: 'empty', message: 'must have at least one filter' },
        ])
        expect(
          await errors({ filter: { tilte: 'x', pages__gte: 'many', title: null }, expectedCount: 6 }),
        ).to.deep.equal([
          { pointer: '#/expectedCount', code: 'max', message: 'must be at most 5', params: { max: 5 } },
          { pointer: '#/filter/tilte', code: 'unknown_field', message: 'is not known here; did you mean "title"?' },
          { pointer: '#/filter/pages__gte', code: 'type', message: 'must be a whole number, in digits' },
          { pointer: '#/filter/title', code: 'type', message: 'must be a value, or a list of values' },
        ])
        expect(await errors({ filter })).to.deep.equal([
          { pointer: '#/expectedCount', code: 'required', message: 'is required' },
        ])
        expect((await bulk('restore', { filter, expectedCount: 1 })).body.errors).to.deep.include({
          pointer: '#',
          code: 'required',
          message: 'must have items or ids',
        })
      })

      it('writes each item by itself where the caller asks for it', async () => {
        const [aa, bb] = await storeBooks(dataSource, ['aa', 'bb'])
        const items = [
          { id: aa!.id, title: 'a2' },
          { id: 'nobody', title: 'n2' },
          { id: bb!.id, isbn: aa!.isbn },
        ]
        const answer = await bulk('update', { items, atomic: false })
        expect(answer.status).to.equal(207)
        expect(resultsOf(answer).map(({ data, ...result }) => ({ ...result, title: data?.title }))).to.deep.equal([
          { index: 0, id: aa!.id, status: 200, title: 'a2' },
          {
            index: 1,
            id: 'nobody',
            status: 404,
            title: undefined,
            problem: {
              type: 'urn:problem:not_found',
              title: 'Not found',
              status: 404,
              code: 'NOT_FOUND',
              detail: 'There is no such row.',
              errors: [
                { pointer: '#/items/1', code: 'not_found', message: 'There is no such row.', params: { id: 'nobody' } },
              ],
            },
          },
          {
            index: 2,
            id: bb!.id,
            status: 409,
            title: undefined,
            problem: {
              type: 'urn:problem:duplicate',
              title: 'Duplicate',
              status: 409,
              code: 'DUPLICATE',
              detail: 'There is already a record with the same isbn.',
              errors: [{ pointer: '#/items/2/isbn', code: 'unique', message: 'is already in use' }],
            },
          },
        ])
        expect(answer.body['summary']).to.deep.equal({ total: 3, succeeded: 1, failed: 2 })
        expect(await titles(aa!.shelfId)).to.deep.equal(['a2', 'bb'])
      })

      it('does for each row what the viewset does for one, and for all what it does for all', async () => {
        const [aa, holy, cc, dd] = await storeBooks(dataSource, ['aa', 'holy', 'cc', 'dd'])
        const path = '/own-books'
        const updated = await bulk('update', { ids: [aa!.id], values: { title: 'a2' } }, as, path)
        expect(resultsOf(updated)[0]?.data).to.include({ title: 'a2', pages: 9 })
        const refused = await bulk('delete', { ids: [aa!.id, holy!.id] }, as, path)
        expect([refused.status, refused.body.errors]).to.deep.equal([
          403,
          [{ pointer: '#/ids/1', code: 'permission_denied', message: 'This one stays.', params: { id: holy!.id } }],
        ])
        const many = await bulk(
          'update',
          { ids: [aa!, holy!, cc!, dd!].map(({ id }) => id), values: { title: 'all' } },
          as,
          path,
        )
        expect([many.status, many.body['detail']]).to.deep.equal([403, 'That is a lot.'])
        expect(await titles(aa!.shelfId)).to.deep.equal(['a2', 'holy', 'cc', 'dd'])
      })
    })
  }
})
