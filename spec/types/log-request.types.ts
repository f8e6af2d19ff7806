import { anyone, Reply, ViewSet } from 'plinth'
import { Action, LogRequest, Resource } from 'plinth/decorators'

@LogRequest()
@Resource('/a')
export class Right extends ViewSet {
  @Action({ method: 'get', on: 'collection', allow: anyone })
  @LogRequest({ includeBody: true, bounds: { bytes: 512 } })
  read(): Reply {
    return Reply.json(1)
  }
}

// @ts-expect-error: it stands above viewsets
@LogRequest()
export class NoViewSet {}

// @ts-expect-error: there is no such thing to include
export const cookies = LogRequest({ includeCookies: true })
