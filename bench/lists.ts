import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { anyone, type ModelDataSource, ModelViewSet, Serializer, silentLogger } from 'plinth'
import { createApp } from 'plinth/container'
import { Resource } from 'plinth/decorators'
import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm'
import { type Engine, engines } from '../spec/support/engines.js'
import { type Comparison, compare } from './compare.js'

@Entity('listed')
@Index(['score', 'id'])
class Listed {
  @PrimaryGeneratedColumn() id!: number
  @Column({ type: 'int' }) score!: number
  @Column({ type: 'varchar', length: 40 }) title!: string
}

class ListedSerializer extends Serializer(Listed, { fields: ['id', 'score', 'title'] }) {}

@Resource('/listed')
class ListedViewSet extends ModelViewSet(Listed, {
  serializer: ListedSerializer,
  permissions: { '*': anyone },
  only: ['list'],
  defaultOrdering: ['-score', '-id'],
  pagination: { style: 'cursor', max: 1000 },
}) {}

const size = 100_000
const depth = 90_000

interface ListPage {
  readonly data: readonly { readonly id: number }[]
  readonly pagination: { readonly nextCursor: string | null }
}

/**
 * Reads 20 rows behind 90,000 of 100,000: by a cursor over HTTP, and by OFFSET in SQL alone. By the clock, because the work
 * is that of the database. Undefined where the engine cannot be reached.
 */
export async function listComparison(name: Engine['name']): Promise<Comparison | undefined> {
  const engine = engines.find((one) => one.name === name)!
  const database = await engine.create().catch(() => undefined)
  if (!database) return undefined
  const app = await createApp({
    entities: [Listed],
    viewSets: [ListedViewSet],
    dataSource: { ...database.options, synchronize: true },
    logger: silentLogger,
  })
  const server = createServer(app.handler)
  try {
    await fill(app.dataSource)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const list = (query: string) => asked(server, query)
    const cursor = await cursorAt(list)
    const byOffset = (offset: number) =>
      app.dataSource.query(`SELECT id, score, title FROM listed ORDER BY score DESC, id DESC LIMIT 21 OFFSET ${offset}`)
    return await compare(
      `20 rows of ${size} on ${name}, by the clock`,
      {
        'plinth, first page': () => list('pageSize=20'),
        [`plinth, cursor behind ${depth}`]: () => list(`pageSize=20&cursor=${cursor}`),
        'SQL by hand, first page': () => byOffset(0),
        [`SQL by hand, OFFSET ${depth}`]: () => byOffset(depth),
      },
      { rounds: 7, calls: 20, spent: async () => performance.now() * 1000 },
    )
  } finally {
    server.closeAllConnections()
    server.close()
    await app.close()
    await database.drop()
  }
}

async function fill(dataSource: ModelDataSource): Promise<void> {
  // Scores in no order, many of them equal.
  const rows = Array.from({ length: size }, (_, index) => ({ score: (index * 7919) % 10_007, title: `row ${index}` }))
  await dataSource.getRepository(Listed).insert(rows)
  await dataSource.query('ANALYZE listed')
}

async function asked(server: Server, query: string): Promise<ListPage> {
  const { port } = server.address() as AddressInfo
  const answer = await fetch(`http://127.0.0.1:${port}/listed?${query}`)
  return (await answer.json()) as ListPage
}

async function cursorAt(list: (query: string) => Promise<ListPage>): Promise<string> {
  let page = await list('pageSize=1000')
  for (let seen = 1000; seen < depth; seen += 1000) {
    page = await list(`pageSize=1000&cursor=${page.pagination.nextCursor}`)
  }
  return page.pagination.nextCursor!
}
