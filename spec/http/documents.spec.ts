import { expect } from 'chai'
import { Type } from 'class-transformer'
import { ArrayMaxSize, IsArray, IsInt, IsOptional, IsString, ValidateNested } from 'class-validator'
import { anyone, createDataSource, DefinitionError, type ModelDataSource, ModelViewSet, Serializer } from 'plinth'
import { type HasMetadata, Metadata, Resource } from 'plinth/decorators'
import { Column, Entity, JoinColumn, ManyToOne, OneToMany, PrimaryGeneratedColumn, type Relation } from 'typeorm'
import { schemasOf } from '../../src/http/schemas-of.js'
import { BulkActionMixin } from '../../src/index.js'
import { type Database, describeOnEngines } from '../support/engines.js'
import { applicationOf } from '../support/http.js'
import { type Answer, errorsIn, type Served, serve } from './support/served.js'

class Part {
  @IsString() label!: string
  @IsInt() n!: number
  @IsOptional() @ValidateNested() @Type(() => Part) inside?: Part
}

export interface Box extends HasMetadata {}
@Metadata({ schema: { type: 'object', properties: { a: { type: 'number' } }, additionalProperties: false } })
@Entity('boxes')
export class Box {
  @PrimaryGeneratedColumn() id!: number
  @Column({ type: 'simple-json' }) @ValidateNested() @Type(() => Part) part!: Part
  @Column({ type: 'json', nullable: true })
  @IsArray()
  @ArrayMaxSize(2)
  @ValidateNested({ each: true })
  @Type(() => Part)
  parts!: Part[] | null
  @Column({ type: 'simple-array', nullable: true }) tags!: string[] | null
  @OneToMany('Slip', 'box') slips!: Relation<Slip>[]
}

@Entity('slips')
export class Slip {
  @PrimaryGeneratedColumn() id!: number
  @Column({ type: 'simple-json' }) @ValidateNested() @Type(() => Part) part!: Part
  @Column() boxId!: number
  @ManyToOne(() => Box, 'slips') @JoinColumn({ name: 'boxId' }) box!: Relation<Box>
}

class SlipSerializer extends Serializer(Slip, { fields: ['id', 'part'] }) {}
class BoxSerializer extends Serializer(Box, {
  fields: ['id', 'part', 'parts', 'tags', 'metadata', 'slips'],
  nested: { slips: { serializer: SlipSerializer, write: 'merge' } },
}) {}
class PlainSerializer extends Serializer(Box, { fields: ['id', 'part', 'parts', 'tags', 'metadata'] }) {}

@Resource('/boxes')
class BoxViewSet extends ModelViewSet(Box, { serializer: BoxSerializer, permissions: { '*': anyone } }) {}
@Resource('/plain')
class PlainViewSet extends BulkActionMixin(
  ModelViewSet(Box, {
    serializer: PlainSerializer,
    permissions: { '*': anyone },
  }),
  { permissions: { create: anyone, update: anyone } },
) {}

const part = { label: 'a', n: 1 }
const told = (answer: Answer) => [answer.status, ...errorsIn(answer)]

describeOnEngines('Documents', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served
  const send = async (method: string, path: string, body: unknown) => told(await served.request(method, path, { body }))

  before(async () => {
    database = await engine.create()
    const options = { ...database.options, synchronize: true, entities: [Box, Slip] }
    dataSource = await createDataSource(options).initialize()
    served = await serve({ viewSets: [BoxViewSet, PlainViewSet], dataSource })
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  const made = async (): Promise<string> => {
    const { body } = await served.request('POST', '/plain', { body: { part: { ...part, inside: part } } })
    return `/plain/${body.id}`
  }
  const partAt = async (path: string) => (await served.request('GET', path)).body['part']

  it('are checked by the classes of their columns, and stored as they were sent', async () => {
    const answer = await served.request('POST', '/plain', { body: { part, parts: [part, { ...part, inside: part }] } })
    expect(answer.status).to.equal(201)
    expect(answer.body).to.deep.include({ part, parts: [part, { ...part, inside: part }] })
    for (const path of ['/plain', '/boxes']) {
      expect(await send('POST', path, { part: { label: 5, n: 'x', z: 1 } })).to.deep.equal([
        400,
        '#/part/z unknown_field',
        '#/part/label isString',
        '#/part/n isInt',
      ])
    }
    expect(await send('POST', '/plain', { part: 3, parts: [3, {}] })).to.deep.equal([
      400,
      '#/part type',
      '#/parts/0 type',
      '#/parts/1/label isString',
      '#/parts/1/n isInt',
    ])
    expect(await send('POST', '/plain', { part, parts: [part, part, part] })).to.deep.equal([
      400,
      '#/parts arrayMaxSize',
    ])
    expect(
      await send('PUT', await made(), { part: { label: 'a' }, parts: null, tags: null, metadata: {} }),
    ).to.deep.equal([400, '#/part/n isInt'])
  })

  it('are checked as they are once patches are merged into them', async () => {
    const path = await made()
    expect(await send('PATCH', path, { part: { n: 2, inside: { label: 'b' } } })).to.deep.equal([200])
    expect(await partAt(path)).to.deep.equal({ label: 'a', n: 2, inside: { label: 'b', n: 1 } })
    expect(await send('PATCH', path, { part: { inside: null } })).to.deep.equal([200])
    expect(await partAt(path)).to.deep.equal({ label: 'a', n: 2 })
    expect(await send('PATCH', path, { part: { label: null } })).to.deep.equal([400, '#/part/label isString'])
    expect(await send('PATCH', path, { part: { inside: { n: 2 } } })).to.deep.equal([
      400,
      '#/part/inside/label isString',
    ])
    expect(await send('PATCH', path, { part: { n: 'x', z: 1 } })).to.deep.equal([
      400,
      '#/part/z unknown_field',
      '#/part/n isInt',
    ])
    expect(await send('PATCH', path, { part: [] })).to.deep.equal([400, '#/part type'])
    expect(await partAt(path)).to.deep.equal({ label: 'a', n: 2 })
  })

  it('are checked in items of bulk actions and in related rows', async () => {
    const id = Number((await made()).split('/').at(-1))
    expect(await send('POST', '/plain/bulk/create', { items: [{ part }, { part: {} }] })).to.deep.equal([
      400,
      '#/items/1/part/label isString',
      '#/items/1/part/n isInt',
    ])
    expect(await send('POST', '/plain/bulk/update', { items: [{ id, part: { n: 'x' } }] })).to.deep.equal([
      400,
      '#/items/0/part/n isInt',
    ])
    expect(await send('POST', '/plain/bulk/update', { ids: [id], values: { part: { label: null } } })).to.deep.equal([
      400,
      '#/values/part/label isString',
    ])
    expect(await partAt(`/plain/${id}`)).to.deep.equal({ ...part, inside: part })
    const slips = { part, slips: [{ part }] }
    const { body } = await served.request('POST', '/boxes', { body: slips })
    const [slip] = (body['slips'] as { readonly data: readonly { readonly id: number }[] }).data
    const path = `/boxes/${body.id}`
    expect(await send('PATCH', path, { slips: [{ id: slip?.id, part: { n: 2 } }] })).to.deep.equal([200])
    expect(await send('PATCH', path, { slips: [{ id: slip?.id, part: { n: null } }] })).to.deep.equal([
      400,
      '#/slips/0/part/n isInt',
    ])
    expect(await send('PATCH', path, { slips: [{ part: {} }] })).to.deep.equal([
      400,
      '#/slips/0/part/label isString',
      '#/slips/0/part/n isInt',
    ])
  })

  it('lists of texts are written as they are read', async () => {
    const { body } = await served.request('POST', '/plain', { body: { part, tags: ['a', 'b c', ''] } })
    expect(body['tags']).to.deep.equal(['a', 'b c', ''])
    const path = `/plain/${body.id}`
    expect(await send('PUT', path, { part, parts: null, tags: body['tags'], metadata: {} })).to.deep.equal([200])
    expect((await served.request('GET', path)).body['tags']).to.deep.equal(['a', 'b c', ''])
    for (const tags of [[], ['x'], null]) {
      expect(await send('PATCH', path, { tags })).to.deep.equal([200])
      expect((await served.request('GET', path)).body['tags']).to.deep.equal(tags)
    }
    for (const tags of ['a,b', ['a,b'], [''], [1], [null], ['\0'], {}]) {
      const [status, error] = await send('PATCH', path, { tags })
      expect([status, String(error).split(' ')[0]]).to.deep.equal([400, '#/tags'])
    }
  })

  it('have the schemas of their classes and of their traits', () => {
    const schemas = schemasOf(PlainSerializer, dataSource)
    const [create, patch, read] = [schemas.create, schemas.patch, schemas.read].map(
      ({ properties }) => properties as Readonly<Record<string, object>>,
    )
    const partSchema = {
      type: 'object',
      properties: {
        inside: { anyOf: [{ type: 'object' }, { type: 'null' }] },
        label: { type: 'string' },
        n: { type: 'integer' },
      },
      required: ['label', 'n'],
      additionalProperties: false,
    }
    const metadata = { type: 'object', properties: { a: { type: 'number' } }, additionalProperties: false }
    expect(create).to.deep.include({
      part: partSchema,
      parts: { anyOf: [{ type: 'array', items: partSchema, maxItems: 2 }, { type: 'null' }] },
      metadata,
    })
    expect(read).to.deep.include({ part: partSchema, metadata })
    expect(patch).to.deep.include({
      metadata: {
        type: 'object',
        properties: { a: { anyOf: [{ type: 'number' }, { type: 'null' }] } },
        additionalProperties: { type: 'null' },
      },
    })
    expect(create?.['tags']).to.deep.include({ type: ['array', 'null'], not: { const: [''] } })
  })
})

describe('Documents of no class', () => {
  it('are refused where decorators ask for one', async () => {
    @Entity()
    class Loose {
      @PrimaryGeneratedColumn() id!: number
      @Column({ type: 'simple-json' }) @ValidateNested({ each: true }) parts!: Part[]
    }
    @Resource('/loose')
    class LooseViewSet extends ModelViewSet(Loose, {
      serializer: class LooseSerializer extends Serializer(Loose, { fields: ['id', 'parts'] }) {},
      permissions: { '*': anyone },
    }) {}
    const options = { type: 'sqlite', database: ':memory:', synchronize: true, entities: [Loose] } as const
    const dataSource = await createDataSource(options).initialize()
    expect(() => applicationOf({ viewSets: [LooseViewSet], dataSource })).to.throw(
      DefinitionError,
      'nothing says which class the objects in Loose.parts have',
    )
    await dataSource.destroy()
  })
})
