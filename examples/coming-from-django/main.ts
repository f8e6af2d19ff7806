import { deepStrictEqual as same, throws } from 'node:assert'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { calculatePagination, LocalFileStorage, memoryBackend, silentLogger } from 'plinth'
import { createApp } from 'plinth/container'
import { fits, getData, hashed, ip, isValid, pagination, rename, token } from './helpers.js'
import { Article } from './models.js'
import { ArticleService } from './services.js'
import { ArticleViewSet } from './views.js'

const directory = await mkdtemp(join(tmpdir(), 'articles-'))
const files = new LocalFileStorage({ directory })
const app = await createApp({
  entities: [Article],
  viewSets: [ArticleViewSet],
  dataSource: { type: 'sqlite', database: ':memory:', synchronize: true },
  authenticate: (call) => (call.header('x-role') ? { id: 'me', roles: [call.header('x-role')!] } : null),
  files,
  logger: silentLogger,
})
const { url } = await app.listen(0)
const articles = app.dataSource.getRepository(Article)
const service = app.resolve(ArticleService)

const asEditor = { 'x-role': 'editor' }
const ask = async (method: string, path: string, body?: object): Promise<{ status: number; json: never }> => {
  const headers = { 'content-type': 'application/json', ...asEditor }
  const response = await fetch(url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  const text = await response.text()
  return { status: response.status, json: (text === '' ? null : JSON.parse(text)) as never }
}

// Models
const article = (await service.createArticle('Hello, world', 'text')).unwrap()
same([article.slug, article.position, article.metadata, article.isDeleted], ['hello-world', 1, {}, false])
same(article.createdAt instanceof Date, true)
await articles.mergeMetadata(article.id, { patch: { source: 'import' } })
same((await articles.findOneByOrFail({ id: article.id })).metadata, { source: 'import' })
same(await articles.illustrated().count(), 0)

await articles.delete(article.id)
same([await articles.count(), await articles.withDeleted().count()], [0, 1])
await articles.restore(article.id)
same(await articles.count(), 1)

// Services
same((await service.createArticle('', 'text')).success, false)
const twin = await service.createArticle('Hello, world', 'text')
same(twin.success ? undefined : twin.errorCode, 'DUPLICATE')

// Viewsets
same((await ask('POST', '/articles', { title: 'Second', body: '<b>bold</b>' })).status, 400)
same((await ask('POST', '/articles', { title: 'Second', body: 'text', config: { theme: 'red' } })).status, 400)
same((await ask('POST', '/articles', { title: 'Second', body: 'text', config: { theme: 'dark' } })).status, 201)
const bulk = await ask('POST', '/articles/bulk/create', { items: [{ title: 'Third', body: 'text' }] })
same(bulk.status, 200)
const list: { readonly pagination: object } = (await ask('GET', '/articles')).json
same(list.pagination, { ...calculatePagination(3, 1, 20), totalIsCapped: false })
same((await ask('DELETE', `/articles/${article.id}`)).status, 204)
same((await ask('GET', '/articles/trash')).status, 200)
same((await ask('POST', `/articles/${article.id}/restore`)).status, 200)

// Files
const form = new FormData()
const png = Uint8Array.from([
  137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0,
])
form.set('picture', new File([png, new Uint8Array(4), 'IDAT'], 'cat.png'))
const sent = await fetch(`${url}/articles/${article.id}/picture`, { method: 'PUT', body: form, headers: asEditor })
same(sent.status, 200)
const { picture } = await articles.findOneByOrFail({ id: article.id })
same((await files.get(picture!))?.size, 37)
same(await articles.illustrated().count(), 1)

// Helpers and protocols
same([token.length, hashed.length, isValid, ip, fits], [43, 64, true, '203.0.113.9', true])
same(pagination, { page: 2, pageSize: 20, totalItems: 100, totalPages: 5, hasNext: true, hasPrevious: true })
const cache = memoryBackend()
await cache.set('key', { a: 1 }, 60)
same(await getData(cache, 'key'), { a: 1 })
throws(() => rename(new Set(['a']), 'a'), { errorCode: 'NAME_TAKEN' })

await app.close()
await rm(directory, { recursive: true })
console.log('The counterparts work.')
