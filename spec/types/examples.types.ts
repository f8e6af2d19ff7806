import { type ExamplesOf, ModelViewSet, Reply, type RowCall, signedIn } from 'plinth'
import { Action } from 'plinth/decorators'
import { Article, ArticleSerializer, Articles, Note, NoteSerializer, PublishBody } from './http-fixtures.js'

const permissions = { '*': signedIn } as const
const article = {
  id: 'b7a1c1de-52a4-4f0e-9a70-6f0d3f6f4c11',
  title: 'On plinths',
  body: null,
  published: true,
  ownerId: 'ada',
  createdAt: '2026-01-02T03:04:05.678Z',
}

// Right programs.
export const articles: ExamplesOf<typeof ArticleSerializer> = {
  rows: { article },
  create: { least: { title: 'On plinths', ownerId: 'ada' } },
  replace: { whole: { title: 'On plinths', body: 'They carry columns.' } },
  patch: { renamed: { title: 'On columns' }, nothing: {} },
}
ModelViewSet(Article, { serializer: ArticleSerializer, permissions, examples: articles })
ModelViewSet(Note, { serializer: NoteSerializer, permissions, examples: { rows: { first: { id: 1, text: 'a' } } } })
export class Right extends Articles {
  @Action({
    method: 'post',
    on: 'row',
    body: PublishBody,
    allow: signedIn,
    answers: { type: 'integer' },
    examples: { body: { urgent: { priority: 1 } }, answers: { urgent: 1 } },
  })
  publish({ body }: RowCall<Article, PublishBody>) {
    return Reply.json(body.priority)
  }
}

export const wrong: readonly ExamplesOf<typeof ArticleSerializer>[] = [
  // @ts-expect-error: a date that is no text, as it is in JSON
  { rows: { article: { ...article, createdAt: new Date() } } },
  // @ts-expect-error: a row that lacks a field
  { rows: { article: { id: article.id, title: article.title } } },
  // @ts-expect-error: a body with a field that is read-only
  { create: { published: { title: 'On plinths', ownerId: 'ada', published: true } } },
  // @ts-expect-error: a change of what only new rows take
  { patch: { given: { ownerId: 'bob' } } },
  // @ts-expect-error: a misspelt field
  { patch: { renamed: { titel: 'On columns' } } },
  // @ts-expect-error: examples of nothing that there is
  { delete: { first: {} } },
]

ModelViewSet(Note, {
  serializer: NoteSerializer,
  permissions,
  // @ts-expect-error: the text of a row is a number
  examples: { rows: { first: { id: 1, text: 2 } } },
})

export class Wrong extends Articles {
  // @ts-expect-error: an example of another body
  @Action({
    method: 'post',
    on: 'row',
    body: PublishBody,
    allow: signedIn,
    examples: { body: { urgent: { priority: 'high' } } },
  })
  otherBody({ row }: RowCall<Article, PublishBody>) {
    return row
  }
  // @ts-expect-error: an example with more than its body
  @Action({
    method: 'post',
    on: 'row',
    body: PublishBody,
    allow: signedIn,
    examples: { body: { urgent: { priority: 1, by: 'ada' } } },
  })
  moreOfBody({ row }: RowCall<Article, PublishBody>) {
    return row
  }
  // @ts-expect-error: an example of a body that is not taken
  @Action({ method: 'post', on: 'row', allow: signedIn, examples: { body: { urgent: { priority: 1 } } } })
  noBody({ row }: RowCall<Article>) {
    return row
  }
}
