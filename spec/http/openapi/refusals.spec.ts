import { expect } from 'chai'
import {
  anyone,
  BulkActionMixin,
  type Call,
  createDataSource,
  defineTrait,
  eq,
  ModelService,
  ModelViewSet,
  type OpenApiDocument,
  role,
  Serializer,
} from 'plinth'
import { Action, Resource, Sluggable, type Slugged } from 'plinth/decorators'
import { injectable } from 'tsyringe'
import { Column, Entity, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm'
import { applicationOf } from '../../support/http.js'

const Weighed = defineTrait({
  name: 'Weighed',
  defaults: { heavy: true },
  refusals: ({ heavy }) => ({ ...(heavy && { TOO_HEAVY: 409 }) }),
})

export interface Shelf extends Slugged {}
@Entity()
@Sluggable({ from: 'name' })
export class Shelf {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 20 }) name!: string
}

@Entity()
@Weighed()
class Box {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 20 }) name!: string
  @ManyToOne(() => Shelf, { nullable: true }) shelf!: Relation<Shelf> | null
}

@Entity()
@Weighed({ heavy: false })
class Note {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 20 }) text!: string
}

@injectable()
class NoteService extends ModelService(Note) {}

const permissions = { '*': anyone } as const
const box = { serializer: class BoxSerializer extends Serializer(Box, { fields: ['id', 'name'] }) {}, permissions }
const note = { serializer: class NoteSerializer extends Serializer(Note, { fields: ['id', 'text'] }) {}, permissions }

@Resource('/boxes')
class BoxViewSet extends ModelViewSet(Box, box) {}

@Resource('/notes')
class NoteViewSet extends ModelViewSet(Note, note) {
  @Action({ method: 'post', on: 'collection', allow: anyone, answers: 'nothing' })
  sweep(_call: Call): void {}
}

@Resource('/serviced')
class ServicedViewSet extends ModelViewSet(Note, { ...note, service: NoteService }) {}

const codes = ({ paths, components }: OpenApiDocument, path: string, method: 'get' | 'post' | 'put' | 'delete') =>
  Object.values(paths[path]![method]!.responses).flatMap((response) =>
    '$ref' in response ? (components.responses[response.$ref.split('/').at(-1)!]?.description.split(', ') ?? []) : [],
  )

describe('Problems that traits refuse', () => {
  const dataSource = createDataSource({ type: 'sqlite', database: ':memory:', entities: [Shelf, Box, Note] })
  const document = applicationOf({ viewSets: [BoxViewSet, NoteViewSet, ServicedViewSet], dataSource }).openapi()
  const ofTraits = (path: string, method: 'get' | 'post' | 'put' | 'delete') =>
    codes(document, path, method).filter((code) => /^(SLUG|TOO|NOT_IN|NOT_AN|LIST)/.test(code))

  it('are those of the entity that is written, and of what relations lead to', () => {
    const all = ['SLUG_EMPTY', 'SLUG_RESERVED', 'SLUG_TAKEN', 'TOO_HEAVY']
    expect(ofTraits('/boxes', 'post').toSorted()).to.deep.equal(all)
    expect(ofTraits('/boxes/{id}', 'delete').toSorted()).to.deep.equal(all)
    expect(ofTraits('/boxes', 'get')).to.deep.equal([])
  })

  it('are none where no trait refuses anything', () => {
    for (const method of ['put', 'delete'] as const) expect(ofTraits('/notes/{id}', method)).to.deep.equal([])
    expect(codes(document, '/notes', 'post')).to.not.include.members(['INVALID_PATH'])
    expect(codes(document, '/notes', 'post'))
      .to.not.include('IDEMPOTENCY_KEY_REQUIRED')
      .and.not.include('COUNT_DIFFERS')
  })

  it('are all of them where the code of the application may write anything', () => {
    const all = ['NOT_AN_OBJECT', 'SLUG_EMPTY', 'SLUG_RESERVED', 'SLUG_TAKEN', 'TOO_HEAVY']
    expect(ofTraits('/notes/sweep', 'post').toSorted()).to.deep.equal(all)
    expect(ofTraits('/serviced', 'post').toSorted()).to.deep.equal(all)
  })
})

const Mine = defineTrait({
  name: 'Mine',
  defaults: {},
  scopes: () => ({ mine: { where: eq('text', 'mine'), locked: true } }),
})

@Entity()
@Mine()
class Diary {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 20 }) text!: string
}

@Entity()
class Leaf {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 20 }) text!: string
  @ManyToOne(() => Diary) diary!: Relation<Diary>
}

class RuledSerializer extends Serializer(Note, {
  fields: ['id', 'text'],
  rules: { text: { write: role('editor') } },
}) {}

@Resource('/ruled')
class RuledViewSet extends BulkActionMixin(ModelViewSet(Note, { serializer: RuledSerializer, permissions }), {
  allow: anyone,
  actions: ['create', 'update', 'delete'],
}) {
  @Action({ method: 'post', on: 'row', allow: anyone, answers: 'nothing' })
  tear(_call: Call): void {}
}

@Resource('/read-ruled')
class ReadRuledViewSet extends ModelViewSet(Note, {
  serializer: class HiddenSerializer extends Serializer(Note, {
    fields: ['id', 'text'],
    rules: { text: { read: role('editor') } },
  }) {},
  permissions,
}) {}

@Resource('/scoped')
class ScopedViewSet extends BulkActionMixin(ModelViewSet(Note, { ...note, scope: () => ({ text: 'mine' }) }), {
  allow: anyone,
  actions: ['create', 'update', 'delete'],
}) {}

@Resource('/leaves')
class LeafViewSet extends ModelViewSet(Leaf, {
  serializer: class LeafSerializer extends Serializer(Leaf, { fields: ['id', 'text'] }) {},
  permissions,
}) {}

describe('What a write is refused by rules of fields and by scopes', () => {
  const entities = [Shelf, Box, Note, Diary, Leaf]
  const dataSource = createDataSource({ type: 'sqlite', database: ':memory:', entities })
  const viewSets = [NoteViewSet, RuledViewSet, ReadRuledViewSet, ScopedViewSet, LeafViewSet]
  const { paths, components } = applicationOf({ viewSets, dataSource }).openapi()
  const operationsWith = (code: string) =>
    Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).flatMap(([method, { responses }]) => {
        const forbidden = responses['403']
        const name = forbidden && '$ref' in forbidden ? forbidden.$ref.split('/').at(-1)! : ''
        return components.responses[name]?.description.split(', ').includes(code) ? [`${method} ${path}`] : []
      }),
    )

  it('is told where a rule says who writes a field that is taken', () => {
    expect(operationsWith('FIELD_FORBIDDEN')).to.deep.equal([
      'post /ruled',
      'put /ruled/{id}',
      'patch /ruled/{id}',
      'post /ruled/{id}/tear',
      'post /ruled/bulk/create',
      'post /ruled/bulk/update',
    ])
  })

  it('is told where a scope can be left', () => {
    expect(operationsWith('OUTSIDE_SCOPE')).to.deep.equal([
      'post /leaves',
      'put /leaves/{id}',
      'delete /leaves/{id}',
      'patch /leaves/{id}',
      // Its own code may write any entity, and one has a locked scope.
      'post /notes/sweep',
      'post /ruled/{id}/tear',
      'put /scoped/{id}',
      'delete /scoped/{id}',
      'patch /scoped/{id}',
      'post /scoped/bulk/delete',
      'post /scoped/bulk/update',
    ])
  })
})
