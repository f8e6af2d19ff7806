import { expect } from 'chai'
import { anyone, DefinitionError, type ModelDataSource, ModelViewSet } from 'plinth'
import { Container } from 'plinth/container'
import { Resource, withTimestamps } from 'plinth/decorators'
import { type Database, describeOnEngines } from '../support/engines.js'
import { applicationOf, servings } from '../support/http.js'
import {
  Bare,
  BareSerializer,
  BareViewSet,
  createNotes,
  Dated,
  DatedViewSet,
  GuardedNoteViewSet,
  Keyed,
  KeyedViewSet,
  Note,
  NoteViewSet,
  ServicedKeyedViewSet,
  ServicedNoteViewSet,
} from './support/notes.js'
import { type Answer, type Served, serve } from './support/served.js'

const viewSets = [
  KeyedViewSet,
  ServicedKeyedViewSet,
  NoteViewSet,
  ServicedNoteViewSet,
  GuardedNoteViewSet,
  DatedViewSet,
  BareViewSet,
]
const ascending = (a: number, b: number): number => a - b
const etag = ({ headers }: Answer): string => headers.get('etag') ?? ''

/** What a refusal says. */
const refusal = ({ status, body }: Answer) => [status, body['code'], body.errors]
const unmet = (header: string) => [412, 'PRECONDITION_FAILED', [{ header, code: 'mismatch', message: 'is not met' }]]

const required = (header: string) => [
  428,
  'PRECONDITION_REQUIRED',
  [{ header, code: 'required', message: 'is required' }],
]

describeOnEngines('Conditional requests', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    ;({ database, dataSource } = await createNotes(engine))
  })

  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  const datedAt = (instant: string) =>
    withTimestamps({ createdAt: new Date(instant) }, () => dataSource.getRepository(Dated).save({ title: 'Old' }))

  const drivers = servings.filter(({ mounted }, index) => !mounted && (index === 0 || engine.name === 'sqlite'))
  for (const serving of drivers)
    describe(`by ${serving.name}`, () => {
      let served: Served

      before(async () => {
        served = await serve({ viewSets, dataSource, serving })
      })

      after(() => served.close())

      beforeEach(async () => {
        for (const entity of [Note, Dated, Bare, Keyed])
          await dataSource.createQueryBuilder().delete().from(entity).execute()
      })

      const send = (method: string, path: string, headers: Record<string, string> = {}, body?: unknown) =>
        served.request(method, path, { headers, ...(body !== undefined && { body }) })
      const made = (path = '/notes') => send('POST', path, {}, { title: 'One' })

      describe('entity tags', () => {
        it('are strong where rows have a version, and change with every write', async () => {
          const first = await made()
          const path = `/notes/${first.body.id}`
          expect(etag(first)).to.match(/^"1\.[\w-]{8}-[\w-]{16}"$/)
          expect(etag(await send('GET', path))).to.equal(etag(first))
          const second = await send('PATCH', path, {}, { title: 'Two' })
          expect(etag(second)).to.match(/^"2\./)
          expect(etag(await send('GET', path))).to.equal(etag(second))
          expect(etag(await send('PUT', path, {}, { title: 'Two' }))).to.match(/^"3\./)
        })

        it('tell representations of one state apart', async () => {
          const { body } = await made()
          const [whole, part] = [
            await send('GET', `/notes/${body.id}`),
            await send('GET', `/notes/${body.id}?fields=id`),
          ]
          expect(etag(part)).to.not.equal(etag(whole))
          expect(etag(part).split('-')[0]).to.equal(etag(whole).split('-')[0])
        })

        it('tell rows of one version and content apart', async () => {
          const tags = [await made(), await made()].map(etag)
          expect(new Set(tags.map((tag) => tag.split('-')[0])).size).to.equal(2)
        })

        it('are weak where nothing tells that a row was written', async () => {
          const first = await made('/bare')
          expect(etag(first)).to.match(/^W\/"[\w-]{16}"$/)
          expect(etag(await send('GET', `/bare/${first.body.id}`))).to.equal(etag(first))
        })

        it('are not given to lists, nor to what is gone', async () => {
          const { body } = await made()
          expect((await send('GET', '/notes')).headers.get('etag')).to.equal(null)
          const gone = await send('DELETE', `/notes/${body.id}`)
          expect([gone.status, gone.headers.get('etag')]).to.deep.equal([204, null])
        })
      })

      describe('If-None-Match', () => {
        for (const method of ['GET', 'HEAD'])
          it(`answers ${method} with 304 where the caller has the representation`, async () => {
            const first = await made()
            const path = `/notes/${first.body.id}`
            for (const sent of [etag(first), `W/${etag(first)}`, `"x", ${etag(first)}`, '*']) {
              const answer = await send(method, path, { 'if-none-match': sent })
              expect([answer.status, answer.text]).to.deep.equal([304, ''])
              expect(answer.headers.get('etag')).to.equal(etag(first))
              expect(answer.headers.get('cache-control')).to.equal('private, no-cache')
              expect(answer.headers.get('vary')).to.equal('Authorization, Cookie')
              expect(answer.headers.get('content-type')).to.equal(null)
              expect(answer.headers.get('last-modified')).to.equal(null)
            }
            await send('PATCH', path, {}, { count: 1 })
            expect((await send(method, path, { 'if-none-match': etag(first) })).status).to.equal(200)
          })

        it('knows weak tags', async () => {
          const first = await made('/bare')
          const path = `/bare/${first.body.id}`
          expect((await send('GET', path, { 'if-none-match': etag(first) })).status).to.equal(304)
          await send('PATCH', path, {}, { title: 'Two' })
          expect((await send('GET', path, { 'if-none-match': etag(first) })).status).to.equal(200)
        })

        it('keeps a write from a row that is there', async () => {
          const first = await made()
          const path = `/notes/${first.body.id}`
          for (const sent of ['*', etag(first), `W/${etag(first)}`])
            expect(refusal(await send('PATCH', path, { 'if-none-match': sent }, { title: 'X' }))).to.deep.equal(
              unmet('If-None-Match'),
            )
          expect((await send('PATCH', path, { 'if-none-match': '"x"' }, { title: 'X' })).status).to.equal(200)
        })

        for (const path of ['/keyed', '/serviced-keyed'])
          it(`* makes a row with a chosen key only where there is none (${path})`, async () => {
            let count = 0
            const body = () => ({ key: 'mine', title: `Mine ${count++}` })
            const answers = await Promise.all([1, 2, 3].map(() => send('POST', path, { 'if-none-match': '*' }, body())))
            expect(answers.map(({ status }) => status).toSorted(ascending)).to.deep.equal([201, 412, 412])
            expect(refusal(await send('POST', path, { 'if-none-match': '*' }, body()))).to.deep.equal(
              unmet('If-None-Match'),
            )
            expect((await send('POST', path, {}, body())).status).to.equal(409)
            // Of another property that is taken the condition says nothing.
            const other = { key: 'other', title: 'Mine 0' }
            await send('PUT', `${path}/mine`, {}, { title: 'Mine 0' })
            expect((await send('POST', path, { 'if-none-match': '*' }, other)).status).to.equal(409)
          })
      })

      describe('If-Match', () => {
        it('compares strongly, and knows lists and *', async () => {
          const first = await made()
          const path = `/notes/${first.body.id}`
          for (const sent of [`W/${etag(first)}`, '"x"', '"1.abcdefgh-x"', '"x", "y"'])
            for (const [method, body] of [['PATCH', { count: 1 }], ['PUT', { title: 'X' }], ['DELETE']] as const)
              expect(refusal(await send(method, path, { 'if-match': sent }, body))).to.deep.equal(unmet('If-Match'))
          expect((await send('GET', path)).body).to.include({ title: 'One', count: 0 })
          expect((await send('PATCH', path, { 'if-match': `"x", ${etag(first)}` }, { count: 1 })).status).to.equal(200)
          expect((await send('PATCH', path, { 'if-match': '*' }, { count: 2 })).status).to.equal(200)
          expect(refusal(await send('DELETE', path, { 'if-match': etag(first) }))).to.deep.equal(unmet('If-Match'))
          const { headers } = await send('GET', `${path}?fields=id`)
          // Which fields its caller looked at does not matter to a write.
          expect((await send('DELETE', path, { 'if-match': headers.get('etag')! })).status).to.equal(204)
        })

        it('is about the representation where a request reads', async () => {
          const first = await made()
          const path = `/notes/${first.body.id}`
          expect((await send('GET', path, { 'if-match': etag(first) })).status).to.equal(200)
          expect(refusal(await send('GET', `${path}?fields=id`, { 'if-match': etag(first) }))).to.deep.equal(
            unmet('If-Match'),
          )
        })

        it('is met by no tag of a row without a version', async () => {
          const first = await made('/bare')
          const path = `/bare/${first.body.id}`
          expect(refusal(await send('PATCH', path, { 'if-match': etag(first) }, { title: 'X' }))).to.deep.equal(
            unmet('If-Match'),
          )
          expect((await send('PATCH', path, { 'if-match': '*' }, { title: 'X' })).status).to.equal(200)
        })

        it('is asked behind everything that would refuse the request anyway', async () => {
          const { body } = await made()
          const headers = { 'if-match': '"x"' }
          expect((await send('PATCH', '/notes/01890000-0000-7000-8000-000000000000', headers, {})).status).to.equal(404)
          expect((await send('PATCH', `/notes/${body.id}`, headers, { count: 'many' })).status).to.equal(400)
        })

        it('guards an action that does not write the row', async () => {
          const first = await made()
          const path = `/notes/${first.body.id}`
          expect((await send('POST', `${path}/look`, { 'if-match': etag(first) })).body).to.deep.equal({ title: 'One' })
          await send('PATCH', path, {}, { count: 1 })
          expect(refusal(await send('POST', `${path}/look`, { 'if-match': etag(first) }))).to.deep.equal(
            unmet('If-Match'),
          )
        })

        for (const path of ['/notes', '/serviced-notes'])
          it(`lets one of several racing writers win (${path})`, async () => {
            for (let round = 0; round < 5; round++) {
              const first = await made(path)
              const place = `${path}/${first.body.id}`
              const headers = { 'if-match': etag(first) }
              const answers = await Promise.all(
                Array.from({ length: 8 }, (_, count) => send('PATCH', place, headers, { count: count + 1 })),
              )
              const winners = answers.filter(({ status }) => status === 200)
              expect(answers.map(({ status }) => status).toSorted(ascending)).to.deep.equal([
                200,
                ...Array<number>(7).fill(412),
              ])
              expect((await send('GET', place)).body['count']).to.equal(winners[0]!.body['count'])
              expect(etag(await send('GET', place))).to.match(/^"2\./)
            }
          })

        it('lets one of a racing PATCH and DELETE win', async () => {
          for (let round = 0; round < 5; round++) {
            const first = await made()
            const place = `/notes/${first.body.id}`
            const headers = { 'if-match': etag(first) }
            const [changed, removed] = await Promise.all([
              send('PATCH', place, headers, { count: 7 }),
              send('DELETE', place, headers),
            ])
            const { status } = await send('GET', place)
            if (changed.status === 200) expect([removed.status, status]).to.deep.equal([412, 200])
            else {
              expect([removed.status, status]).to.deep.equal([204, 404])
              expect(changed.status).to.be.oneOf([404, 412])
            }
          }
        })
      })

      describe('dates', () => {
        const earlier = 'Sat, 01 Jan 2000 00:00:00 GMT'

        it('tell when a row was last written, in whole seconds', async () => {
          const { id } = await datedAt('2020-03-01T12:00:00.900Z')
          const answer = await send('GET', `/dated/${id}`)
          expect(answer.headers.get('last-modified')).to.equal('Sun, 01 Mar 2020 12:00:00 GMT')
          expect((await send('GET', '/dated')).headers.get('last-modified')).to.equal(null)
        })

        it('answer 304 to who has the row since then, unless there is a tag', async () => {
          const { id } = await datedAt('2020-03-01T12:00:00.900Z')
          const status = async (headers: Record<string, string>) => (await send('GET', `/dated/${id}`, headers)).status
          const since = 'Sun, 01 Mar 2020 12:00:00 GMT'
          expect(await status({ 'if-modified-since': since })).to.equal(304)
          expect(await status({ 'if-modified-since': 'Sunday, 01-Mar-20 12:00:00 GMT' })).to.equal(304)
          expect(await status({ 'if-modified-since': earlier })).to.equal(200)
          expect(await status({ 'if-modified-since': since, 'if-none-match': '"x"' })).to.equal(200)
          expect(await status({ 'if-modified-since': 'yesterday' })).to.equal(200)
          expect(await status({ 'if-unmodified-since': earlier })).to.equal(412)
          expect(await status({ 'if-unmodified-since': since })).to.equal(200)
        })

        it('guard writes, of which one wins', async () => {
          const { id } = await datedAt('2020-03-01T12:00:00.900Z')
          const path = `/dated/${id}`
          expect(refusal(await send('PUT', path, { 'if-unmodified-since': earlier }, { title: 'X' }))).to.deep.equal(
            unmet('If-Unmodified-Since'),
          )
          const headers = { 'if-unmodified-since': 'Sun, 01 Mar 2020 12:00:00 GMT' }
          const answers = await Promise.all(
            [1, 2, 3, 4].map((count) => send('PUT', path, headers, { title: `T${count}` })),
          )
          expect(answers.map(({ status }) => status).toSorted(ascending)).to.deep.equal([200, 412, 412, 412])
        })
      })

      describe('requirePrecondition', () => {
        it('answers 428 to writes of rows without a condition', async () => {
          const first = await made('/guarded-notes')
          const path = `/guarded-notes/${first.body.id}`
          for (const [method, body] of [['PATCH', {}], ['PUT', { title: 'X' }], ['DELETE']] as const)
            expect(refusal(await send(method, path, {}, body))).to.deep.equal(required('If-Match'))
          expect(refusal(await send('PATCH', path, { 'if-none-match': '"x"' }, {}))).to.deep.equal(required('If-Match'))
          expect((await send('POST', `${path}/look`)).status).to.equal(200)
          expect((await send('PATCH', path, { 'if-match': etag(first) }, { count: 1 })).status).to.equal(200)
        })

        it('asks for a date where there is no version', async () => {
          const { body } = await made('/dated')
          expect(refusal(await send('DELETE', `/dated/${body.id}`))).to.deep.equal(required('If-Unmodified-Since'))
        })
      })

      it('are refused where a header is malformed', async () => {
        const { body } = await made()
        for (const [header, value] of [
          ['If-Match', 'abc'],
          ['If-Match', '"a" "b"'],
          ['If-None-Match', '*, "a"'],
          ['If-Unmodified-Since', '2020-01-01'],
        ] as const) {
          const answer = await send('PATCH', `/notes/${body.id}`, { [header]: value }, {})
          expect([
            answer.status,
            answer.body['code'],
            answer.body.errors.map((error) => ({ ...error, message: '' })),
          ]).to.deep.equal([400, 'MALFORMED_HEADER', [{ header, code: 'syntax', message: '' }]])
        }
      })

      it('may prefer no representation of what they write', async () => {
        const headers = { prefer: 'respond-async, return=minimal' }
        const first = await send('POST', '/notes', headers, { title: 'One' })
        expect([first.status, first.text, first.headers.get('preference-applied')]).to.deep.equal([
          201,
          '',
          'return=minimal',
        ])
        const second = await send('PATCH', first.headers.get('location')!, { ...headers, 'if-match': etag(first) }, {})
        expect([second.status, second.text]).to.deep.equal([204, ''])
        expect(etag(await send('GET', first.headers.get('location')!))).to.equal(etag(second))
      })
    })

  it('cannot be required where nothing tells that a row was written', () => {
    if (engine.name !== 'sqlite') return
    @Resource('/x')
    class X extends ModelViewSet(Bare, {
      serializer: BareSerializer,
      permissions: { '*': anyone },
      requirePrecondition: true,
    }) {}
    const make = () => applicationOf({ viewSets: [X], dataSource, instances: new Container() })
    expect(make).to.throw(DefinitionError, /X\.update: it requires a precondition, but nothing/)
  })
})
