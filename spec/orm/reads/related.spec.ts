import { expect } from 'chai'
import * as fc from 'fast-check'
import { Mistakes } from '../../../src/errors/definition-error.js'
import { readMembers, whyParts } from '../../../src/http/reading/read-members.js'
import { createDataSource, type ModelDataSource, Serializer } from '../../../src/index.js'
import { primaryPathsOf } from '../../../src/orm/lists/column-path.js'
import { ListQuery } from '../../../src/orm/lists/list-query.js'
import { readFirst, readTexts } from '../../../src/orm/reads/read-list.js'
import { RowForm } from '../../../src/orm/reads/row-form.js'
import { loadRelated, type RelatedQuery } from '../../../src/orm/relations/load-related.js'
import { type CompiledSerializer, compileSerializer } from '../../../src/serializer/compile-serializer.js'
import type { AnySerializerLike } from '../../../src/serializer/serializer-spec.js'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { hide } from '../../support/hide.js'
import { serializersOf } from './graph-serializers.js'
import { keysOf, type RandomGraph, randomGraph } from './related-rows.js'
import { type RandomEntity, rowOf } from './support.js'

const rowCount = 16

interface Shown {
  readonly id: number
  readonly pages: { readonly data: readonly { readonly id: number }[]; readonly hasMore: boolean }
}

describeOnEngines('Related rows without entities', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let graphs: readonly RandomGraph[]

  before(async () => {
    database = await engine.create()
    graphs = ['one', 'two'].map((name) => randomGraph(`graph_${name}`, engine.name))
    const entities = graphs.flatMap(({ all }) => all.map(({ entity }) => entity))
    dataSource = createDataSource({ ...database.options, entities })
    await dataSource.initialize()
    await dataSource.synchronize()
    for (const graph of graphs) await fill(graph)
  })

  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  async function fill({ topic, author, book, page, cover }: RandomGraph): Promise<void> {
    const keys = keysOf(rowCount)
    await insert(topic, rowCount, fc.constant({}))
    await insert(author, rowCount, keys.author)
    await insert(book, rowCount, keys.book)
    await insert(page, rowCount * 4, keys.page)
    await insert(cover, 0, fc.constant({}))
    const covers = dataSource.createQueryBuilder().insert().into(cover.entity)
    await covers
      .values([1, 2, 4].map((bookId) => ({ id: bookId, bookId })) as never)
      .updateEntity(false)
      .execute()
    for (const [owner, count] of [
      [book, rowCount],
      [page, rowCount * 4],
    ] as const) {
      for (let id = 1; id <= count; id++) {
        const linked = fc.sample(fc.uniqueArray(fc.integer({ min: 1, max: rowCount }), { maxLength: 5 }), 1)[0]!
        await dataSource.createQueryBuilder().relation(owner.entity, 'topics').of(id).add(linked)
      }
    }
    const { tableName } = dataSource.getMetadata(book.entity)
    const named = [tableName, 'previousId', 'id'].map((name) => dataSource.driver.escape(name))
    await dataSource.query(`UPDATE ${named[0]} SET ${named[1]} = ${named[2]} - 1 WHERE ${named[2]} > 1`)
    await hide(dataSource, topic.entity, [2, 5])
    await hide(dataSource, author.entity, [3, 7, 8])
    await hide(dataSource, book.entity, [6])
    await hide(dataSource, page.entity, [1, 10, 11])
    await hide(dataSource, cover.entity, [4])
  }

  async function insert(
    { entity, properties }: RandomEntity,
    count: number,
    keys: fc.Arbitrary<object>,
  ): Promise<void> {
    if (count === 0) return
    const values = fc.sample(fc.tuple(rowOf(properties), keys), count)
    const rows = values.map(([row, held], index) => ({ ...row, ...held, id: index + 1 }))
    await dataSource.createQueryBuilder().insert().into(entity).values(rows).updateEntity(false).execute()
  }

  const compile = (serializer: AnySerializerLike): CompiledSerializer => {
    const mistakes = new Mistakes()
    const made = compileSerializer(serializer, dataSource.describe(serializer.entity), mistakes)
    mistakes.throwIfAny()
    return made
  }

  async function compare(
    serializer: CompiledSerializer,
    call: object,
    limit: number,
    offset: number,
  ): Promise<readonly string[]> {
    const entity = serializer.description.entity as never
    const selection = dataSource.getRepository(entity).select()
    const options = {
      conditions: [],
      keys: primaryPathsOf(dataSource, entity).map((path) => ({ path, direction: 'ASC' as const })),
    }
    const { rows } = await new ListQuery(selection, options).read({ limit, offset }, false)
    const related = (owners: readonly object[], query: RelatedQuery) =>
      loadRelated(dataSource, owners, { ...query, asDeclared: true })
    const expected = await serializer.represent(rows, { call, related })
    const { parts } = (await serializer.shownTo({ call }))!
    expect(whyParts(dataSource, entity, parts)).to.equal(undefined)
    const form = new RowForm(dataSource, entity, readMembers(parts), [])
    for (const _ of [1, 2, 3]) {
      const read = await readTexts(form, { selection, options, slice: { limit, offset } }, false, call)
      expect(read.rows).to.deep.equal(expected)
    }
    const one = await readFirst(form, selection.byId((rows[0] as { id: number }).id), call)
    const [only] = await serializer.represent([rows[0] as object], { call, related })
    expect(one?.text).to.equal(only)
    return expected
  }

  it('are written as the ordinary way writes them, however deep', async () => {
    for (const graph of graphs) {
      for (const serializer of serializersOf(dataSource, graph).map(compile)) {
        for (const [limit, offset] of [
          [20, 0],
          [1, 4],
          [5, 3],
          [3, 1],
        ] as const) {
          await compare(serializer, { author: 1 + limit }, limit, offset)
        }
      }
    }
  })

  it('are hidden, shown and cut as they are said to be', async () => {
    const [graph] = graphs as [RandomGraph]
    const [, withOne, withMany] = serializersOf(dataSource, graph).map(compile) as [
      never,
      CompiledSerializer,
      CompiledSerializer,
    ]
    const { authorId, editorId } = { authorId: 3, editorId: 3 }
    await dataSource.getRepository(graph.book.entity).update({ id: 1 }, { authorId, editorId })
    const { tableName } = dataSource.getMetadata(graph.page.entity)
    const [table, bookId, author, key] = [tableName, 'bookId', 'authorId', 'id'].map((name) =>
      dataSource.driver.escape(name),
    )
    // Page 10 is hidden.
    await dataSource.query(`UPDATE ${table} SET ${bookId} = 2 WHERE ${bookId} = 1`)
    await dataSource.query(`UPDATE ${table} SET ${bookId} = 1, ${author} = ${key} - 9 WHERE ${key} IN (10, 20, 21, 22)`)
    const [one] = (await compare(withOne, {}, 1, 0)).map((text) => JSON.parse(text) as Record<string, { id: number }>)
    expect(one!['author']).to.equal(null)
    expect(one!['editor']).to.have.property('id', 3)
    const [many] = (await compare(withMany, {}, 1, 0)).map(
      (text) => JSON.parse(text) as { pages: { data: { id: number }[] } },
    )
    expect(many!.pages).to.have.property('hasMore', true)
    expect(many!.pages.data.map(({ id }) => id)).to.deep.equal([22, 21])
    await dataSource.query(`UPDATE ${table} SET ${bookId} = 2 WHERE ${key} > 19`)
    const [last] = (await compare(withMany, {}, 1, 0)).map(
      (text) => JSON.parse(text) as { pages: { data: { id: number }[] } },
    )
    expect(last!.pages.data.map(({ id }) => id)).to.deep.equal([10])
  })

  it('take as many statements for many rows as for one', async () => {
    const [graph] = graphs as [RandomGraph]
    const expected = [1, 2, 3, 6, 1, 2]
    for (const [index, serializer] of serializersOf(dataSource, graph).map(compile).entries()) {
      const { parts } = (await serializer.shownTo({ call: { author: 1 } }))!
      const form = new RowForm(dataSource, graph.book.entity, readMembers(parts), [])
      const selection = dataSource.getRepository(graph.book.entity).select()
      const options = {
        conditions: [],
        keys: primaryPathsOf(dataSource, graph.book.entity).map((path) => ({ path, direction: 'ASC' as const })),
      }
      const counts: number[] = []
      // Of the first rows it may be found that those that belong to them have to be cut by the database.
      for (const limit of [16, 1, 1, 16]) {
        const slice = { limit, offset: 1 }
        counts.push(await countOf(() => readTexts(form, { selection, options, slice }, false, { author: 1 })))
      }
      expect(counts[2]).to.be.at.most(expected[index]!)
      expect(counts[3]).to.equal(expected[index])
    }
  })

  it('are cut by the database once there are more of all owners than are shown of each', async () => {
    const [{ book, page }] = graphs as [RandomGraph]
    const { tableName } = dataSource.getMetadata(page.entity)
    const [table, bookId, key] = [tableName, 'bookId', 'id'].map((name) => dataSource.driver.escape(name))
    await dataSource.query(`UPDATE ${table} SET ${bookId} = NULL`)
    const pages = Serializer(page.entity as never, { fields: ['id'] } as never)
    const spec = { fields: ['id', 'pages'], nested: { pages: { serializer: pages, max: 2 } } }
    const { parts } = (await compile(Serializer(book.entity as never, spec as never) as AnySerializerLike).shownTo({
      call: {},
    }))!
    const form = new RowForm(dataSource, book.entity, readMembers(parts), [])
    const selection = dataSource.getRepository(book.entity).select()
    const keys = primaryPathsOf(dataSource, book.entity).map((path) => ({ path, direction: 'ASC' as const }))
    const read = async (limit: number) => {
      let rows: readonly string[] = []
      const count = await countOf(async () => {
        const reading = { selection, options: { conditions: [], keys }, slice: { limit, offset: 0 } }
        rows = (await readTexts(form, reading, false, {})).rows
      })
      const shown = rows.map((text) => {
        const { id, pages: found } = JSON.parse(text) as Shown
        return [id, found.data.map((one) => one.id), found.hasMore] as const
      })
      return [count, ...shown] as const
    }
    const put = (ids: string, owner: number) =>
      dataSource.query(`UPDATE ${table} SET ${bookId} = ${owner} WHERE ${key} IN (${ids})`)
    await put('20, 21, 22, 23', 1)
    await put('30', 2)
    // Five pages of two books are no more than three of each.
    expect(await read(2)).to.deep.equal([2, [1, [20, 21], true], [2, [30], false]])
    expect(await read(1)).to.deep.equal([2, [1, [20, 21], true]])
    await put('24, 25', 1)
    // Of one book the first three are those that come first, however many there are.
    expect(await read(1)).to.deep.equal([2, [1, [20, 21], true]])
    expect(await read(2)).to.deep.equal([3, [1, [20, 21], true], [2, [30], false]])
    expect(await read(2)).to.deep.equal([2, [1, [20, 21], true], [2, [30], false]])
    expect(await read(1)).to.deep.equal([2, [1, [20, 21], true]])
  })

  async function countOf(work: () => unknown): Promise<number> {
    let count = 0
    const stop = dataSource.onStatement(() => count++)
    await work()
    stop()
    return count
  }
})
