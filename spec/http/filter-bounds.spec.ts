import { expect } from 'chai'
import {
  type Adds,
  anyone,
  column,
  createDataSource,
  defineTrait,
  type ModelDataSource,
  ModelViewSet,
  Serializer,
} from 'plinth'
import { Resource, type UuidIdentified, UuidPk } from 'plinth/decorators'
import { Column, Entity } from 'typeorm'
import { type Database, describeOnEngines } from '../support/engines.js'
import { errorsIn, type Served, serve } from './support/served.js'

const Measured = defineTrait({
  name: 'Measured',
  defaults: {},
  columns: () => ({ takenAt: column.timestamp({ nullable: true, writable: true }) }),
})

export interface Gauge extends UuidIdentified, Adds<typeof Measured> {}
@Entity('bounds_gauges')
@UuidPk({ allowClientId: true })
@Measured()
export class Gauge {
  @Column({ length: 2000, default: '' }) name!: string
  @Column({ type: 'int', default: 0 }) whole!: number
  @Column({ type: 'bigint', default: '0' }) long!: string
  @Column({ type: 'decimal', precision: 6, scale: 2, default: '0' }) price!: string
  @Column({ default: false }) open!: boolean
  @Column({ type: 'date', default: '2000-01-01' }) day!: string
  @Column({ type: 'simple-enum', enum: ['low', 'high'], default: 'low' }) level!: string
}

const ordered = ['eq', 'ne', 'in', 'lt', 'lte', 'gt', 'gte', 'range', 'isnull'] as const
const columns = ['name', 'whole', 'long', 'price', 'open', 'day', 'level', 'takenAt'] as const

@Resource('/gauges')
class GaugeViewSet extends ModelViewSet(Gauge, {
  serializer: class GaugeSerializer extends Serializer(Gauge, { fields: ['id', ...columns] }) {},
  permissions: { '*': anyone },
  filters: {
    id: ['eq', 'ne', 'in'],
    name: [...ordered, 'contains'],
    whole: ordered,
    long: ordered,
    price: ordered,
    open: ['eq', 'ne'],
    day: ordered,
    level: ['eq', 'ne', 'in'],
    takenAt: ordered,
  },
  search: ['name'],
  ordering: ['name', 'whole', 'long', 'day'],
  pagination: { style: 'page', max: 200 },
}) {}

const idOf = (place: number) => `018f4e52-0000-7000-8000-00000000000${place}`
const [first, second, third] = [1, 2, 3].map(idOf) as [string, string, string]
const rows = [
  { id: first, whole: -2_147_483_648, long: '-9223372036854775808', price: '-9999.99', day: '1000-01-01' },
  { id: second, name: 'x'.repeat(1024), open: true, level: 'high', takenAt: new Date('2026-03-01T00:30:00.123Z') },
  { id: third, whole: 2_147_483_647, long: '9223372036854775807', price: '9999.99', day: '9999-12-31' },
]

const many = (count: number, value: (index: number) => unknown) => Array.from({ length: count }, (_, at) => value(at))
const operatorsOfWhole = ['', '__ne', '__lt', '__lte', '__gt', '__gte']
const conditions = (count: number) =>
  ['whole', 'long', 'price', 'name']
    .flatMap((name) => operatorsOfWhole.map((operator) => `${name}${operator}=1`))
    .slice(0, count)
    .join('&')

/** What is found, by places of rows; of lists of numbers the number that is refused. */
const found: Readonly<Record<string, readonly number[]>> = {
  'whole=2147483647': [3],
  'whole__lte=-2147483648': [1],
  'whole__range=-2147483648,2147483647': [1, 2, 3],
  'whole__range=2147483647,-2147483648': [],
  'price=9999.99': [3],
  'price__gt=-9999.99': [2, 3],
  'price=0': [2],
  'price=0.00': [2],
  'open=true': [2],
  'open__ne=true': [1, 3],
  'day=1000-01-01': [1],
  'day__gt=1000-01-01': [2, 3],
  'day__gte=9999-12-31': [3],
  'level=high': [2],
  'level__ne=high': [1, 3],
  'name=': [1, 3],
  [`name=${'x'.repeat(1024)}`]: [2],
  [`id=${second.toUpperCase()}`]: [2],
  [`id__in=${first},${third.toUpperCase()}`]: [1, 3],
  [`id__ne=${second}`]: [1, 3],
  'takenAt=2026-03-01T00:30:00.123Z': [2],
  'takenAt=2026-02-28T23:30:00.123-01:00': [2],
  'takenAt=2026-03-01T00:30:00.122Z': [],
  'takenAt__lt=2026-03-01T00:30:00.123Z': [],
  'takenAt__lte=2026-03-01T02:00:00.123%2B01:30': [2],
  'takenAt__gt=2026-03-01T00:30:00.122Z': [2],
  'takenAt__range=2026-03-01T00:30:00.123Z,2026-03-01T00:30:00.123Z': [2],
  'takenAt__isnull=true': [1, 3],
  'takenAt__ne=2026-03-01T00:30:00.123Z': [1, 3],
  [`whole__in=${[...many(99, (at) => at + 1), 2_147_483_647].join()}`]: [3],
  [conditions(20)]: [],
  'search=xx+xxx+xxxx+xxxxx+xxxxxx': [2],
  'ordering=-whole,name,day': [3, 2, 1],
  'pageSize=200': [1, 2, 3],
}

const refused: Readonly<Record<string, string>> = {
  'whole=2147483648': 'whole range',
  'whole=-2147483649': 'whole range',
  'whole=-0': 'whole type',
  'whole=01': 'whole type',
  'whole=1e2': 'whole type',
  'whole=%201': 'whole type',
  'long=1.0': 'long type',
  'price=10000': 'price range',
  'price=0.001': 'price range',
  'price=1e2': 'price type',
  'price=.5': 'price type',
  'open=1': 'open type',
  'open=TRUE': 'open type',
  'open=': 'open type',
  'day=0999-12-31': 'day date',
  'day=2026-02-29': 'day date',
  'day=2026-1-1': 'day date',
  'day=': 'day date',
  'level=HIGH': 'level enum',
  'level=': 'level enum',
  [`id=${second}0`]: 'id uuid',
  'id=': 'id uuid',
  'takenAt=2026-03-01T00:30:00': 'takenAt timestamp',
  'takenAt=2026-03-01': 'takenAt timestamp',
  'takenAt=2026-03-01T00:30:00.1234Z': 'takenAt timestamp',
  'takenAt=2026-03-01T24:00:00Z': 'takenAt timestamp',
  'takenAt=0999-12-31T23:59:59Z': 'takenAt range',
  'takenAt=': 'takenAt timestamp',
  [`name__contains=${'x'.repeat(1025)}`]: 'name__contains max_length',
  [`name__contains=${encodeURIComponent('é'.repeat(513))}`]: 'name__contains max_length',
  [`whole__in=${many(101, (at) => at).join()}`]: 'whole__in max_items',
  [conditions(21)]: 'price__gte too_many_filters',
  'search=aa+bb+cc+dd+ee+ff': 'search max_items',
  'search=xx+x': 'search min_length',
  'ordering=whole,name,day,long': 'ordering max_items',
  'ordering=-whole,whole': 'ordering repeated',
  'pageSize=201': 'pageSize max',
}

describeOnEngines('Bounds of what lists are asked', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Gauge], synchronize: true }).initialize()
    // An insert gives the objects it is given what the database made of them.
    for (const row of rows) await dataSource.getRepository(Gauge).insert({ ...row })
    served = await serve({ viewSets: [GaugeViewSet], dataSource })
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  const placesOf = async (query: string) => {
    const { status, body, text } = await served.request('GET', `/gauges?${query}`)
    expect(status, text).to.equal(200)
    return body.data.map(({ id }) => rows.findIndex((row) => row.id === id) + 1)
  }

  for (const [query, places] of Object.entries(found)) {
    it(`are kept by ${query.slice(0, 60)}`, async () => expect(await placesOf(query)).to.deep.equal(places))
  }

  it('are those of 64 bits, to the last digit, and of 53 where drivers give numbers', async () => {
    const [most, least] = engine.name === 'sqlite' ? [2n ** 53n - 1n, 1n - 2n ** 53n] : [2n ** 63n - 1n, -(2n ** 63n)]
    expect(await placesOf(`long__gte=${most}`)).to.deep.equal([3])
    expect(await placesOf(`long__lte=${least}`)).to.deep.equal([1])
    expect(await placesOf(`long__range=${least + 1n},${most - 1n}`)).to.deep.equal([2])
    for (const beyond of [most + 1n, least - 1n]) {
      const answer = await served.request('GET', `/gauges?long=${beyond}`)
      expect([answer.status, errorsIn(answer)]).to.deep.equal([400, ['long range']])
    }
  })

  for (const [query, error] of Object.entries(refused)) {
    it(`are passed by ${query.slice(0, 60)}`, async () => {
      const answer = await served.request('GET', `/gauges?${query}`)
      expect([answer.status, errorsIn(answer)]).to.deep.equal([400, [error]])
    })
  }
})
