import { anyone, type Call, ModelViewSet, type PlacedStep, Reply, type RowCall, type Step, signedIn } from 'plinth'
import { Action, Allow, Resource } from 'plinth/decorators'
import { Article, Articles, Note, NoteSerializer, owner, PublishBody } from './http-fixtures.js'

const Notes = ModelViewSet(Note, { serializer: NoteSerializer, permissions: { '*': anyone } })

// Right programs.
@Resource('/articles')
export class ArticleViewSet extends Articles {
  @Action({ method: 'post', on: 'row', body: PublishBody, allow: owner })
  async publish({ row, body }: RowCall<Article, PublishBody>) {
    return this.service.publish(row, body.priority)
  }
  @Action({ method: 'get', on: 'collection', paginated: true, allow: anyone })
  popular(call: Call) {
    return this.select(call).orderBy([{ property: 'views', direction: 'DESC' }])
  }
  @Action({ method: 'get', on: 'collection', allow: anyone })
  ping() {
    return Reply.json({ pong: true })
  }
  @Action({ method: 'delete', on: 'collection', allow: signedIn, status: 202 })
  async clear(): Promise<void> {}
  @Allow(signedIn)
  native() {
    return 1
  }
}

export class Wrong extends Articles {
  // @ts-expect-error: no rule
  @Action({ method: 'post', on: 'row' })
  unguarded({ row }: RowCall<Article>) {
    return row
  }
  // @ts-expect-error: a body with GET
  @Action({ method: 'get', on: 'row', body: PublishBody, allow: anyone })
  withBody({ row }: RowCall<Article>) {
    return row
  }
  // @ts-expect-error: pages of something that is written
  @Action({ method: 'post', on: 'collection', paginated: true, allow: anyone })
  pages(call: Call) {
    return this.select(call)
  }
  // @ts-expect-error: a parameter with another body
  @Action({ method: 'post', on: 'row', body: PublishBody, allow: anyone })
  otherBody({ row }: RowCall<Article, { text: string }>) {
    return row
  }
  // @ts-expect-error: a query that is not declared
  @Action({ method: 'get', on: 'collection', allow: anyone })
  otherQuery({ query }: Call<undefined, { text?: string }>) {
    return Reply.json(query.text)
  }
  // @ts-expect-error: a problem whose status is none of an error
  @Action({ method: 'post', on: 'row', allow: owner, problems: { ALREADY_PUBLISHED: 200 } })
  noError({ row }: RowCall<Article>) {
    return row
  }
  // @ts-expect-error: files with GET
  @Action({ method: 'get', on: 'row', upload: { file: { maxMegabytes: 1, types: ['image/png'] } }, allow: anyone })
  withFiles({ row }: RowCall<Article>) {
    return row
  }
  // @ts-expect-error: a rule about a row where there is none
  @Action({ method: 'post', on: 'collection', allow: owner })
  ownedByNobody() {
    return Reply.json({})
  }
  // @ts-expect-error: a row where there is none
  @Action({ method: 'post', on: 'collection', allow: anyone })
  noRow({ row }: RowCall<Article>) {
    return row
  }
  // @ts-expect-error: plain JSON
  @Action({ method: 'get', on: 'collection', allow: anyone })
  plain() {
    return { pong: true }
  }
  // @ts-expect-error: a string
  @Action({ method: 'get', on: 'collection', allow: anyone })
  text() {
    return 'pong'
  }
  // @ts-expect-error: two parameters
  @Action({ method: 'get', on: 'row', allow: anyone })
  two({ row }: RowCall<Article>, _more: number) {
    return row
  }
  // @ts-expect-error: no method
  @Action({ method: 'get', on: 'collection', allow: anyone })
  property = 1
  // @ts-expect-error: no such verb
  @Action({ method: 'head', on: 'collection', allow: anyone })
  head() {
    return undefined
  }
  @Action({ method: 'post', on: 'row', allow: anyone })
  undeclaredBody({ row, body }: RowCall<Article>) {
    // @ts-expect-error: a body that was not declared
    return this.service.update(row, body)
  }
  driver(call: Call) {
    // @ts-expect-error: nothing of the driver can be reached
    return call.request
  }
}
export class WrongRow extends Notes {
  // @ts-expect-error: a rule about a member the entity does not have
  @Action({ method: 'get', on: 'row', allow: owner })
  read({ row }: RowCall<Note>) {
    return row
  }
}
export class NoViewSet {
  // @ts-expect-error: outside of a viewset
  @Action({ method: 'get', on: 'collection', allow: anyone })
  list() {
    return undefined
  }
}

// @ts-expect-error: a path without a slash
@Resource('articles')
export class Relative extends Articles {}
// @ts-expect-error: nothing can be mounted that cannot be made
@Resource('/articles')
export abstract class Abstract extends Articles {}
// @ts-expect-error: no viewset
@Resource('/articles')
export class Plain {}
export class MisspeltRule extends Articles {
  // @ts-expect-error: the name of a rule instead of the rule
  @Allow('signedIn')
  native() {
    return 1
  }
}

const step: Step = { name: 'audit', for: () => undefined }
export class Steps extends Articles {
  static override readonly steps: readonly PlacedStep[] = [{ step, after: 'act' }]
}
export class WrongSteps extends Articles {
  // @ts-expect-error: a place that is in no pipeline
  static override readonly steps: readonly PlacedStep[] = [{ step, after: 'authentication' }]
}
