import fastify from 'fastify'
import { ArticleStore, cursorOf, isoOf, readCursor } from '../../dist/bench/contenders/article-store.js'
import { statementsOf } from '../../dist/bench/contenders/hand-written.js'
import { announce, told } from '../../dist/bench/contenders/serve.js'

// Fastify with schemas for bodies and answers, and the statements that were written by hand.
const store = new ArticleStore(await statementsOf(told().place))
const app = fastify({ bodyLimit: 4_194_304 })

const [text, whole, object] = [{ type: 'string' }, { type: 'integer' }, { type: 'object', additionalProperties: true }]
const given = {
  title: { type: 'string', minLength: 1, maxLength: 200 },
  body: text,
  words: { type: 'integer', minimum: 0, maximum: 1_000_000 },
  categoryId: { type: 'integer', minimum: 1 },
  metadata: object,
}
const required = ['title', 'body', 'words', 'categoryId']
const input = { type: 'object', properties: given, required }
const article = {
  type: 'object',
  properties: {
    id: text,
    title: text,
    slug: text,
    body: text,
    words: whole,
    categoryId: whole,
    metadata: object,
    createdAt: text,
    updatedAt: text,
  },
}
const articles = { type: 'object', properties: { data: { type: 'array', items: article }, pagination: object } }
const uuid = { type: 'object', properties: { id: { type: 'string', format: 'uuid' } } }

const shown = (row) => ({
  id: row[0],
  title: row[1],
  slug: row[2],
  body: row[3],
  words: Number(row[4]),
  categoryId: Number(row[5]),
  metadata: JSON.parse(row[6]),
  createdAt: isoOf(row[7]),
  updatedAt: isoOf(row[8]),
})

const pageOf = ({ page = '1', pageSize = '20' }) => {
  const size = Math.min(Number(pageSize), 100)
  return { page: Number(page), size, skipped: (Number(page) - 1) * size }
}

const ofList = { schema: { response: { 200: articles } } }
app.get('/articles', ofList, async ({ query }) => {
  const { page, size, skipped } = pageOf(query)
  return { data: (await store.page(size, skipped)).map(shown), pagination: { page } }
})
app.get('/counted', ofList, async ({ query }) => {
  const { page, size, skipped } = pageOf(query)
  const [rows, totalItems] = await Promise.all([store.page(size, skipped), store.count()])
  return { data: rows.map(shown), pagination: { page, totalItems } }
})
app.get('/cursor', ofList, async ({ query }) => {
  const { size } = pageOf(query)
  const rows =
    query.cursor === undefined ? await store.page(size, 0) : await store.after(readCursor(query.cursor), size)
  return { data: rows.map(shown), pagination: { nextCursor: cursorOf(rows.at(-1)) } }
})
app.post('/articles', { schema: { body: input, response: { 201: article } } }, async ({ body }, reply) => {
  reply.code(201)
  return shown(await store.create(body))
})
const items = { type: 'object', properties: { items: { type: 'array', items: input } }, required: ['items'] }
app.post('/articles/bulk/create', { schema: { body: items, response: { 200: articles } } }, async ({ body }) => ({
  data: (await store.createAll(body.items)).map(shown),
}))
const ids = { type: 'object', properties: { ids: { type: 'array', items: { type: 'string', format: 'uuid' } } } }
app.post('/articles/bulk/delete', { schema: { body: ids } }, async ({ body }) => ({
  affected: await store.remove(body.ids),
}))
app.get('/articles/:id', { schema: { params: uuid, response: { 200: article } } }, async ({ params }, reply) => {
  const row = await store.find(params.id)
  return row ? shown(row) : reply.code(404).send()
})
const change = { schema: { params: uuid, body: { type: 'object', properties: given }, response: { 200: article } } }
app.patch('/articles/:id', change, async ({ params, body }, reply) => {
  const row = await store.change(params.id, body)
  return row ? shown(row) : reply.code(404).send()
})
app.delete('/articles/:id', { schema: { params: uuid } }, async ({ params }, reply) =>
  reply.code((await store.remove([params.id])) === 0 ? 404 : 204).send(),
)

await app.listen({ port: 0, host: '127.0.0.1' })
announce(app.server.address().port)
