import express, { type Request, type RequestHandler, type Response } from 'express'
import { type ArticleInput, isId, problemsOf } from './input.js'
import { OrmStore } from './orm-store.js'
import { serve, told } from './serve.js'

/** Express 5 and TypeORM, with bodies checked by hand. */
const store = await OrmStore.open(told().place)
const app = express()
app.use(express.json({ limit: '4mb' }))

const refuse = (response: Response, status: number, problem: unknown): void =>
  void response.status(status).json({ problem })

type Work = (request: Request<{ readonly id: string }>, response: Response) => Promise<unknown>

const answering = (work: Work): RequestHandler<{ readonly id: string }> => {
  return (request, response, next) => {
    work(request, response).catch(next)
  }
}

const ifSound = (work: Work, partial = false) => {
  return answering(async (request, response) => {
    const problems = problemsOf(request.body, partial)
    if (problems.length > 0) refuse(response, 400, problems)
    else await work(request, response)
  })
}

const row = (response: Response, found: object | null): void => {
  if (found) response.json(found)
  else refuse(response, 404, 'id')
}

const articles = express.Router()
articles.get(
  '/articles',
  answering(async ({ query }, response) => response.json(await store.list(query))),
)
articles.get(
  '/counted',
  answering(async ({ query }, response) => response.json(await store.counted(query))),
)
articles.get(
  '/cursor',
  answering(async ({ query }, response) => response.json(await store.after(query))),
)
articles.post(
  '/articles',
  ifSound(async ({ body }, response) => response.status(201).json(await store.create(body as ArticleInput))),
)
articles.post(
  '/articles/bulk/create',
  answering(async ({ body }, response) => {
    const { items } = body as { readonly items: readonly ArticleInput[] }
    const problems = items.flatMap((item) => problemsOf(item))
    if (problems.length > 0) refuse(response, 400, problems)
    else response.json({ data: await store.createAll(items) })
  }),
)
articles.post(
  '/articles/bulk/delete',
  answering(async ({ body }, response) => {
    const { ids } = body as { readonly ids: readonly string[] }
    if (!ids.every(isId)) refuse(response, 400, 'ids')
    else response.json({ affected: await store.remove(ids) })
  }),
)
articles.param('id', (_request, response, next, id) => {
  if (isId(id)) next()
  else refuse(response, 404, 'id')
})
articles.get(
  '/articles/:id',
  answering(async ({ params }, response) => row(response, await store.find(params.id))),
)
articles.patch(
  '/articles/:id',
  ifSound(async ({ params, body }, response) => {
    row(response, await store.change(params.id, body as Partial<ArticleInput>))
  }, true),
)
articles.delete(
  '/articles/:id',
  answering(async ({ params }, response) => {
    if ((await store.remove([params.id])) === 0) refuse(response, 404, 'id')
    else response.status(204).end()
  }),
)
app.use(articles)

serve(app)
