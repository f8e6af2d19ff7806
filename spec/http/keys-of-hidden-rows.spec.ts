import { expect } from 'chai'
import { anyone, type Call, createDataSource, type ModelDataSource, ModelViewSet, Serializer } from 'plinth'
import { Resource, type SoftDeletable, SoftDelete } from 'plinth/decorators'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import { type Database, describeOnEngines } from '../support/engines.js'
import { type Served, serve } from './support/served.js'

export interface Domain extends SoftDeletable {}
@Entity('hidden_domains')
@SoftDelete()
export class Domain {
  @PrimaryColumn({ length: 20 }) id!: string
  @Column({ length: 20 }) ownerId!: string
  @Column({ length: 20 }) target!: string
}

class DomainSerializer extends Serializer(Domain, {
  fields: ['id', 'ownerId', 'target'],
  readOnly: ['ownerId'],
  createOnly: ['id'],
}) {}

const options = {
  serializer: DomainSerializer,
  permissions: { '*': anyone },
  scope: ({ user }: Call) => ({ ownerId: user?.id ?? '' }),
} as const

/** Rows are written by one statement each. */
@Resource('/domains')
class DomainViewSet extends ModelViewSet(Domain, options) {}

/** Rows are written in a unit of work of their own. */
@Resource('/hooked')
class HookedViewSet extends ModelViewSet(Domain, options) {
  override performCreate(...given: Parameters<DomainViewSet['performCreate']>) {
    return super.performCreate(...given)
  }
}

describeOnEngines('A key of a row that a caller may not see', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Domain], synchronize: true }).initialize()
    served = await serve({ viewSets: [DomainViewSet, HookedViewSet], dataSource })
    const rows = ['theirs', 'gone'].map((id) => ({ id, ownerId: id === 'gone' ? 'ada' : 'eve', target: 'kept' }))
    await dataSource.getRepository(Domain).insert(rows)
    await dataSource.getRepository(Domain).delete('gone')
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  for (const path of ['/domains', '/hooked']) {
    for (const id of ['theirs', 'gone']) {
      it(`makes, overwrites, brings back and takes over nothing: ${path}, ${id}`, async () => {
        const made = await served.request('POST', path, { as: 'ada', body: { id, target: 'taken' } })
        expect([made.status, made.text.includes('kept')], made.text).to.deep.equal([409, false])
        for (const method of ['PUT', 'PATCH', 'DELETE'] as const) {
          const body = method === 'DELETE' ? undefined : { target: 'taken' }
          const { status } = await served.request(method, `${path}/${id}`, { as: 'ada', body })
          expect(status, method).to.equal(404)
        }
        const stored = await dataSource
          .getRepository(Domain)
          .unscoped()
          .find({ order: { id: 'ASC' } })
        expect(stored.map((row) => [row.id, row.ownerId, row.target, row.isDeleted])).to.deep.equal([
          ['gone', 'ada', 'kept', true],
          ['theirs', 'eve', 'kept', false],
        ])
      })
    }
  }
})
