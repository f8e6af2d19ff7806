import { expect } from 'chai'
import * as fc from 'fast-check'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import {
  type HasMetadata,
  Metadata,
  type SoftDeletable,
  SoftDelete,
  type Timestamped,
  Timestamps,
} from '../../decorators/index.js'
import { patched } from '../../src/helpers/merge-patch.js'
import {
  type AppException,
  createDataSource,
  type ModelDataSource,
  type ModelRepository,
  ValidationError,
} from '../../src/index.js'
import { failure, Stopped, stored } from '../orm/writes/library.js'
import { type Database, describeOnEngines } from '../support/engines.js'
import { describeWithData } from '../support/shared-data.js'

@Entity()
@Metadata({ maxBytes: 2000, maxDepth: 8 })
@Timestamps()
@SoftDelete()
class Thing {
  @PrimaryColumn()
  id!: number

  @Column({ type: 'varchar', length: 20, default: '' })
  title!: string
}
interface Thing extends HasMetadata, Timestamped, SoftDeletable {}

const schema = {
  type: 'object',
  properties: { colour: { enum: ['red', 'blue'] }, size: { type: 'integer', minimum: 1 } },
  required: ['colour'],
  additionalProperties: false,
}

@Entity()
@Metadata({ schema })
class Shirt {
  @PrimaryColumn()
  id!: number
}
interface Shirt extends HasMetadata {}

type Refused = AppException & { readonly errors: readonly { readonly pointer?: string; readonly code: string }[] }

const complaints = async (promise: Promise<unknown>) => {
  const error = (await failure(promise)) as Refused
  expect(error).to.be.instanceOf(ValidationError)
  return error.errors.map(({ pointer, code }) => `${pointer} ${code}`)
}

describeOnEngines('Metadata', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let things: ModelRepository<Thing>
  let shirts: ModelRepository<Shirt>
  const clock = new Stopped()

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Thing, Shirt], clock }).initialize()
    await dataSource.synchronize()
    things = dataSource.getRepository(Thing)
    shirts = dataSource.getRepository(Shirt)
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(async () => {
    await dataSource.query('DELETE FROM thing')
    await dataSource.query('DELETE FROM shirt')
    clock.tick()
  })

  const metadataOf = async (id: number) => (await things.findOneByOrFail({ id })).metadata
  const insert = (id: number, metadata: Record<string, unknown>) => things.insert({ id, metadata } as never)
  const written = async (change: (metadata: Record<string, unknown>) => unknown) => {
    await insert(1, { a: { x: 1, y: [1, { p: 1, q: 2 }] }, b: null })
    const { updatedAt } = await things.findOneByOrFail({ id: 1 })
    clock.tick()
    const thing = await things.findOneByOrFail({ id: 1 })
    const replaced = change(thing.metadata) as Record<string, unknown> | undefined
    await things.save(replaced ? Object.assign(thing, { metadata: replaced }) : thing)
    return (await things.findOneByOrFail({ id: 1 })).updatedAt.getTime() !== updatedAt.getTime()
  }

  describe('is an object that is always there', () => {
    it('a fresh one for each row', async () => {
      const [first, second] = await things.save([things.create({ id: 1 }), things.create({ id: 2 })])
      first!.metadata['own'] = true
      expect(second!.metadata).to.deep.equal({})
      await things.insert([{ id: 3 }, { id: 4 }])
      expect((await things.find()).map(({ metadata }) => metadata)).to.deep.equal([{}, {}, {}, {}])
    })

    it('also in rows that nobody gave one', async () => {
      const { driver } = dataSource
      const columns = ['id', 'createdAt', 'updatedAt'].map((name) => driver.escape(name)).join(', ')
      await dataSource.query(`INSERT INTO thing (${columns}) VALUES (1, '2024-01-01', '2024-01-01')`)
      expect(await metadataOf(1)).to.deep.equal({})
    })

    it('and leaves a schema that needs no change', async () => {
      expect((await dataSource.driver.createSchemaBuilder().log()).upQueries).to.deep.equal([])
    })

    if (engine.name !== 'mariadb') {
      it('which the database itself sees to', async () => {
        await insert(1, {})
        const column = dataSource.driver.escape('metadata')
        for (const value of ['[]', '1', 'null']) {
          await failure(dataSource.query(`UPDATE thing SET ${column} = '${value}'`))
        }
        expect(await metadataOf(1)).to.deep.equal({})
      })
    }
  })

  describe('refuses what no engine gives back as it was', () => {
    const deep = (depth: number): unknown => (depth === 0 ? 1 : { a: deep(depth - 1) })
    const cyclic: Record<string, unknown> = {}
    cyclic['self'] = cyclic
    const cases: readonly (readonly [string, unknown, readonly string[]])[] = [
      ['null', null, ['#/metadata object']],
      ['a list', [], ['#/metadata object']],
      ['text', 'text', ['#/metadata object']],
      [
        'numbers that are none',
        { a: { b: [1, Number.NaN] }, 'c/d': 1 / 0 },
        ['#/metadata/a/b/1 number', '#/metadata/c~1d number'],
      ],
      ['whole numbers that are not exact', { a: 2 ** 53 }, ['#/metadata/a integer']],
      ['instants', { at: new Date(0) }, ['#/metadata/at json']],
      ['maps', { map: new Map(), set: new Set() }, ['#/metadata/map json', '#/metadata/set json']],
      [
        'functions, symbols, big integers',
        { f: () => 1, s: Symbol('s'), b: 1n },
        ['#/metadata/f json', '#/metadata/s json', '#/metadata/b json'],
      ],
      ['holes', { list: [undefined] }, ['#/metadata/list/0 json']],
      ['null characters', { a: 'a\0' }, ['#/metadata/a malformed']],
      ['halves of characters', { a: ['\uD800'] }, ['#/metadata/a/0 malformed']],
      [
        'names that pollute',
        { a: { constructor: 1, prototype: 2 } },
        ['#/metadata/a/constructor name', '#/metadata/a/prototype name'],
      ],
      ['what is too deep', deep(9), ['#/metadata/a/a/a/a/a/a/a/a maxDepth']],
      ['a circle', cyclic, ['#/metadata/self/self/self/self/self/self/self/self maxDepth']],
      ['what is too large', { a: 'ä'.repeat(1000) }, ['#/metadata maxBytes']],
    ]
    for (const [what, value, expected] of cases) {
      it(what, async () => {
        await insert(1, { kept: true })
        const metadata = value as Record<string, unknown>
        const ways = [
          () => things.insert({ id: 2, metadata } as never),
          () => things.save(Object.assign(new Thing(), { id: 2, metadata })),
          () => things.save(Object.assign(new Thing(), { id: 1, metadata })),
          () => things.update({ id: 1 }, { metadata } as never),
          () => things.updateAll({ metadata } as never),
          () =>
            dataSource
              .createQueryBuilder()
              .update(Thing)
              .set({ metadata } as never)
              .where('id = 1')
              .execute(),
        ]
        for (const way of ways) expect(await complaints(way())).to.deep.equal(expected)
        expect((await things.find()).map(({ id, metadata }) => [id, metadata])).to.deep.equal([[1, { kept: true }]])
      })
    }

    it('prototypes, which save never lets through', async () => {
      const metadata = JSON.parse('{"a":{"__proto__":{"b":1}}}') as Record<string, unknown>
      expect(await complaints(insert(1, metadata))).to.deep.equal(['#/metadata/a/__proto__ name'])
      await things.save(Object.assign(new Thing(), { id: 1, metadata }))
      expect(await complaints(things.update(1, { metadata } as never))).to.deep.equal(['#/metadata/a/__proto__ name'])
      expect(JSON.stringify(await metadataOf(1))).to.equal('{"a":{}}')
    })

    it('a name that TypeORM could not compare', async () => {
      expect(await complaints(insert(1, { hasOwnProperty: 1 }))).to.deep.equal(['#/metadata/hasOwnProperty name'])
    })

    it('SQL, which cannot be checked', async () => {
      await insert(1, {})
      expect(await complaints(things.update(1, { metadata: () => "'[]'" }))).to.deep.equal(['#/metadata sql'])
    })

    it('but takes what is just within bounds', async () => {
      await insert(1, deep(8) as Record<string, unknown>)
      await insert(2, { a: 'ä'.repeat(990) })
      await insert(3, { a: Number.MAX_SAFE_INTEGER, b: 1.5e-300, c: undefined, d: null, e: [[], {}] })
      expect(await metadataOf(1)).to.deep.equal(deep(8))
      expect(await metadataOf(3)).to.deep.equal({ a: Number.MAX_SAFE_INTEGER, b: 1.5e-300, d: null, e: [[], {}] })
    })
  })

  describeWithData('of attacks on prototypes', 'prototype-pollution', (data) => {
    it('is refused where a name could reach one, and otherwise stored as it is', async () => {
      const { json } = data.json('payloads.json') as { readonly json: readonly { readonly text: string }[] }
      const prototype = Object.getOwnPropertyNames(Object.prototype)
      const outcomes = { refused: 0, stored: 0 }
      for (const [index, { text }] of json.entries()) {
        const metadata = JSON.parse(text) as Record<string, unknown>
        if (namesIn(metadata).some((name) => unsafe.has(name))) {
          for (const complaint of await complaints(insert(index, metadata))) expect(complaint, text).to.match(/ name$/)
          outcomes.refused++
        } else {
          await insert(index, metadata)
          expect(JSON.stringify(await metadataOf(index))).to.equal(
            JSON.stringify(sorted(metadata, await metadataOf(index))),
          )
          outcomes.stored++
        }
      }
      expect(outcomes).to.deep.equal({ refused: 44, stored: 8 })
      expect(Object.getOwnPropertyNames(Object.prototype)).to.deep.equal(prototype)
    })
  })

  describe('is compared by what it says', () => {
    it('so another order of members is no change', async () => {
      expect(await written(() => ({ b: null, a: { y: [1, { q: 2, p: 1 }], x: 1 } }))).to.equal(false)
    })
    it('nor is a member that is undefined', async () => {
      expect(await written((metadata) => ({ ...metadata, c: undefined }))).to.equal(false)
    })
    it('but another order of items is', async () => {
      expect(await written(() => ({ a: { x: 1, y: [{ p: 1, q: 2 }, 1] }, b: null }))).to.equal(true)
    })
    it('and so is what was changed in place', async () => {
      expect(await written((metadata) => void ((metadata['a'] as Record<string, unknown>)['x'] = 2))).to.equal(true)
      expect((await metadataOf(1))['a']).to.deep.equal({ x: 2, y: [1, { p: 1, q: 2 }] })
    })
    it('and null instead of nothing', async () => {
      expect(await written((metadata) => void delete metadata['b'])).to.equal(true)
    })
  })

  describe('is changed in parts', () => {
    it('by merge patches, as RFC 7396 has them', async () => {
      const name = fc.constantFrom('a', 'b', 'a.b', 'a"b', "a'b", 'a\\b', '$', '0', '', '?', ':a')
      const { json } = fc.letrec((tie) => ({
        json: fc.oneof(
          { depthSize: 'small' },
          fc.constantFrom<unknown>(null, null, null, true, 0, 1.5, 'text', '"', '\\'),
          fc.array(tie('json'), { maxLength: 2 }),
          fc.dictionary(name, tie('json'), { maxKeys: 3 }),
          fc.record({ a: tie('json'), b: tie('json') }, { requiredKeys: [] }),
        ),
      }))
      const common = fc.record({ a: json, b: json, 'a"b': json }, { requiredKeys: [] })
      const object = fc
        .tuple(common, fc.dictionary(name, json, { maxKeys: 2 }))
        .map(([one, two]) => ({ ...two, ...one }))
      let id = 0
      await fc.assert(
        fc.asyncProperty(object, object, async (document, patch) => {
          fc.pre(JSON.stringify([document, patch]).length < 1500 && depthOf(document) < 8 && depthOf(patch) < 8)
          await insert(++id, document)
          expect((await things.mergeMetadata(id, { patch })).affected).to.equal(1)
          expect(await metadataOf(id)).to.deep.equal(plain(patched(document, patch)))
        }),
        { numRuns: 40 },
      )
    })

    it('by a merge patch that adds to an empty object before it takes away', async () => {
      await insert(1, { a: 1, b: {} })
      await things.mergeMetadata(1, { patch: { b: { c: {} }, a: null } })
      expect(await metadataOf(1)).to.deep.equal({ b: { c: {} } })
    })

    it('of several rows in one call', async () => {
      await insert(1, { a: 1 })
      await insert(2, { a: { b: 1 } })
      await things.mergeMetadata([1, 2], { patch: { a: { c: 2 } } })
      expect([await metadataOf(1), await metadataOf(2)]).to.deep.equal([{ a: { c: 2 } }, { a: { b: 1, c: 2 } }])
    })

    it('by one UPDATE for all rows of a call, where the engine merges as the RFC has it', async () => {
      await things.insert([1, 2, 3].map((id) => ({ id, metadata: { own: id, a: { b: id } } })) as never)
      const updates: string[] = []
      const stop = dataSource.onStatement(({ sql }) => {
        if (/^UPDATE .?thing/.test(sql)) updates.push(sql)
      })
      const patch = { a: { c: [1, null], b: null }, d: 'x' }
      expect((await things.mergeMetadata([1, 2, 3], { patch })).affected).to.equal(3)
      stop()
      expect(updates).to.have.length(engine.name === 'mariadb' ? 3 : 1)
      const merged = [1, 2, 3].map((own) => ({ own, a: { c: [1, null] }, d: 'x' }))
      expect((await things.find({ order: { id: 'ASC' } })).map(({ metadata }) => metadata)).to.deep.equal(merged)
    })

    it('by path', async () => {
      await insert(1, { a: { 'x.y': 1 }, list: [1] })
      await things.setMetadata(1, { path: ['a', 'b"c', 'd'], value: { deep: null } })
      await things.setMetadata(1, { path: ['none'], value: null })
      await things.unsetMetadata(1, { path: ['a', 'x.y'] })
      await things.unsetMetadata(1, { path: ['not', 'there'] })
      expect(await metadataOf(1)).to.deep.equal({ a: { 'b"c': { d: { deep: null } } }, list: [1], none: null })
    })

    it('by increments', async () => {
      await insert(1, { views: 1, ratio: 0.1 })
      await things.incrementMetadata(1, { path: ['views'], by: 2 })
      await things.incrementMetadata(1, { path: ['by', 'day'], by: -1 })
      await things.incrementMetadata(1, { path: ['ratio'], by: 0.2 })
      expect(await metadataOf(1)).to.deep.equal({ views: 3, ratio: 0.1 + 0.2, by: { day: -1 } })
    })

    it('and is written as any row is: the update is stamped, what is hidden is not found', async () => {
      await insert(1, {})
      const now = clock.tick()
      await things.mergeMetadata(1, { patch: { a: 1 } })
      expect((await things.findOneByOrFail({ id: 1 })).updatedAt).to.deep.equal(now)
      await things.delete(1)
      expect((await failure(things.mergeMetadata(1, { patch: {} }))).name).to.equal('NotFoundError')
    })

    it('unless the parts do not fit', async () => {
      await insert(1, { text: 'a', list: [] })
      const refusals: readonly (readonly [() => Promise<unknown>, string])[] = [
        [() => things.setMetadata(1, { path: ['text', 'a'], value: 1 }), 'NOT_AN_OBJECT'],
        [() => things.setMetadata(1, { path: ['list', '0'], value: 1 }), 'NOT_AN_OBJECT'],
        [() => things.incrementMetadata(1, { path: ['text'], by: 1 }), 'NOT_A_NUMBER'],
        [() => things.setMetadata(1, { path: [], value: {} }), 'INVALID_PATH'],
        [() => things.unsetMetadata(1, { path: 'text' as never }), 'INVALID_PATH'],
        [() => things.mergeMetadata(1, { patch: [] as never }), 'INVALID_PATCH'],
        [() => things.mergeMetadata(1, { patch: { at: new Date() } }), 'VALIDATION_ERROR'],
        [
          () => things.mergeMetadata(1, { patch: JSON.parse('{"__proto__":{"a":1}}') as object as never }),
          'VALIDATION_ERROR',
        ],
        [() => things.mergeMetadata(1, { patch: { big: 'a'.repeat(2000) } }), 'VALIDATION_ERROR'],
        [() => things.setMetadata(1, { path: 'abcdefgh'.split(''), value: {} }), 'VALIDATION_ERROR'],
        [() => things.incrementMetadata(1, { path: ['n'], by: 2 ** 60 }), 'VALIDATION_ERROR'],
      ]
      for (const [refused, code] of refusals) expect((await failure(refused())).errorCode).to.equal(code)
      expect(await metadataOf(1)).to.deep.equal({ text: 'a', list: [] })
    })

    it('by many at once, and nothing is lost', async () => {
      await insert(1, {})
      const clients = Array.from({ length: 20 }, (_, index) => index)
      await Promise.all(
        clients.flatMap((index) => [
          things.incrementMetadata(1, { path: ['count'], by: 1 }),
          things.mergeMetadata(1, { patch: { seen: { [`c${index}`]: true } } }),
        ]),
      )
      const { count, seen } = await metadataOf(1)
      expect([count, Object.keys(seen as object).length]).to.deep.equal([20, 20])
    })
  })

  describe('fits its schema', () => {
    it('however it is written', async () => {
      const metadata = { colour: 'red' }
      await shirts.insert({ id: 1, metadata })
      const all = await Promise.all([
        complaints(shirts.insert({ id: 2 })),
        complaints(shirts.save({ id: 1, metadata: { colour: 'green', size: 0 } } as never)),
        complaints(shirts.update(1, { metadata: { colour: 'red', sise: 1 } })),
        complaints(shirts.mergeMetadata(1, { patch: { colour: null } })),
        complaints(shirts.setMetadata(1, { path: ['size'], value: 'large' })),
        complaints(shirts.incrementMetadata(1, { path: ['size'], by: -1 })),
      ])
      expect(all).to.deep.equal([
        ['#/metadata/colour required'],
        ['#/metadata/colour enum'],
        ['#/metadata/sise additionalProperties'],
        ['#/metadata/colour required'],
        ['#/metadata/size type'],
        ['#/metadata/size minimum'],
      ])
      expect(await stored(dataSource, 'shirt', 'id')).to.have.length(1)
      await shirts.mergeMetadata(1, { patch: { size: 4 } })
      expect((await shirts.findOneByOrFail({ id: 1 })).metadata).to.deep.equal({ colour: 'red', size: 4 })
    })
  })
})

const unsafe = new Set(['__proto__', 'constructor', 'prototype', 'hasOwnProperty'])

/** The names of all members, however deep. */
function namesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.getOwnPropertyNames(value).flatMap((name) => [
    ...(Array.isArray(value) ? [] : [name]),
    ...namesIn(Object.getOwnPropertyDescriptor(value, name)?.value),
  ])
}

/** The members in the order another object has them: engines do not keep it. */
const sorted = (value: Record<string, unknown>, like: object): Record<string, unknown> =>
  Object.fromEntries(Object.keys(like).map((name) => [name, value[name]]))

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  return 1 + Math.max(0, ...Object.values(value).map(depthOf))
}
