import { createServer } from 'node:http'
import { expect } from 'chai'
import { anyone, createDataSource, idempotencyKeys, type ModelDataSource, ModelViewSet, Serializer } from 'plinth'
import { Resource } from 'plinth/decorators'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { type BelongsToTenant, Tenanted, tenant } from '../../examples/traits/tenanted.js'
import { type Database, describeOnEngines } from '../support/engines.js'
import { applicationOf, listen, type Serving } from '../support/http.js'
import { type Served, serve } from './support/served.js'

export interface Invoice extends BelongsToTenant {}
@Entity('tenants_invoices')
@Tenanted()
export class Invoice {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 20 }) title!: string
}

@Resource('/invoices')
class InvoiceViewSet extends ModelViewSet(Invoice, {
  serializer: class InvoiceSerializer extends Serializer(Invoice, { fields: ['id', 'title', 'tenantId'] }) {},
  permissions: { '*': anyone },
  idempotency: 'optional',
}) {}

/** Each request is made on behalf of the tenant that a header names. */
const serving: Serving = {
  name: 'for tenants',
  mounted: false,
  serve: (options) => {
    const application = applicationOf(options)
    return listen(
      application,
      createServer((request, response) => {
        tenant.run(String(request.headers['x-tenant']), () => application.handler(request, response))
      }),
    )
  },
}

describeOnEngines('An Idempotency-Key of one user with two tenants', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served

  before(async () => {
    database = await engine.create()
    dataSource = createDataSource({
      ...database.options,
      entities: [Invoice],
      tables: [idempotencyKeys],
      synchronize: true,
    })
    await dataSource.initialize()
    served = await serve({ viewSets: [InvoiceViewSet], dataSource, serving })
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  const post = async (name: string) => {
    const { status, headers, body } = await served.request('POST', '/invoices', {
      as: 'ada',
      body: { title: 'July' },
      headers: { 'x-tenant': name, 'idempotency-key': '"july"' },
    })
    return [status, headers.get('idempotency-replayed'), body['tenantId']]
  }

  it('is another key for each of them', async () => {
    expect(await post('acme')).to.deep.equal([201, null, 'acme'])
    expect(await post('globex')).to.deep.equal([201, null, 'globex'])
    expect(await post('acme')).to.deep.equal([201, 'true', 'acme'])
  })
})
