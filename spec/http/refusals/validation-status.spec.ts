import { expect } from 'chai'
import { anyone, BulkActionMixin, createDataSource, idempotencyKeys, ModelViewSet, silentLogger } from 'plinth'
import { Container } from 'plinth/container'
import { Resource } from 'plinth/decorators'
import { engines } from '../../support/engines.js'
import { describeOnDrivers, type Service } from '../../support/http.js'
import { Order, OrderSerializer } from '../support/orders.js'

@Resource('/orders')
class OrderViewSet extends BulkActionMixin(
  ModelViewSet(Order, { serializer: OrderSerializer, permissions: { '*': anyone }, idempotency: 'optional' }),
  { allow: anyone, actions: ['create'], perItem: true },
) {}

describeOnDrivers('What is not valid is 422 where the application says so', (serving) => {
  let service: Service
  let end: () => Promise<void>

  before(async () => {
    const database = await engines[0]!.create()
    const dataSource = createDataSource({
      ...database.options,
      entities: [Order],
      tables: [idempotencyKeys],
      synchronize: true,
    })
    await dataSource.initialize()
    service = await serving.serve({
      viewSets: [OrderViewSet],
      dataSource,
      instances: new Container({ context: { dataSource, logger: silentLogger } }),
      authenticate: () => ({ id: 'ada', roles: [] }),
      problems: { validationStatus: 422 },
    })
    end = async () => {
      await service.close()
      await dataSource.destroy()
      await database.drop()
    }
  })
  after(() => end?.())

  it('in bodies and parameters, with the same document', async () => {
    const answer = await service.send('POST', '/orders', { name: 7 }, { 'x-request-id': 'r' })
    expect([answer.status, answer.json]).to.deep.equal([
      422,
      {
        type: 'urn:problem:validation_error',
        title: 'Validation error',
        status: 422,
        code: 'VALIDATION_ERROR',
        detail: 'The body is invalid in one place.',
        instance: '/orders',
        requestId: 'r',
        errors: [{ pointer: '#/name', code: 'type', message: 'must be a string' }],
      },
    ])
    expect((await service.ask('GET', '/orders?page=0')).status).to.equal(422)
    expect((await service.send('POST', '/orders/bulk/create', { items: [{ name: 7 }] })).status).to.equal(422)
  })

  it('and what is malformed is 400 all the same', async () => {
    const headers = { 'content-type': 'application/json' }
    expect((await service.ask('POST', '/orders', { body: '{', headers })).status).to.equal(400)
    expect((await service.send('POST', '/orders', { name: 'a' }, { 'idempotency-key': '"' })).status).to.equal(400)
  })

  it('as the document tells', () => {
    const { paths, components } = service.application.openapi()
    const codesOf = (status: string) => {
      const answer = paths['/orders']!.post!.responses[status]!
      return '$ref' in answer ? components.responses[answer.$ref.split('/').at(-1)!]!.description : ''
    }
    expect(codesOf('422')).to.contain('VALIDATION_ERROR')
    expect(codesOf('400')).to.not.contain('VALIDATION_ERROR')
  })
})
