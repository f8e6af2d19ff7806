import { expect } from 'chai'
import * as fc from 'fast-check'
import { anyone, createDataSource, type ModelDataSource, ModelViewSet, Serializer } from 'plinth'
import { Resource } from 'plinth/decorators'
import { Column, type ColumnType, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { patched } from '../../src/helpers/merge-patch.js'
import { type Database, describeOnEngines, type Engine } from '../support/engines.js'
import { type Answer, type Served, serve } from './support/served.js'

const timestampTypes: Record<Engine['name'], ColumnType> = {
  sqlite: 'datetime',
  postgres: 'timestamptz',
  mariadb: 'datetime',
}

/** An entity with a column of every kind, as each engine calls it. */
function sampleOf(engine: Engine) {
  const timestamp = timestampTypes[engine.name]
  @Entity()
  class Sample {
    @PrimaryGeneratedColumn() id!: number
    @Column({ length: 12 }) name!: string
    @Column({ type: 'text', nullable: true }) text!: string | null
    @Column({ default: 7 }) whole!: number
    @Column({ type: 'smallint', nullable: true }) small!: number | null
    @Column({ type: 'bigint', nullable: true }) big!: string | null
    @Column({ type: 'decimal', precision: 8, scale: 2, nullable: true }) exact!: string | null
    @Column({ type: engine.name === 'mariadb' ? 'double' : 'double precision', nullable: true }) real!: number | null
    @Column({ default: false }) flag!: boolean
    @Column({ type: timestamp, precision: 3, nullable: true }) moment!: Date | null
    @Column({ type: 'date', nullable: true }) day!: string | null
    @Column({ type: 'time', nullable: true }) clock!: string | null
    @Column({ type: engine.name === 'postgres' ? 'jsonb' : 'simple-json', nullable: true }) tree!: unknown
    @Column({ type: 'simple-enum', enum: ['red', 'green'], nullable: true }) colour!: string | null
  }
  const serializer = class extends Serializer(Sample, {
    fields: [
      'id',
      'name',
      'text',
      'whole',
      'small',
      'big',
      'exact',
      'real',
      'flag',
      'moment',
      'day',
      'clock',
      'tree',
      'colour',
    ],
  }) {}
  @Resource('/samples')
  class SampleViewSet extends ModelViewSet(Sample, { serializer, permissions: { '*': anyone } }) {}
  return { Sample, SampleViewSet }
}

const textValue = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 14 }),
  fc.constantFrom('', ' ', '\0', '\ud800', "'--"),
)
const instant = fc
  .date({ min: new Date('0990-01-01'), max: new Date('+010001-01-01'), noInvalidDate: false })
  .map((date) => (Number.isNaN(date.getTime()) ? 'Invalid Date' : date.toISOString()))
const likely: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  name: textValue,
  text: textValue,
  whole: fc.oneof(fc.integer(), fc.constantFrom(2147483647, -2147483648, 2147483648, -0)),
  small: fc.integer({ min: -32770, max: 32770 }),
  big: fc.bigInt({ min: -(2n ** 63n) - 2n, max: 2n ** 63n + 1n }).map(String),
  exact: fc.oneof(
    fc.tuple(fc.integer({ min: -1_000_001, max: 1_000_001 }), fc.nat(999)).map(([whole, part]) => `${whole}.${part}`),
    fc.constantFrom('-0', '-0.00', '999999.99'),
  ),
  real: fc.double({ noNaN: true, noDefaultInfinity: true }),
  flag: fc.boolean(),
  moment: instant,
  day: instant.map((text) => text.slice(0, 10)),
  clock: fc
    .tuple(fc.nat(24), fc.nat(60), fc.nat(60))
    .map((parts) => parts.map((n) => String(n).padStart(2, '0')).join(':')),
  tree: fc.jsonValue({ maxDepth: 3 }),
  colour: fc.constantFrom('red', 'green', 'blue'),
}
const wild = fc.oneof(fc.jsonValue({ maxDepth: 2 }), textValue, fc.constant(null))
const sensible = fc.record(likely, { requiredKeys: ['name'] })
const someBody = fc.oneof(
  sensible,
  fc.record(
    Object.fromEntries(
      Object.entries(likely).map(([name, value]) => [name, fc.oneof({ weight: 4, arbitrary: value }, wild)]),
    ),
    { requiredKeys: [] },
  ),
  fc.dictionary(fc.string({ maxLength: 8 }), wild, { maxKeys: 4 }),
  wild,
)

describeOnEngines('Whatever is sent', (engine) => {
  const { Sample, SampleViewSet } = sampleOf(engine)
  let database: Database
  let dataSource: ModelDataSource
  let served: Served
  let id: string | number

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Sample] }).initialize()
    await dataSource.synchronize()
    served = await serve({ viewSets: [SampleViewSet], dataSource })
    ;({ id } = (await served.request('POST', '/samples', { body: { name: 'first', tree: { a: 1 } } })).body)
  })

  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  const stored = async () => JSON.stringify(await dataSource.getRepository(Sample).find({ order: { id: 'ASC' } }))
  it('is stored as it was sent, or refused without a trace', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('POST', 'PUT', 'PATCH'), someBody, async (method, body) => {
        const before = await stored()
        const { tree } = (await served.request('GET', `/samples/${id}`)).body
        const answer = await served.request(method, method === 'POST' ? '/samples' : `/samples/${id}`, { body })
        sane(answer, { method, body })
        if (answer.status >= 400) expect(await stored()).to.equal(before)
        else {
          const again = await served.request('GET', `/samples/${answer.body.id}`)
          expect(again.body).to.deep.equal(answer.body)
          for (const [name, sent] of Object.entries(body as object)) {
            const value = method === 'PATCH' && name === 'tree' ? patched(tree, sent) : (sent as unknown)
            expect(
              same(name, answer.body[name], value),
              `${name}: ${JSON.stringify([value, answer.body[name]])}`,
            ).to.equal(true)
          }
        }
      }),
      { numRuns: 60 },
    )
  })

  it('in addresses is answered', async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'samples',
        'page',
        'pageSize',
        '=',
        '&',
        '?',
        '/',
        '%00',
        '%zz',
        '%c3',
        '1',
        '0',
        '-1',
        '1e9',
        '..',
      ),
      fc.string({ maxLength: 5 }).map(encodeURIComponent),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'),
        fc.constantFrom('/samples', '/samples?', '/samples/', '/samples?page=', '/samples?pageSize=2&'),
        fc.array(piece, { maxLength: 5 }),
        async (method, start, pieces) => {
          const path = `${start}${pieces.join('')}`
          fc.pre(!path.includes(`/${id}`))
          const before = await stored()
          const answer = await served.request(method, path)
          sane(answer, { method, path })
          // A row of another spec may be found, and deleted.
          if (method !== 'DELETE' || answer.status >= 400) expect(await stored()).to.equal(before)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('as bytes is answered', async () => {
    const raw = fc.oneof(
      fc.json({ maxDepth: 3 }),
      fc.string({ unit: fc.constantFrom('{', '}', '"', ':', '[', ']', 'a', '1', ',', '\\', 'u', '\0', 'e', '-') }),
    )
    const type = fc.constantFrom(
      'application/json',
      'application/merge-patch+json',
      'text/plain',
      'application/json; charset=latin1',
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('POST', 'PATCH'), raw, type, async (method, text, type) => {
        const before = await stored()
        const path = method === 'POST' ? '/samples' : `/samples/${id}`
        const answer = await served.request(method, path, { raw: text, headers: { 'content-type': type } })
        sane(answer, { method, text, type })
        if (answer.status >= 400) expect(await stored()).to.equal(before)
      }),
      { numRuns: 60 },
    )
  })
})

/** An answer below 500 that is JSON, or nothing. */
function sane({ status, text, headers }: Answer, sent: unknown): void {
  expect(status, JSON.stringify(sent)).to.be.lessThan(500)
  if (text !== '') expect(headers.get('content-type'), JSON.stringify(sent)).to.match(/^application\/(problem\+)?json/)
}

/** Whether a value that was accepted came back, as its kind is written. */
function same(name: string, got: unknown, sent: unknown): boolean {
  if (sent === null) return got === null
  if (name === 'moment') return new Date(got as string).getTime() === new Date(sent as string).getTime()
  if (name === 'exact') return Number(got) === Number(sent)
  if (name === 'tree') return JSON.stringify(sorted(got)) === JSON.stringify(sorted(sent))
  return got === sent || (got === 0 && sent === 0)
}

/** With the members of objects in one order: databases keep none. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, part]) => [name, sorted(part)]),
  )
}
