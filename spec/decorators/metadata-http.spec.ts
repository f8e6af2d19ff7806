import { expect } from 'chai'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { type HasMetadata, type HasVersion, Metadata, Resource, Versioned } from '../../decorators/index.js'
import { anyone, createDataSource, type ModelDataSource, ModelViewSet, Serializer } from '../../src/index.js'
import { type Served, serve } from '../http/support/served.js'
import { type Database, describeOnEngines } from '../support/engines.js'

@Entity()
@Metadata({ maxDepth: 3 })
@Versioned()
class Gadget {
  @PrimaryGeneratedColumn()
  id!: number

  @Column({ type: 'varchar', length: 20, default: '' })
  label!: string

  /** A document that no trait knows, kept as text. */
  @Column({ type: 'simple-json', nullable: true })
  notes!: Record<string, unknown> | null
}
interface Gadget extends HasMetadata, HasVersion {}

class GadgetSerializer extends Serializer(Gadget, { fields: ['id', 'label', 'metadata', 'notes', 'version'] }) {}

@Resource('/gadgets')
class GadgetViewSet extends ModelViewSet(Gadget, {
  serializer: GadgetSerializer,
  permissions: { '*': anyone },
  verbs: { setMetadata: anyone },
}) {}

describeOnEngines('Metadata over HTTP', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Gadget] }).initialize()
    await dataSource.synchronize()
    served = await serve({ viewSets: [GadgetViewSet], dataSource })
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  it('is created, merged, and says where it is refused', async () => {
    const created = await served.request('POST', '/gadgets', {
      body: { label: 'a', metadata: { size: { x: 1, y: 2 } } },
    })
    expect([created.status, created.body['metadata'], created.body['version']]).to.deep.equal([
      201,
      { size: { x: 1, y: 2 } },
      1,
    ])
    const address = `/gadgets/${created.body.id}`
    const patched = await served.request('PATCH', address, { body: { metadata: { size: { y: null }, colour: 'red' } } })
    expect([patched.status, patched.body['metadata'], patched.body['version']]).to.deep.equal([
      200,
      { size: { x: 1 }, colour: 'red' },
      2,
    ])
    const refused = await served.request('PATCH', address, {
      body: { metadata: { a: { b: { c: {} } }, big: 2 ** 60 } },
    })
    expect([refused.status, refused.body.errors.map(({ pointer, code }) => `${pointer} ${code}`)]).to.deep.equal([
      400,
      ['#/metadata/a/b/c maxDepth', '#/metadata/big integer'],
    ])
    const empty = await served.request('POST', '/gadgets', { body: { label: 'b' } })
    expect([empty.status, empty.body['metadata']]).to.deep.equal([201, {}])
    const list = await served.request('POST', '/gadgets', { body: { label: 'c', metadata: [] } })
    expect([list.status, list.body.errors.map(({ pointer }) => pointer)]).to.deep.equal([400, ['#/metadata']])
  })

  const made = async (values: object): Promise<string> => {
    const { body } = await served.request('POST', '/gadgets', { body: values })
    return `/gadgets/${body.id}`
  }
  const words: string[] = []
  /** The first words of the statements that a request sends. */
  const sentBy = async (send: () => Promise<unknown>) => {
    words.length = 0
    const stop = dataSource.onStatement(({ sql }) => words.push(sql.split(' ')[0]!))
    await send()
    stop()
    return words
  }
  const isTwo = engine.name !== 'mariadb'

  it('is merged into what one statement has read, by one that writes it as it was then', async () => {
    const address = await made({ metadata: { kept: 1 }, notes: { z: 1, a: { b: 2 } } })
    const answers: unknown[] = []
    const merge = async () => {
      const { body } = await served.request('PATCH', address, {
        body: { metadata: { more: [1] }, notes: { z: null, y: {} } },
      })
      answers.push([body['metadata'], body['notes'], body['version']])
    }
    const sent = await sentBy(merge)
    if (isTwo) expect(sent).to.deep.equal(['SELECT', 'UPDATE'])
    expect(answers).to.deep.equal([[{ kept: 1, more: [1] }, { a: { b: 2 }, y: {} }, 2]])
    // Text is as it is written otherwise, and not as an engine spells documents.
    const [row] = await dataSource.query<{ notes: string }[]>(`SELECT notes FROM gadget WHERE id = ${address.slice(9)}`)
    expect(row!.notes).to.equal('{"a":{"b":2},"y":{}}')
  })

  it('is changed at a path in the same way', async () => {
    const address = await made({ metadata: { kept: 1 } })
    const set = (path: readonly string[]) =>
      served.request('POST', `${address}/set-metadata`, { body: { path, value: 5 } })
    const sent = await sentBy(() => set(['deep', 'down']))
    if (isTwo) expect(sent).to.deep.equal(['SELECT', 'UPDATE'])
    const { body } = await served.request('GET', address)
    expect(body['metadata']).to.deep.equal({ kept: 1, deep: { down: 5 } })
    expect((await set(['kept', 'down'])).body['code']).to.equal('NOT_AN_OBJECT')
    const tooDeep = await set(['a', 'b', 'c', 'd'])
    expect([tooDeep.status, tooDeep.body['code']]).to.deep.equal([400, 'VALIDATION_ERROR'])
  })

  it('loses nothing of what eight clients merge and set at once', async () => {
    const address = await made({ metadata: {} })
    const names = Array.from({ length: 24 }, (_, index) => `key${index}`)
    let next = 0
    const client = async () => {
      for (let name = names[next++]; name !== undefined; name = names[next++]) {
        const isSet = next % 3 === 0
        const [method, path, body] = isSet
          ? ['POST', `${address}/set-metadata`, { path: [name], value: true }]
          : ['PATCH', address, { metadata: { [name]: true } }]
        const { status } = await served.request(method, path, { body })
        expect(status).to.equal(200)
      }
    }
    await Promise.all(Array.from({ length: 8 }, client))
    const { body } = await served.request('GET', address)
    expect(body['metadata']).to.deep.equal(Object.fromEntries(names.map((name) => [name, true])))
    expect(body['version']).to.equal(25)
  })
})
