import type { RequestListener } from 'node:http'
import { Reply, signedIn, silentLogger } from 'plinth'
import { createApp } from 'plinth/container'
import { Action, Resource } from 'plinth/decorators'
import { Article } from './contenders/article.js'
import { AllLayers, RequestTrace } from './contenders/layers.js'

@Resource('/things')
class LayeredViewSet extends AllLayers {
  @Action({ method: 'get', on: 'collection', path: 'one', allow: signedIn })
  one(): Reply {
    return Reply.json(this.service.trace.answer)
  }
}

/** A viewset with four mixins, a scope, a row rule, callers who are known, and a service that lives for one request. */
export async function layeredApplication(): Promise<RequestListener> {
  const app = await createApp({
    entities: [Article],
    viewSets: [LayeredViewSet],
    providers: [{ provide: RequestTrace, useClass: RequestTrace, lifetime: 'request' }],
    dataSource: { type: 'sqlite', database: ':memory:', synchronize: true },
    authenticate: () => ({ id: 'owner', roles: [] }),
    logger: silentLogger,
  })
  return app.handler
}
