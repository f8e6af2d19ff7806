import { expect } from 'chai'
import * as fc from 'fast-check'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import {
  type Adds,
  all,
  any,
  column,
  contains,
  createDataSource,
  defineTrait,
  eq,
  exists,
  gt,
  gte,
  isNull,
  lt,
  lte,
  type ModelDataSource,
  matches,
  ne,
  not,
  oneOf,
  type PathOperand,
  type Predicate,
  path,
  ValidationError,
} from '../../src/index.js'
import { type Database, describeOnEngines } from '../support/engines.js'

const Documented = defineTrait({
  name: 'Documented',
  defaults: {},
  columns: () => ({ document: column.json() }),
})

@Entity()
@Documented()
class Sheet {
  @PrimaryColumn()
  id!: number
}
interface Sheet extends Adds<typeof Documented> {}

const Hideable = defineTrait({
  name: 'Hideable',
  defaults: {},
  scopes: () => ({ shown: { where: not(eq(path('document', ['hidden']), true)), default: true } }),
})

@Entity()
@Documented()
@Hideable()
class Note {
  @PrimaryColumn()
  id!: number

  @Column({ type: 'varchar', length: 20, default: '' })
  text!: string
}
interface Note extends Adds<typeof Documented> {}

const names = ['a', 'b', 'a.b', 'a"b', "a'b", 'a\\b', '$', '[0]', '0', '', ' ', '?', ':a', 'é', 'É', '\n', '/', '*']
const scalars = [0, 1, -1, 0.1, 0.30000000000000004, 1e-7, '', '1', '0', 'a', 'A', 'a ', 'é', '"', '\\', 'null', 'true']
const scalar = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<PathOperand>(...scalars, true, false, null, '\u{1F600}', '\uFFFD') },
  fc.double({ noDefaultInfinity: true, noNaN: true, min: -1e15, max: 1e15 }),
  fc.string({ unit: 'grapheme', maxLength: 4 }).filter((text) => !text.includes('\0')),
)
const name = fc.constantFrom(...names.slice(0, 4), ...names)
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 4 }),
    fc.dictionary(fc.constantFrom('a', 'b'), tie('value'), { minKeys: 1, maxKeys: 2 }),
  ),
}))

const place = fc
  .array(fc.oneof(fc.constantFrom('a', 'b'), name), { maxLength: 2, minLength: 0 })
  .map((names) => path('document', names))

const leaf: fc.Arbitrary<Predicate> = fc
  .tuple(place, fc.constantFrom('compare', 'in', 'isNull', 'exists', 'contains'), scalar, scalar)
  .chain(([where, kind, one, other]): fc.Arbitrary<Predicate> => {
    if (kind === 'in') return fc.constantFrom(oneOf(where, []), oneOf(where, [one]), oneOf(where, [one, other]))
    if (kind === 'isNull') return fc.constant(isNull(where))
    if (kind === 'exists') return fc.constant(exists(where))
    if (kind === 'contains') return fc.constant(contains(where, one))
    return fc.constantFrom(eq, ne, lt, lte, gt, gte).map((make) => make(where, one))
  })

const { predicate } = fc.letrec<{ predicate: Predicate }>((tie) => ({
  predicate: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('predicate'), { maxLength: 3 }).map((parts) => all(...parts)),
    fc.array(tie('predicate'), { maxLength: 3 }).map((parts) => any(...parts)),
    tie('predicate').map(not),
  ),
}))

describeOnEngines('A predicate about a path', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let sheets: readonly Sheet[]

  const documents = [
    {},
    { a: null },
    { a: 1 },
    { a: '1' },
    { a: true },
    { a: 'true' },
    { a: [1, '1', true, null, [2]] },
    { a: { b: 0.1, 0: 'zero' } },
    { a: ['zero'] },
    { 'a.b': 1, 'a"b': { 'a\\b': 'deep' } },
    { a: 0.1, b: [0.5] },
  ]

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Sheet, Note] }).initialize()
    await dataSource.synchronize()
    const drawn = fc.sample(fc.dictionary(name, value, { maxKeys: 5 }), { numRuns: 60, seed: 20240229 })
    await dataSource
      .getRepository(Sheet)
      .insert([...documents, ...drawn].map((document, id) => ({ id, document: document as object })))
    sheets = await dataSource.getRepository(Sheet).find({ order: { id: 'ASC' } })
    expect(sheets).to.have.length(71)
    expect(sheets.map(({ document }) => document)).to.deep.equal([...documents, ...drawn].map(stored))
  })

  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  const found = async (predicate: Predicate) =>
    (await dataSource.getRepository(Sheet).select().where(predicate).rows()).map(({ id }) => id)
  const inMemory = (predicate: Predicate) =>
    sheets.filter(({ document }) => matches(predicate, { document })).map(({ id }) => id)

  it('is true of the same rows in the database and in memory', async () => {
    await fc.assert(
      fc.asyncProperty(predicate, async (predicate) => {
        expect(await found(predicate)).to.deep.equal(inMemory(predicate))
      }),
      { numRuns: 150 },
    )
  })

  it('compares type and value, and knows null from nothing', async () => {
    const a = path('document', ['a'])
    const cases: readonly (readonly [Predicate, readonly number[]])[] = [
      [eq(a, 1), [2]],
      [eq(a, '1'), [3]],
      [eq(a, true), [4]],
      [eq(a, null), [1]],
      [isNull(a), [1]],
      [not(exists(a)), [0, 9]],
      [gt(a, 0), [2, 10]],
      [lte(a, 0.1), [10]],
      [eq(a, 0.1), [10]],
      [contains(path('document', ['b']), 0.5), [10]],
      [gt(a, '0'), [3, 5]],
      [contains(a, 1), [6]],
      [contains(a, '1'), [6]],
      [contains(a, 2), []],
      [eq(path('document', ['a', '0']), 'zero'), [7]],
      [eq(path('document', ['a.b']), 1), [9]],
      [eq(path('document', ['a"b', 'a\\b']), 'deep'), [9]],
    ]
    for (const [predicate, ids] of cases) {
      expect((await found(predicate)).filter((id) => id < documents.length)).to.deep.equal(ids)
    }
  })

  it('guards updates and deletes as a scope', async () => {
    const notes = dataSource.getRepository(Note)
    const all = [{ hidden: true }, { hidden: 'true' }, {}, { hidden: null }]
    await notes.insert(all.map((document, id) => ({ id, document })))
    expect((await notes.find({ order: { id: 'ASC' } })).map(({ id }) => id)).to.deep.equal([1, 2, 3])
    expect((await notes.updateAll({ text: 'seen' })).affected).to.equal(3)
    expect((await notes.delete({ text: 'seen' })).affected).to.equal(3)
    expect((await notes.unscoped().find()).map(({ id, text }) => [id, text])).to.deep.equal([[0, '']])
  })
})

describe('What a path is compared with', () => {
  const place = path('document', ['a'])
  const refused: Readonly<Record<string, () => unknown>> = {
    undefined: () => eq(place, undefined as never),
    'not a number': () => gt(place, Number.NaN),
    'an object': () => eq(place, {} as never),
    'a null character': () => eq(place, '\0'),
    'half a character': () => oneOf(place, ['\uD800']),
    'a name with a null character': () => path('document', ['\0']),
    'a name that is a number': () => path('document', [0 as never]),
  }
  for (const [what, make] of Object.entries(refused)) {
    it(`is not ${what}`, () => {
      expect(make).to.throw(ValidationError)
    })
  }

  it('may be an instant, which is text', () => {
    const instant = new Date('2024-02-29T12:00:00.000Z')
    expect(matches(eq(place, instant), { document: { a: '2024-02-29T12:00:00.000Z' } })).to.equal(true)
    expect(place.path).to.deep.equal(['a'])
  })
})

/** A value as it is after it was text: there is no negative zero in JSON. */
const stored = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
