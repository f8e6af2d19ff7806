import { expect } from 'chai'
import {
  anyone,
  type Constructor,
  createDataSource,
  DefinitionError,
  type ModelDataSource,
  ModelViewSet,
  Serializer,
} from 'plinth'
import { Resource } from 'plinth/decorators'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { engines } from '../support/engines.js'
import { applicationOf } from '../support/http.js'
import { Country, CountrySerializer } from './support/atlas.js'

@Entity()
class Twin {
  @PrimaryGeneratedColumn() id!: number
  @Column() name!: string
  @Column() code!: string
  @Column({ type: 'int', nullable: true }) population!: number | null
  @Column({ default: '' }) secret!: string
}

const permissions = { '*': anyone } as const

describe('A viewset that is a mistake', () => {
  let dataSource: ModelDataSource

  before(async () => {
    const { options } = await engines[0]!.create()
    dataSource = await createDataSource({ ...options, entities: [Country, Twin] }).initialize()
  })

  after(() => dataSource?.destroy())

  const mistakesOf = (viewSet: Constructor, source: ModelDataSource | null = dataSource): readonly string[] => {
    try {
      applicationOf({ viewSets: [viewSet], ...(source && { dataSource: source }) })
    } catch (error) {
      expect(error).to.be.instanceOf(DefinitionError)
      return (error as DefinitionError).mistakes.map(({ code, subject, problem }) => `${code} ${subject} ${problem}`)
    }
    return []
  }

  it('shows what is hidden, and is told once', () => {
    class Leaking extends Serializer(Country, { fields: ['id', 'secret'] }) {}
    @Resource('/x')
    class Leaks extends ModelViewSet(Country, { serializer: Leaking, permissions }) {}
    expect(mistakesOf(Leaks)).to.deep.equal([
      'E_SERIALIZER Leaking "secret" is hidden: its column is left out of what is read.',
    ])
  })

  for (const [pagination, problem] of [
    [{ style: 'page', max: 1001 }, 'the largest page is 1001 rows; it must be from 1 to 1000.'],
    [{ style: 'page', max: 0 }, 'the largest page is 0 rows; it must be from 1 to 1000.'],
    [{ style: 'page', size: 101 }, 'pages have 101 rows; they must have from 1 to the largest, 100.'],
    [{ style: 'page', size: 1.5 }, 'pages have 1.5 rows; they must have from 1 to the largest, 100.'],
  ] as const) {
    it(`has pages of ${JSON.stringify(pagination)}`, () => {
      @Resource('/x')
      class Pages extends ModelViewSet(Country, { serializer: CountrySerializer, permissions, pagination }) {}
      expect(mistakesOf(Pages)).to.deep.equal([`E_PAGINATION Pages ${problem}`])
    })
  }

  it('orders by what is not there, where the types were silenced', () => {
    const defaultOrdering = ['-size'] as unknown as ['name']
    @Resource('/x')
    class Orders extends ModelViewSet(Country, { serializer: CountrySerializer, permissions, defaultOrdering }) {}
    expect(mistakesOf(Orders)).to.deep.equal([
      'E_ORDERING Orders its ordering by "size" names "size", which Country does not have.',
    ])
  })

  it('has a serializer that says what an action shows which no viewset has', () => {
    const actions = { list: ['id'], lsit: ['id'], retrieve: ['id'] } as const
    class Shown extends Serializer(Country, { fields: ['id', 'name'], actions }) {}
    @Resource('/x')
    class Lists extends ModelViewSet(Country, { serializer: Shown, only: ['list'], permissions }) {}
    expect(mistakesOf(Lists)).to.deep.equal([
      'E_SERIALIZER Shown it says what "lsit" shows, and no viewset with it has such an action.',
    ])
  })

  it('has the serializer of a twin, which types cannot tell', () => {
    @Resource('/x')
    class Twins extends ModelViewSet(Twin, { serializer: CountrySerializer as never, permissions }) {}
    expect(mistakesOf(Twins)).to.deep.equal([
      'E_SERIALIZER Twins it is about Twin, but its serializer CountrySerializer is about Country.',
    ])
  })

  it('is about an entity the application does not have', () => {
    class Unknown extends Country {}
    class UnknownSerializer extends Serializer(Unknown, { fields: ['id'] }) {}
    @Resource('/x')
    class Strays extends ModelViewSet(Unknown, { serializer: UnknownSerializer, permissions }) {}
    expect(mistakesOf(Strays)).to.deep.equal([
      'E_UNKNOWN_ENTITY Strays it is about Unknown, which is not among the entities of the data source.',
    ])
    expect(mistakesOf(Strays, null)).to.deep.equal([
      'E_UNKNOWN_ENTITY Strays it is about Unknown, but the application has no data source.',
    ])
  })
})
