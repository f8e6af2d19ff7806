import { expect } from 'chai'
import {
  anyone,
  type Call,
  createDataSource,
  defineTrait,
  ModelService,
  ModelViewSet,
  type OpenApiDocument,
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
