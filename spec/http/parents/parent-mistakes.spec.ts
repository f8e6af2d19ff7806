import { expect } from 'chai'
import {
  anyone,
  createDataSource,
  DefinitionError,
  type ModelDataSource,
  ModelViewSet,
  rowRule,
  Serializer,
} from 'plinth'
import { CacheResponse, Resource } from 'plinth/decorators'
import { Column, Entity, JoinColumn, ManyToOne, OneToMany, PrimaryGeneratedColumn, type Relation } from 'typeorm'
import { type Database, engines } from '../../support/engines.js'
import { applicationOf } from '../../support/http.js'
import { bySlug, createLands, Land, options, Town, viewSets } from './lands.js'

const Towns = ModelViewSet(Town, { ...options, parent: bySlug })
const withParent = (parent: object) => ModelViewSet(Town, { ...options, parent } as never)

@Resource('/misspelt')
class Unrouted extends Towns {}
@Resource('/lands/:id/towns')
class OfId extends ModelViewSet(Town, { ...options, only: ['retrieve'], parent: { ...bySlug, parameter: 'id' } }) {}
@Resource('/lands/:land/towns')
class NoRelation extends withParent({ relation: 'country' }) {}
@Resource('/lands/:land/towns')
class NoProperty extends withParent({ relation: 'land', by: 'code' }) {}
@Resource('/lands/:land/towns')
class NotUnique extends withParent({ relation: 'land', by: 'name' }) {}

@Entity('parents_rooms')
class Room {
  @PrimaryGeneratedColumn() id!: number
  @ManyToOne(
    () => House,
    ({ rooms }) => rooms,
  )
  house!: Relation<House>
}
@Entity('parents_houses')
class House {
  @PrimaryGeneratedColumn() id!: number
  @ManyToOne(() => Room) street!: Relation<Room>
  @OneToMany(
    () => Room,
    ({ house }) => house,
  )
  rooms!: Room[]
  @Column() townId!: string
  @ManyToOne(() => Town) @JoinColumn({ name: 'townId' }) town!: Relation<Town>
}
class HouseSerializer extends Serializer(House, { fields: ['id'] }) {}
const houses = createDataSource({ type: 'sqlite', database: ':memory:', entities: [House, Room, Town, Land] })

describe('Rows that are to stand under another', () => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    ;({ database, dataSource } = await createLands(engines[0]!))
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  const mistakesOf = (viewSet: new () => object, of = dataSource) => {
    try {
      applicationOf({ viewSets: [viewSet], dataSource: of })
    } catch (error) {
      expect(error).to.be.instanceOf(DefinitionError)
      return (error as DefinitionError).mistakes
    }
    return []
  }

  it('are refused where nothing leads to one, or names one', () => {
    const cases: readonly (readonly [viewSet: new () => object, problem: string, remedy: string])[] = [
      [NoRelation, 'Town has no relation "country" to one row.', 'Name a many-to-one relation.'],
      [NoProperty, 'Land has no property "code".', 'Name a property that is unique among all rows that are shown.'],
      [
        NotUnique,
        '"name" of Land is not unique, so that it does not name one row.',
        'Name a property that is unique among all rows that are shown.',
      ],
      [OfId, '`:id` names the row itself.', "Write @Resource('/…/:land/…'), or name the `parameter` of `parent`."],
    ]
    for (const [viewSet, problem, remedy] of cases) {
      const [mistake, ...others] = mistakesOf(viewSet)
      expect(others, viewSet.name).to.deep.equal([])
      const { places, subject, ...told } = mistake!
      expect(told).to.deep.equal({ code: 'E_PARENT', problem, remedy })
      expect(places.join()).to.contain('parent-mistakes.spec')
      expect(subject).to.contain(viewSet.name)
    }
  })

  it('are refused where no property holds its key, where there are many, or where it is named within others', () => {
    const cases: readonly (readonly [relation: string, by: string | undefined, problem: string])[] = [
      ['street', undefined, 'no property of House holds the key of "street".'],
      ['rooms', undefined, 'House has no relation "rooms" to one row.'],
      ['town', 'slug', '"slug" of Town is unique within landId only.'],
    ]
    for (const [relation, by, problem] of cases) {
      @Resource(`/parents/:${relation}/houses`)
      class HouseViewSet extends ModelViewSet(House, {
        serializer: HouseSerializer,
        permissions: { '*': anyone },
        parent: { relation, ...(by && { by }) } as never,
      }) {}
      const [mistake, ...others] = mistakesOf(HouseViewSet, houses)
      expect([mistake?.code, mistake?.problem, others]).to.deep.equal(['E_PARENT', problem, []])
    }
  })

  it('are refused by each action whose route does not name it', () => {
    const found = mistakesOf(Unrouted)
    expect(new Set(found.map(({ code }) => code))).to.deep.equal(new Set(['E_PARENT']))
    expect(found.map(({ subject, problem }) => [subject, problem])).to.deep.include([
      'Unrouted.list',
      'its route /misspelt has no ":land".',
    ])
    expect(found.length).to.equal(6)
  })

  it('are refused to be kept for everybody where not everybody may see the row above', () => {
    @Resource('/lands/:land/towns')
    @CacheResponse({ timeout: 60, vary: 'public', actions: ['list'] })
    class PublicViewSet extends ModelViewSet(Town, {
      ...options,
      parent: { ...bySlug, allow: rowRule<Land>('rich', () => true) },
    }) {}
    expect(mistakesOf(PublicViewSet).map(({ code, problem }) => [code, problem])).to.deep.equal([
      ['E_CACHE', 'its answers are said to be public, but it has the permission rich of the row above.'],
    ])
  })

  it('are described by it: its parameter, that it may be missing or forbidden, and where it is now', () => {
    const { paths } = applicationOf({ viewSets, dataSource }).openapi()
    const list = paths['/plain/{land}/towns']!.get!
    const [land] = (list.parameters ?? []).filter((parameter) => 'in' in parameter && parameter.in === 'path')
    expect(land).to.deep.equal({
      name: 'land',
      in: 'path',
      required: true,
      description: 'Which `land` they belong to, by its `slug`.',
      schema: { type: 'string', minLength: 1, maxLength: 100, pattern: '^[^\\u0000\\p{Cs}]*$' },
    })
    expect(Object.keys(list.responses)).to.include.members(['200', '308', '404'])
    expect(Object.keys(list.responses)).not.to.include('401')
    expect(Object.keys(paths['/owned/{land}/towns']!.get!.responses)).to.include.members(['401', '403'])
    const keyed = paths['/keys/{above}/towns']!.get!
    const [above] = (keyed.parameters ?? []).filter((parameter) => 'in' in parameter && parameter.in === 'path')
    expect(above).to.have.property('name', 'above')
    expect(above).to.have.nested.property('schema.format', 'uuid')
    expect(Object.keys(keyed.responses)).not.to.include('308')
    expect(Object.keys(paths['/plain/{land}/towns/{id}']!.delete!.responses)).to.include('308')
  })
})
