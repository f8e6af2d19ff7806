import { expect } from 'chai'
import {
  anyone,
  BulkActionMixin,
  type ModelDataSource,
  ModelService,
  ModelViewSet,
  ServiceResult,
  silentLogger,
  type ValuesFor,
} from 'plinth'
import { createApp } from 'plinth/container'
import { Resource } from 'plinth/decorators'
import { type Database, describeOnEngines } from '../support/engines.js'
import { Book, BookSerializer, createLibrary, Shelf, storeBooks } from './support/library.js'
import { type Answer, type Served, serve } from './support/served.js'

class BookService extends ModelService(Book) {}

/** Has rules for each row. */
class StrictService extends ModelService(Book) {
  override create(values: ValuesFor<Book>): Promise<ServiceResult<Book>> {
    return super.create({ ...values, pages: 7 })
  }
  override async delete(idOrRow: string | number | Book): Promise<ServiceResult<undefined>> {
    const isHoly = typeof idOrRow === 'object' && idOrRow.title === 'holy'
    return isHoly ? ServiceResult.failure('This one stays.', 'HOLY') : super.delete(idOrRow)
  }
}

/** No service of an entity, but one that writes single rows. */
class OwnService {
  create = (): ServiceResult<Book> => ServiceResult.failure('Nothing is made.', 'NOTHING')
  update = (): ServiceResult<Book> => ServiceResult.failure('Nothing is changed.', 'NOTHING')
  delete = (): ServiceResult<undefined> => ServiceResult.failure('Nothing is deleted.', 'NOTHING')
}

const options = { serializer: BookSerializer, permissions: { '*': anyone } } as const
const bulk = { allow: anyone, actions: ['create', 'update', 'delete', 'restore'], max: 50, perItem: true } as const

@Resource('/served-books')
class ServedViewSet extends BulkActionMixin(ModelViewSet(Book, { ...options, service: BookService }), bulk) {}

@Resource('/strict-books')
class StrictViewSet extends BulkActionMixin(
  ModelViewSet(Book, { ...options, service: StrictService, problems: { HOLY: 400 } }),
  bulk,
) {}

@Resource('/own-service-books')
class OwnServiceViewSet extends BulkActionMixin(
  ModelViewSet(Book, { ...options, service: OwnService, problems: { NOTHING: 400 } }),
  bulk,
) {}

interface Result {
  readonly id: string
  readonly status: number
  readonly data?: { readonly title: string; readonly pages: number; readonly position: number }
}
const alone = (because: string) => ({ by: 'row', because })
const resultsOf = ({ body }: Answer) => body['results'] as readonly Result[]

describeOnEngines('Bulk actions through a service', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served
  let shelfId: number

  before(async () => {
    ;({ database, dataSource } = await createLibrary(engine))
    served = await serve({ viewSets: [ServedViewSet, StrictViewSet, OwnServiceViewSet], dataSource })
  })
  beforeEach(async () => {
    shelfId = (await dataSource.getRepository(Shelf).save({ name: 'a shelf' })).id
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  const ask = (action: string, body: unknown, path = 'served-books') =>
    served.request('POST', `/${path}/bulk/${action}`, { body })
  const items = (...titles: readonly string[]) =>
    titles.map((title) => ({ title, isbn: `${title} ${shelfId}`, shelfId }))
  const titles = async () =>
    (await dataSource.getRepository(Book).find({ where: { shelfId }, order: { position: 'ASC' } })).map(
      ({ title, pages }) => `${title} ${pages}`,
    )
  const statementsOf = async (action: string, body: unknown) => {
    let count = 0
    const stop = dataSource.onStatement(() => count++)
    const { status } = await ask(action, body)
    stop()
    expect(status).to.equal(200)
    return count
  }

  it('create, change, delete and bring back by one call of it', async () => {
    const made = await ask('create', { items: items('bb', 'aa') })
    expect(made.status).to.equal(200)
    expect(resultsOf(made).map(({ status, data }) => `${status} ${data?.position} ${data?.title}`)).to.deep.equal([
      '201 1 bb',
      '201 2 aa',
    ])
    const ids = resultsOf(made).map(({ id }) => id)
    const changed = await ask('update', { ids, values: { pages: 3 } })
    expect(resultsOf(changed).map(({ status, data }) => `${status} ${data?.pages}`)).to.deep.equal(['200 3', '200 3'])
    expect(resultsOf(await ask('delete', { ids })).map(({ status }) => status)).to.deep.equal([204, 204])
    expect(await titles()).to.deep.equal([])
    expect((await ask('restore', { ids })).status).to.equal(200)
    expect(await titles()).to.deep.equal(['bb 3', 'aa 3'])
  })

  it('say which item was refused, and write none', async () => {
    const [taken] = items('aa')
    const answer = await ask('create', { items: [...items('bb'), taken, { ...taken, title: 'cc' }] })
    expect(answer.status).to.equal(409)
    expect(answer.body.errors).to.deep.equal([
      { pointer: '#/items/2/isbn', code: 'unique', message: 'is already in use' },
    ])
    expect(await titles()).to.deep.equal([])
  })

  it('send as many statements for twenty rows as for two', async () => {
    const many = items(...Array.from({ length: 20 }, (_, index) => `many ${index}x`))
    const few = items('few 1x', 'few 2x')
    expect(await statementsOf('create', { items: many })).to.equal(await statementsOf('create', { items: few }))
    const stored = await dataSource.getRepository(Book).find({ where: { shelfId }, order: { position: 'ASC' } })
    const ids = stored.map(({ id }) => id)
    const values = { pages: 5 }
    expect(await statementsOf('update', { ids, values })).to.equal(
      await statementsOf('update', { ids: ids.slice(0, 2), values }),
    )
  })

  it('ask an override of its method for one row about each', async () => {
    const made = await ask('create', { items: items('aa', 'holy') }, 'strict-books')
    expect(await titles()).to.deep.equal(['aa 7', 'holy 7'])
    const ids = resultsOf(made).map(({ id }) => id)
    const refused = await ask('delete', { ids }, 'strict-books')
    expect([refused.status, refused.body['code']]).to.deep.equal([400, 'HOLY'])
    expect(refused.body.errors?.[0]).to.include({ pointer: '#/ids/1', code: 'holy' })
    expect(await titles()).to.deep.equal(['aa 7', 'holy 7'])
    const each = await ask('delete', { ids, atomic: false }, 'strict-books')
    expect(resultsOf(each).map(({ status }) => status)).to.deep.equal([204, 400])
    expect(await titles()).to.deep.equal(['holy 7'])
  })

  it('ask one that writes only single rows about each', async () => {
    const answer = await ask('create', { items: items('aa') }, 'own-service-books')
    expect([answer.status, answer.body['code']]).to.deep.equal([400, 'NOTHING'])
  })

  it('of many clients keep lists without gaps, and delete each row once', async () => {
    const ids = (await storeBooks(dataSource, ['aa', 'bb', 'cc'], { shelfId })).map(({ id }) => id)
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, client) =>
        client % 2 === 0
          ? ask('create', { items: items(`x ${client}`, `y ${client}`) })
          : ask('delete', { ids: client === 1 ? ids : ids.toReversed() }),
      ),
    )
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).to.deep.equal([200, 200, 200, 200, 404, 404])
    const left = await dataSource.getRepository(Book).find({ where: { shelfId }, order: { position: 'ASC' } })
    expect(left.map(({ position }) => position)).to.deep.equal([1, 2, 3, 4, 5, 6])
  })
})

describe('Bulk actions through a service', () => {
  it('tell by the routes of the application in which way rows are written', async () => {
    const dataSource = { type: 'sqlite', database: ':memory:' } as const
    const viewSets = [ServedViewSet, StrictViewSet, OwnServiceViewSet]
    const application = await createApp({ entities: [Book, Shelf], dataSource, viewSets, logger: silentLogger })
    const { routes } = application
    await application.close()
    const bulk = routes.filter(({ action }) => action.includes('.bulk'))
    const ways = bulk.flatMap(({ action, writes }) => (writes ? [[action, writes] as const] : []))
    expect(Object.fromEntries(ways)).to.deep.equal({
      'ServedViewSet.bulkCreate': { by: 'call' },
      'ServedViewSet.bulkUpdate': { by: 'call' },
      'ServedViewSet.bulkDelete': { by: 'call' },
      'ServedViewSet.bulkRestore': { by: 'call' },
      'StrictViewSet.bulkCreate': alone('StrictService: create is overridden'),
      'StrictViewSet.bulkUpdate': { by: 'call' },
      'StrictViewSet.bulkDelete': alone('StrictService: delete is overridden'),
      'StrictViewSet.bulkRestore': { by: 'call' },
      'OwnServiceViewSet.bulkCreate': alone('OwnService: it has no createMany'),
      'OwnServiceViewSet.bulkUpdate': alone('OwnService: it has no updateMany'),
      'OwnServiceViewSet.bulkDelete': alone('OwnService: it has no deleteMany'),
      'OwnServiceViewSet.bulkRestore': { by: 'call' },
    })
  })
})
