import { expect } from 'chai'
import { anyone, createDataSource, type ModelDataSource, ModelViewSet, Serializer } from 'plinth'
import { expectVersion, type HasVersion, Resource, type SoftDeletable, SoftDelete, Versioned } from 'plinth/decorators'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { type Database, describeOnEngines } from '../support/engines.js'
import { type Served, serve } from './support/served.js'

interface Sheet extends HasVersion, SoftDeletable {}
@Entity('conditional_sheets')
@SoftDelete()
@Versioned()
class Sheet {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 60 }) title!: string
}

class SheetSerializer extends Serializer(Sheet, { fields: ['id', 'title', 'version'] }) {}

@Resource('/sheets')
class SheetViewSet extends ModelViewSet(Sheet, {
  serializer: SheetSerializer,
  permissions: { '*': anyone },
  verbs: { restore: anyone },
}) {}

describeOnEngines('Writes of rows with a version', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served
  const sent: string[] = []

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Sheet], synchronize: true }).initialize()
    dataSource.onStatement(({ sql }) => sent.push(sql.split(' ')[0]!))
    served = await serve({ viewSets: [SheetViewSet], dataSource })
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  const sheets = () => dataSource.getRepository(Sheet)
  const made = async (): Promise<number> => {
    const { id } = await sheets().save({ title: 'one' } as Sheet)
    sent.length = 0
    return id
  }
  const stored = async (id: number) => {
    const row = await sheets().unscoped().findById(id)
    return row && { title: row.title, version: row.version, isDeleted: row.isDeleted }
  }
  const tagOf = async (id: number): Promise<string> => {
    const { headers } = await served.request('GET', `/sheets/${id}`)
    sent.length = 0
    return headers.get('etag')!
  }
  const returns = engine.name !== 'mariadb'

  it('are one statement, which counts the version', async () => {
    const id = await made()
    const { status, body } = await served.request('PATCH', `/sheets/${id}`, { body: { title: 'two' } })
    expect({ status, body }).to.deep.equal({ status: 200, body: { id, title: 'two', version: 2 } })
    if (returns) expect(sent).to.deep.equal(['UPDATE'])
    sent.length = 0
    expect((await served.request('DELETE', `/sheets/${id}`)).status).to.equal(204)
    expect(sent).to.deep.equal(['UPDATE'])
    expect(await stored(id)).to.deep.equal({ title: 'two', version: 3, isDeleted: true })
    sent.length = 0
    expect((await served.request('POST', `/sheets/${id}/restore`, { body: {} })).status).to.equal(200)
    if (returns) expect(sent).to.deep.equal(['UPDATE'])
    expect(await stored(id)).to.deep.equal({ title: 'two', version: 4, isDeleted: false })
  })

  it('read the row where a request has conditions, and write it as it was then', async () => {
    const id = await made()
    const tag = await tagOf(id)
    const conditional = { headers: { 'if-match': tag }, body: { title: 'two' } }
    const written = await served.request('PATCH', `/sheets/${id}`, conditional)
    expect([written.status, written.body['version']]).to.deep.equal([200, 2])
    if (returns) expect(sent).to.deep.equal(['SELECT', 'UPDATE'])
    const stale = await served.request('PATCH', `/sheets/${id}`, conditional)
    expect([stale.status, stale.body['code']]).to.deep.equal([412, 'PRECONDITION_FAILED'])
    const refused = await served.request('DELETE', `/sheets/${id}`, { headers: { 'if-match': tag } })
    expect([refused.status, refused.body['code']]).to.deep.equal([412, 'PRECONDITION_FAILED'])
    const known = { headers: { 'if-none-match': await tagOf(id) }, body: { title: 'three' } }
    expect((await served.request('PATCH', `/sheets/${id}`, known)).status).to.equal(412)
    expect(await stored(id)).to.deep.equal({ title: 'two', version: 2, isDeleted: false })
    const present = { headers: { 'if-match': await tagOf(id) } }
    expect((await served.request('DELETE', `/sheets/${id}`, present)).status).to.equal(204)
    if (returns) expect(sent).to.deep.equal(['SELECT', 'UPDATE'])
  })

  it('let exactly one of several callers write what all of them have read', async () => {
    for (let round = 0; round < 5; round++) {
      const id = await made()
      const headers = { 'if-match': await tagOf(id) }
      const titles = Array.from({ length: 8 }, (_, index) => `of caller ${index}`)
      const asked = titles.map((title) => served.request('PATCH', `/sheets/${id}`, { headers, body: { title } }))
      const answers = await Promise.all(asked)
      const statuses = answers.map(({ status }) => status)
      expect(statuses.toSorted((a, b) => a - b)).to.deep.equal([200, ...Array.from({ length: 7 }, () => 412)])
      const title = titles[statuses.indexOf(200)]
      expect(await stored(id)).to.deep.equal({ title, version: 2, isDeleted: false })
    }
  })

  it('count every one of several writes that expect nothing', async () => {
    const id = await made()
    const bodies = Array.from({ length: 8 }, (_, index) => ({ title: `of caller ${index}` }))
    const answers = await Promise.all(bodies.map((body) => served.request('PATCH', `/sheets/${id}`, { body })))
    const versions = answers.map(({ body }) => Number(body['version'])).toSorted((a, b) => a - b)
    expect(versions).to.deep.equal([2, 3, 4, 5, 6, 7, 8, 9])
    expect((await stored(id))?.version).to.equal(9)
  })

  it('are conflicts where the service is told another version', async () => {
    const id = await made()
    const write = () => sheets().update(id, { title: 'two' })
    await expectVersion(1, write)
    const late = await expectVersion(1, write).catch((error: unknown) => error)
    expect(late).to.include({ errorCode: 'STALE' })
    expect(await stored(id)).to.deep.equal({ title: 'two', version: 2, isDeleted: false })
  })
})
