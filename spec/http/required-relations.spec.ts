import { expect } from 'chai'
import {
  anyone,
  BulkActionMixin,
  createDataSource,
  type ModelDataSource,
  ModelViewSet,
  Serializer,
  schemasOf,
} from 'plinth'
import { Resource } from 'plinth/decorators'
import { Column, Entity, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm'
import { type Database, describeOnEngines } from '../support/engines.js'
import { errorsIn, type Served, serve } from './support/served.js'

@Entity('required_projects')
class Project {
  @PrimaryGeneratedColumn() id!: number
}

@Entity('required_tickets')
class Ticket {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 40 }) title!: string
  @Column({ type: 'int' }) projectId!: number
  @ManyToOne(() => Project) project!: Relation<Project>
  @Column({ type: 'int', nullable: true }) otherId!: number | null
  @ManyToOne(() => Project) other!: Relation<Project> | null
  @Column({ type: 'int', default: 1 }) firstId!: number
  @ManyToOne(() => Project) first!: Relation<Project>
}

class ProjectPart extends Serializer(Project, { fields: ['id'] }) {}
const byKey = { serializer: ProjectPart, write: 'id' } as const
class TicketSerializer extends Serializer(Ticket, {
  fields: ['id', 'title', 'project', 'other', 'first'],
  nested: { project: byKey, other: byKey, first: byKey },
}) {}

@Resource('/tickets')
class Tickets extends BulkActionMixin(
  ModelViewSet(Ticket, { serializer: TicketSerializer, permissions: { '*': anyone } }),
  { allow: anyone, actions: ['create'], max: 10, perItem: true },
) {}

describeOnEngines('Relations whose key is a property that cannot be null', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served

  before(async () => {
    database = await engine.create()
    const entities = [Project, Ticket]
    dataSource = await createDataSource({ ...database.options, entities, synchronize: true }).initialize()
    await dataSource.getRepository(Project).insert({ id: 1 })
    served = await serve({ viewSets: [Tickets], dataSource })
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  const post = (body: object) => served.request('POST', '/tickets', { body })

  it('are required with all else that is wrong', async () => {
    const answer = await post({ title: 1 })
    expect([answer.status, errorsIn(answer)]).to.deep.equal([400, ['#/title type', '#/project required']])
    expect((await post({ title: 'one', project: 1 })).status).to.equal(201)
  })

  it('are not null', async () => {
    const answer = await post({ title: 'one', project: null, first: null, other: null })
    expect([answer.status, errorsIn(answer)]).to.deep.equal([400, ['#/project null', '#/first null']])
  })

  it('are required of each of many items', async () => {
    const body = { items: [{ title: 'one' }, { title: 'two', project: 1 }, { project: null }] }
    const answer = await served.request('POST', '/tickets/bulk/create', { body })
    const errors = ['#/items/0/project required', '#/items/2/title required', '#/items/2/project null']
    expect([answer.status, errorsIn(answer)]).to.deep.equal([400, errors])
  })

  it('are described so', () => {
    const { create } = schemasOf(TicketSerializer, dataSource)
    expect(create['required']).to.deep.equal(['title', 'project'])
    const { project, other, first } = create['properties'] as Readonly<Record<string, object>>
    expect([project, first]).to.deep.equal(
      [{ type: 'integer' }, { type: 'integer' }].map((one) => ({ ...project, ...one })),
    )
    expect(other).to.have.property('anyOf')
  })
})
