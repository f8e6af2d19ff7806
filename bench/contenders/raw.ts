import type { IncomingMessage, ServerResponse } from 'node:http'
import { ArticleStore, cursorOf, isoOf, readCursor } from './article-store.js'
import { CarefulStore } from './careful-store.js'
import { type Row, statementsOf } from './hand-written.js'
import { type ArticleInput, isId, problemsOf } from './input.js'
import { serve, told } from './serve.js'

/** The least that can be done: node:http, prepared statements, and JSON written by hand from what the driver gives. */
const { place, variant } = told()
const statements = await statementsOf(place)
const store = variant === 'careful' ? new CarefulStore(statements, place.engine) : new ArticleStore(statements)

const written = (row: Row): string =>
  `{"id":"${row[0]}","title":${JSON.stringify(row[1])},"slug":"${row[2]}","body":${JSON.stringify(row[3])},` +
  `"words":${row[4]},"categoryId":${row[5]},"metadata":${row[6]},` +
  `"createdAt":"${isoOf(row[7] as string)}","updatedAt":"${isoOf(row[8] as string)}"}`

const data = (rows: readonly Row[]): string => `{"data":[${rows.map(written).join()}]`

function answer(response: ServerResponse, status: number, text: string): void {
  const length = Buffer.byteLength(text)
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'content-length': length })
  response.end(text)
}

const refuse = (response: ServerResponse, status: number, problem: unknown): void =>
  answer(response, status, JSON.stringify({ problem }))

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return JSON.parse(Buffer.concat(chunks).toString())
}

async function list(path: string, query: URLSearchParams, response: ServerResponse): Promise<void> {
  const size = Math.min(Number(query.get('pageSize') ?? 20), 100)
  if (path === '/cursor') {
    const cursor = query.get('cursor')
    const rows = cursor === null ? await store.page(size, 0) : await store.after(readCursor(cursor), size)
    answer(response, 200, `${data(rows)},"pagination":{"nextCursor":${JSON.stringify(cursorOf(rows.at(-1)))}}}`)
    return
  }
  const page = Number(query.get('page') ?? 1)
  const rows = store.page(size, (page - 1) * size)
  if (path === '/articles') answer(response, 200, `${data(await rows)},"pagination":{"page":${page}}}`)
  else {
    const [found, total] = await Promise.all([rows, store.count()])
    answer(response, 200, `${data(found)},"pagination":{"page":${page},"totalItems":${total}}}`)
  }
}

async function create(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await bodyOf(request)
  const problems = problemsOf(body)
  if (problems.length > 0) refuse(response, 400, problems)
  else answer(response, 201, written(await store.create(body as ArticleInput)))
}

async function bulk(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { items = [], ids = [] } = (await bodyOf(request)) as { items?: ArticleInput[]; ids?: string[] }
  if (path.endsWith('delete')) {
    if (!ids.every(isId)) refuse(response, 400, 'ids')
    else answer(response, 200, `{"affected":${await store.remove(ids)}}`)
    return
  }
  const problems = items.flatMap((item) => problemsOf(item))
  if (problems.length > 0) refuse(response, 400, problems)
  else answer(response, 200, `${data(await store.createAll(items))}}`)
}

async function one(id: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!isId(id)) {
    refuse(response, 404, 'id')
    return
  }
  if (request.method === 'DELETE') {
    if ((await store.remove([id])) === 0) refuse(response, 404, 'id')
    else response.writeHead(204).end()
    return
  }
  const changes = request.method === 'PATCH' ? await bodyOf(request) : undefined
  const problems = changes === undefined ? [] : problemsOf(changes, true)
  if (problems.length > 0) {
    refuse(response, 400, problems)
    return
  }
  const row = changes === undefined ? await store.find(id) : await store.change(id, changes as Partial<ArticleInput>)
  if (row) answer(response, 200, written(row))
  else refuse(response, 404, 'id')
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = request.url ?? '/'
  const mark = url.indexOf('?')
  const path = mark < 0 ? url : url.slice(0, mark)
  const query = mark < 0 ? '' : url.slice(mark + 1)
  if (request.method === 'POST') {
    if (path === '/articles') await create(request, response)
    else await bulk(path, request, response)
  } else if (path.startsWith('/articles/')) await one(path.slice(10), request, response)
  else await list(path, new URLSearchParams(query), response)
}

serve((request, response) => {
  handle(request, response).catch((error: unknown) => refuse(response, 500, String(error)))
})
