import { expect } from 'chai'
import type { ModelDataSource } from 'plinth'
import {
  anyone,
  BulkActionMixin,
  type DefinitionError,
  either,
  ModelViewSet,
  type RowCall,
  role,
  VerbsMixin,
  ViewRowsMixin,
} from 'plinth'
import { Resource } from 'plinth/decorators'
import { type Database, describeOnEngines, engines } from '../support/engines.js'
import { servings } from '../support/http.js'
import {
  Book,
  BookSerializer,
  BookViewSet,
  createLibrary,
  Letter,
  LetterSerializer,
  owner,
  problem,
  storeBooks,
} from './support/library.js'
import { type Served, serve } from './support/served.js'

/** Does more than the verb. */
@Resource('/own')
class OwnBookViewSet extends ModelViewSet(Book, {
  serializer: BookSerializer,
  permissions: { '*': anyone },
  verbs: { moveToTop: anyone, moveDown: either(role('editor'), owner) },
}) {
  override async performVerb(verb: 'moveToTop' | 'moveDown', call: RowCall<Book, object>) {
    await this.repository.update(call.row.id, { pages: 77 })
    return super.performVerb(verb, call)
  }
}

/** One of its verbs removes rows, so that there is nothing to answer. */
@Resource('/shredder')
class ShredderViewSet extends VerbsMixin(
  ModelViewSet(Letter, { serializer: LetterSerializer, permissions: { '*': anyone } }),
  { archive: anyone, shred: anyone },
) {}

describeOnEngines('Verbs over HTTP', (engine) => {
  for (const serving of servings.filter(({ mounted }) => !mounted)) {
    describe(serving.name, () => {
      let database: Database
      let dataSource: ModelDataSource
      let served: Served

      before(async () => {
        ;({ database, dataSource } = await createLibrary(engine))
        served = await serve({ viewSets: [BookViewSet, OwnBookViewSet, ShredderViewSet], dataSource, serving })
      })
      after(async () => {
        await served?.close()
        await dataSource?.destroy()
        await database?.drop()
      })

      const titles = async (shelfId: number) =>
        (await dataSource.getRepository(Book).findBy({ shelfId })).map(({ title }) => title)

      it('answer the row as it is then', async () => {
        const [first, , third] = await storeBooks(dataSource, ['aa', 'bb', 'cc'])
        const answer = await served.request('POST', `/books/${third!.id}/move-to`, {
          as: 'eve:editor',
          body: { position: 1 },
        })
        const { id, isbn, shelfId } = third!
        expect([answer.status, answer.body]).to.deep.equal([
          200,
          { id, title: 'cc', isbn, ownerId: 'ada', pages: 0, shelfId, position: 1 },
        ])
        expect(await titles(shelfId)).to.deep.equal(['cc', 'aa', 'bb'])
        const up = await served.request('POST', `/books/${first!.id}/move-up`, { as: 'ada' })
        expect([up.status, up.body['position']]).to.deep.equal([200, 1])
      })

      it('are refused to who accepts no JSON only where they answer some', async () => {
        const { id } = await dataSource.getRepository(Letter).save({ text: 'dear' })
        const statusOf = async (verb: string) =>
          (await served.request('POST', `/shredder/${id}/${verb}`, { headers: { accept: 'text/html' } })).status
        expect([await statusOf('archive'), await statusOf('shred')]).to.deep.equal([406, 204])
        expect(await dataSource.getRepository(Letter).unscoped().countBy({ id })).to.equal(0)
      })

      it('take what the trait declares, and nothing else', async () => {
        const [book] = await storeBooks(dataSource, ['aa', 'bb'])
        const path = `/books/${book!.id}/move-to`
        const refused = await served.request('POST', path, { as: 'ada', body: { position: 'first', to: 2 } })
        expect(problem(refused)).to.deep.equal({
          type: 'urn:problem:validation_error',
          title: 'Validation error',
          status: 400,
          code: 'VALIDATION_ERROR',
          detail: 'The body is invalid in 2 places.',
          instance: path,
          errors: [
            { pointer: '#/to', code: 'unknown_field', message: 'is not known here' },
            { pointer: '#/position', code: 'integer', message: 'must be a whole number' },
          ],
        })
        const none = await served.request('POST', path, { as: 'ada' })
        expect([none.status, none.body.errors]).to.deep.equal([
          400,
          [{ pointer: '#/position', code: 'required', message: 'is required' }],
        ])
        const list = await served.request('POST', path, { as: 'ada', body: [{ position: 1 }] })
        expect([list.status, list.body.errors]).to.deep.equal([
          400,
          [{ pointer: '#', code: 'type', message: 'must be a JSON object' }],
        ])
        const text = await served.request('POST', path, {
          as: 'ada',
          raw: 'position=1',
          headers: { 'content-type': 'text/plain' },
        })
        expect(text.status).to.equal(415)
        const beyond = await served.request('POST', `/books/${book!.id}/move-up`, { as: 'ada', body: { steps: 3 } })
        expect(beyond.body.errors).to.deep.equal([
          { pointer: '#/steps', code: 'unknown_field', message: 'is not known here' },
        ])
        expect(await titles(book!.shelfId)).to.deep.equal(['aa', 'bb'])
      })

      it('say what a trait has against it', async () => {
        const [book] = await storeBooks(dataSource, ['aa'])
        const [stranger] = await storeBooks(dataSource, ['zz'])
        const path = `/books/${book!.id}/move-before`
        const answer = await served.request('POST', path, { as: 'eve:editor', body: { id: stranger!.id } })
        expect(problem(answer)).to.deep.include({
          status: 400,
          code: 'NOT_IN_LIST',
          errors: [{ pointer: '#/id', code: 'not_in_list', message: 'is not in the list' }],
        })
      })

      it('are for whom their rule lets', async () => {
        const [mine, theirs] = [
          ...(await storeBooks(dataSource, ['aa'], { ownerId: 'ada' })),
          ...(await storeBooks(dataSource, ['bb'], { ownerId: 'bob' })),
        ]
        const move = (id: string, as?: string) =>
          served.request('POST', `/books/${id}/move-up`, as === undefined ? {} : { as })
        expect((await move(mine!.id, 'ada')).status).to.equal(200)
        // Outside of what the caller may see it is not there.
        expect((await move(theirs!.id, 'ada')).status).to.equal(404)
        expect(problem(await move(mine!.id))).to.deep.equal({
          type: 'urn:problem:unauthenticated',
          title: 'Unauthenticated',
          status: 401,
          code: 'UNAUTHENTICATED',
          detail: 'Sign in to do this.',
          instance: `/books/${mine!.id}/move-up`,
        })
        const before = await served.request('POST', `/books/${mine!.id}/move-before`, { as: 'ada', body: { id: 1 } })
        expect(problem(before)).to.deep.equal({
          type: 'urn:problem:permission_denied',
          title: 'Permission denied',
          status: 403,
          code: 'PERMISSION_DENIED',
          detail: 'You may not do this.',
          instance: `/books/${mine!.id}/move-before`,
        })
        expect((await move('nobody', 'ada')).status).to.equal(404)
      })

      it('are not there where nobody exposed them', async () => {
        const [book] = await storeBooks(dataSource, ['aa'])
        for (const verb of ['move-down', 'moveTo', 'purge']) {
          expect(
            (await served.request('POST', `/books/${book!.id}/${verb}`, { as: 'eve:editor,admin' })).status,
          ).to.equal(404)
        }
        const get = await served.request('GET', `/books/${book!.id}/move-to`, { as: 'eve:editor' })
        expect([get.status, get.headers.get('allow')]).to.deep.equal([405, 'OPTIONS, POST'])
      })

      it('can be overridden, all by one hook', async () => {
        const [first, second] = await storeBooks(dataSource, ['aa', 'bb'])
        const answer = await served.request('POST', `/own/${second!.id}/move-to-top`)
        expect(answer.body).to.include({ id: second!.id, position: 1, pages: 77 })
        expect((await served.request('POST', `/own/${first!.id}/move-down`, { as: 'ada' })).body).to.include({
          position: 2,
          pages: 77,
        })
      })

      it('have no rule but their own, wherever they are named', async () => {
        const [book] = await storeBooks(dataSource, ['aa', 'bb'])
        const down = (as?: string) =>
          served.request('POST', `/own/${book!.id}/move-down`, as === undefined ? {} : { as })
        expect([(await down()).status, (await down('bob')).status, (await down('bob:editor')).status]).to.deep.equal([
          401, 403, 200,
        ])
        // What `permissions` says of everything else is said of no verb.
        expect((await served.request('POST', `/own/${book!.id}/move-up`, { as: 'ada' })).status).to.equal(404)
      })
    })
  }

  it('keep lists in order when eight clients move at once', async () => {
    const { database, dataSource } = await createLibrary(engine)
    const served = await serve({ viewSets: [BookViewSet], dataSource })
    try {
      const stored = await storeBooks(
        dataSource,
        Array.from({ length: 8 }, (_, index) => `book ${index}`),
      )
      const answers = await Promise.all(
        stored.map(({ id }, index) =>
          served.request('POST', `/books/${id}/move-to`, { as: 'eve:editor', body: { position: 8 - index } }),
        ),
      )
      expect(answers.map(({ status }) => status)).to.deep.equal(Array(8).fill(200))
      const rows = await dataSource.getRepository(Book).find({ order: { position: 'ASC' } })
      expect(rows.map(({ position }) => position)).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8])
    } finally {
      await served.close()
      await dataSource.destroy()
      await database.drop()
    }
  })
})

const mistakesOf = async (...viewSets: Parameters<typeof serve>[0]['viewSets']) => {
  const { database, dataSource } = await createLibrary(engines[0]!)
  try {
    const failure = await serve({ viewSets, dataSource }).then(
      () => undefined,
      (error: DefinitionError) => error,
    )
    return failure?.mistakes
  } finally {
    await dataSource.destroy()
    await database.drop()
  }
}

describe('Routes of verbs that cannot be', () => {
  const books = { serializer: BookSerializer, permissions: { '*': anyone } } as const
  it('are refused when the application starts', async () => {
    @Resource('/books')
    class Misspelt extends VerbsMixin(ModelViewSet(Book, books), { moveTwo: anyone } as object) {}
    @Resource('/seen')
    class Seen extends ViewRowsMixin(ModelViewSet(Book, books), {
      view: 'onlyLost' as never,
      path: 'lost',
      allow: anyone,
    }) {}
    @Resource('/open')
    class Open extends VerbsMixin(ModelViewSet(Book, books), { moveUp: undefined } as object) {}
    @Resource('/option')
    class Option extends ModelViewSet(Book, { ...books, verbs: { moveThree: anyone } as object }) {}
    const mistakes = await mistakesOf(Misspelt, Seen, Open, Option)
    expect(mistakes?.map(({ code, subject, problem }) => [code, subject, problem])).to.deep.equal([
      ['E_NO_PERMISSION', 'Open.moveUp', 'it has no permission.'],
      ['E_UNKNOWN_VERB', 'Misspelt.moveTwo', 'Book has no verb "moveTwo".'],
      ['E_UNKNOWN_VIEW', 'Seen.lost', 'Book has no view "onlyLost".'],
      ['E_UNKNOWN_VIEW', 'Seen.retrieveLost', 'Book has no view "onlyLost".'],
      ['E_UNKNOWN_VERB', 'Option.moveThree', 'Book has no verb "moveThree".'],
    ])
    expect(mistakes?.at(-1)?.places.join()).to.contain('verbs.spec.ts')
  })

  it('are refused where limits of bulk actions make no sense', async () => {
    @Resource('/bulk')
    class Bulk extends BulkActionMixin(ModelViewSet(Book, books), {
      permissions: { create: owner, delete: owner, moveTwo: anyone } as object,
      max: 0,
      maxByFilter: 2000,
      version: 'revision' as never,
    }) {}
    const mistakes = await mistakesOf(Bulk)
    expect([...new Set(mistakes?.map(({ code, problem }) => `${code} ${problem}`))]).to.deep.equal([
      'E_PERMISSION_ROW its permission owner decides by row, but it acts on the collection, where there is none.',
      'E_BULK its max is 0.',
      'E_BULK its maxByFilter is 2000.',
      'E_BULK it takes filters, and the viewset declares none.',
      'E_BULK its version is "revision", which is no property.',
      'E_UNKNOWN_VERB Book has no verb "moveTwo".',
    ])
  })

  it('are refused where the viewset has such a member already', () => {
    expect(() => VerbsMixin(ModelViewSet(Book, books), { select: anyone } as object)).to.throw(
      'the verb "select" has the name of a member that the viewset has already.',
    )
  })
})
