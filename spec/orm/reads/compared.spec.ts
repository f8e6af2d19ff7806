import { expect } from 'chai'
import * as fc from 'fast-check'
import { QueryFailedError } from 'typeorm'
import { createDataSource, eq, type ModelDataSource, not, type Selection } from '../../../src/index.js'
import type { EntityRow } from '../../../src/orm/entity-row.js'
import { type ColumnPath, columnPathOf, primaryPathsOf } from '../../../src/orm/lists/column-path.js'
import type { Condition, Value } from '../../../src/orm/lists/condition.js'
import { type ListOptions, ListQuery, type ListSlice } from '../../../src/orm/lists/list-query.js'
import { readCount } from '../../../src/orm/reads/read-count.js'
import { readFirst, readTexts } from '../../../src/orm/reads/read-list.js'
import { RowForm } from '../../../src/orm/reads/row-form.js'
import { compileWriter, valueWriter } from '../../../src/serializer/compile-writer.js'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { hide } from '../../support/hide.js'
import { entityOf, type RandomEntity, randomEntities, rowOf, typesOn } from './support.js'

const rowCount = 24

/** How many random entities are compared on each engine, beside two that have columns of all types. */
const entityCount = 3

describeOnEngines('Reads without entities', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let randoms: readonly RandomEntity[]

  before(async () => {
    database = await engine.create()
    randoms = randomEntities('random', engine.name, entityCount)
    dataSource = createDataSource({ ...database.options, entities: randoms.map(({ entity }) => entity) })
    await dataSource.initialize()
    await dataSource.synchronize()
    for (const random of randoms) await fill(random)
  })

  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  async function fill({ entity, properties }: RandomEntity): Promise<void> {
    const rows = fc.sample(rowOf(properties), rowCount).map((row, index) => ({ id: index + 1, ...row }))
    const insert = dataSource.createQueryBuilder().insert().into(entity).values(rows)
    await insert.updateEntity(false).execute()
    await hide(dataSource, entity, [3, 7])
  }

  const propertiesOf = ({ entity }: RandomEntity) =>
    [...dataSource.describe(entity).properties.values()].filter(({ hidden }) => !hidden)

  function formOf(random: RandomEntity, held: readonly string[] = []): RowForm {
    const fields = propertiesOf(random).map(({ name, value }) => ({
      name,
      kind: value.kind,
      write: valueWriter(value),
    }))
    return new RowForm(dataSource, random.entity, fields, held)
  }

  const selectionOf = ({ entity }: RandomEntity): Selection<EntityRow> => dataSource.getRepository(entity).select()

  /** Reads both ways, twice: the second time the statement is known. */
  async function compare(
    random: RandomEntity,
    selection: Selection<EntityRow>,
    options: ListOptions,
    slice: ListSlice,
  ) {
    const { rows, keys, goesOn } = await new ListQuery(selection, options).read(slice, true)
    const write = compileWriter(propertiesOf(random))
    const expected = { rows: rows.map(write), keys, goesOn }
    const form = formOf(random)
    for (const _ of [1, 2, 3]) {
      expect(await readTexts(form, { selection, options, slice }, true)).to.deep.equal(expected)
    }
    const list = new ListQuery(selection, options)
    for (const _ of [1, 2, 3]) {
      expect(await readCount(selection, options)).to.equal(await list.count())
      expect(await readCount(selection, options, 5)).to.equal(await list.countUpTo(5))
    }
    const { rows: texts } = await readTexts(form, { selection, options, slice }, false)
    expect(texts).to.deep.equal(expected.rows)
    return expected
  }

  const pathOf = ({ entity }: RandomEntity, name: string) => columnPathOf(dataSource, entity, name) as ColumnPath

  it('give every row as the ordinary way writes it', async () => {
    for (const random of randoms) {
      const keys = primaryPathsOf(dataSource, random.entity).map((path) => ({ path, direction: 'ASC' as const }))
      const { rows } = await compare(random, selectionOf(random), { conditions: [], keys }, { limit: 100 })
      expect(rows).to.have.length(rowCount - 2)
      const all = await compare(random, selectionOf(random).unscoped(), { conditions: [], keys }, { limit: 100 })
      expect(all.rows).to.have.length(rowCount)
      for (const limit of [1, rowCount - 3, rowCount - 2]) {
        const slice = { limit, looksAhead: true }
        const ahead = await compare(random, selectionOf(random), { conditions: [], keys }, slice)
        expect(ahead.rows).to.deep.equal(rows.slice(0, limit))
        expect(ahead.goesOn).to.equal(limit < rowCount - 2)
      }
    }
  })

  it('give the same rows in any order, from any place, under conditions', async () => {
    const ordered = [
      'int',
      'number',
      'varchar',
      'instant',
      'zoned instant',
      'decimal',
      'small bigint',
      'bigint',
      'boolean',
      'uuid',
    ]
    for (const random of randoms) {
      const sortable = random.properties.filter(({ type }) => ordered.includes(type.name)).slice(0, 3)
      const primary = primaryPathsOf(dataSource, random.entity)
      for (const { name } of [...sortable, { name: 'id' }]) {
        for (const direction of ['ASC', 'DESC'] as const) {
          const path = pathOf(random, name)
          const keys = [{ path, direction }, ...(name === 'id' ? [] : primary.map((path) => ({ path, direction })))]
          const first = await compare(random, selectionOf(random), { conditions: [], keys }, { limit: 7 })
          await compare(random, selectionOf(random), { conditions: [], keys }, { limit: 7, offset: 5 })
          const values = first.keys.at(-1)!
          for (const backwards of [false, true]) {
            const from = { values, backwards }
            await compare(random, selectionOf(random), { conditions: [], keys }, { limit: 7, from, looksAhead: true })
          }
          const conditions = conditionsOn(path, await valuesOf(random, name))
          for (const condition of conditions) {
            const narrowed = selectionOf(random).where(not(eq('id', 5)))
            await compare(random, narrowed, { conditions: [condition], keys }, { limit: 50, offset: 1 })
          }
        }
      }
    }
  })

  async function valuesOf(random: RandomEntity, name: string): Promise<readonly Value[]> {
    const rows = await dataSource.getRepository(random.entity).find()
    return rows.map((row) => row[name] as Value | null).filter((value) => value !== null)
  }

  it('give single rows, with the properties that were to be held', async () => {
    for (const random of randoms) {
      const held = ['id', ...random.properties.map(({ name }) => name)]
      const form = formOf(random, held)
      const write = compileWriter(propertiesOf(random))
      for (const id of [1, 2, 3, 4, 99]) {
        const selection = selectionOf(random).byId(id)
        const row = await selection.first()
        const read = await readFirst(form, selection)
        expect(read?.text).to.equal(row ? write(row) : undefined)
        const values = row && Object.fromEntries(held.map((name) => [name, (row as Record<string, unknown>)[name]]))
        expect(read?.held ?? null).to.deep.equal(values)
      }
    }
  })

  it('are of their own entity where another has its name and its properties', async () => {
    const title = { name: 'title', type: typesOn(engine.name).find(({ name }) => name === 'varchar')! }
    const twins = ['one', 'two'].map((name) => entityOf(`twin_${name}`, engine.name, [title]))
    const source = createDataSource({ ...database.options, entities: twins.map(({ entity }) => entity) })
    await source.initialize()
    try {
      await source.synchronize()
      const texts: (string | undefined)[] = []
      for (const { entity } of twins) {
        await source.getRepository(entity).insert({ id: 1, title: source.getMetadata(entity).tableName })
        const form = new RowForm(source, entity, [{ name: 'title', kind: 'string', write: JSON.stringify }], [])
        texts.push((await readFirst(form, source.getRepository(entity).select().byId(1)))?.text)
      }
      expect(texts).to.deep.equal(['{"title":"twin_one"}', '{"title":"twin_two"}'])
    } finally {
      await source.destroy()
    }
  })

  it('take part in the unit of work that is running', async () => {
    const [random] = randoms as [RandomEntity]
    const form = formOf(random)
    const selection = selectionOf(random).byId(5)
    const undo = new Error('undo')
    const unit = dataSource.atomic(async () => {
      await dataSource.getRepository(random.entity).delete(5)
      expect(await readFirst(form, selection)).to.equal(undefined)
      throw undo
    })
    expect(await unit.catch((error: unknown) => error)).to.equal(undo)
    expect(await readFirst(form, selection)).to.not.equal(undefined)
  })

  it('hold after the types of columns have changed, and fail as all statements do', async () => {
    const entity = entityOf(`changing_${engine.name}`, engine.name, [
      { name: 'title', type: typesOn(engine.name).find(({ name }) => name === 'varchar')! },
    ])
    const changing = createDataSource({ ...database.options, entities: [entity.entity], prepareReads: true })
    await changing.initialize()
    try {
      await changing.synchronize()
      await changing.getRepository(entity.entity).insert({ id: 1, title: 'one' })
      const fields = [{ name: 'title', kind: 'string', write: valueWriter({ kind: 'string' }) }]
      const form = new RowForm(changing, entity.entity, fields, [])
      const read = async () => readFirst(form, changing.getRepository(entity.entity).select().byId(1))
      const texts = [await read(), await read(), await read()].map((row) => row?.text)
      expect(texts).to.deep.equal(Array(3).fill('{"title":"one"}'))
      const { tableName, columns } = changing.getMetadata(entity.entity)
      const { databaseName } = columns.find(({ propertyName }) => propertyName === 'title')!
      const escaped = [tableName, databaseName].map((name) => changing.driver.escape(name))
      if (engine.name === 'postgres') {
        await changing.query(`ALTER TABLE ${escaped[0]} ALTER COLUMN ${escaped[1]} TYPE text`)
        expect((await read())?.text).to.equal('{"title":"one"}')
      }
      await changing.query(`DROP TABLE ${escaped[0]}`)
      for (const _ of Array(12)) {
        const error = await read().catch((thrown: unknown) => thrown)
        expect(error).to.be.instanceOf(QueryFailedError)
      }
    } finally {
      await changing.destroy()
    }
  })

  it('read the values of conditions anew each time', async () => {
    const [random] = randoms as [RandomEntity]
    const form = formOf(random)
    const ids = async (id: number) => {
      const row = await readFirst(form, selectionOf(random).where(eq('id', id)))
      return row && (JSON.parse(row.text) as { id: number }).id
    }
    expect([await ids(1), await ids(2), await ids(3), await ids(4)]).to.deep.equal([1, 2, undefined, 4])
  })
})

function conditionsOn(path: ColumnPath, values: readonly Value[]): readonly Condition[] {
  const [value, other = value] = values
  if (value === undefined || other === undefined) return [{ path, test: { op: 'isNull', is: true } }]
  return [
    { path, test: { op: 'eq', value } },
    { path, test: { op: 'ne', value } },
    { path, test: { op: 'lte', value } },
    { path, test: { op: 'in', values: [value, other] } },
    { path, test: { op: 'isNull', is: false } },
  ]
}
