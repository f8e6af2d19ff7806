import { anyone, Reply, ViewSet } from 'plinth'
import { Action, CacheResponse, Resource } from 'plinth/decorators'

// @ts-expect-error -- for whom answers are has no default
@CacheResponse({ timeout: 60 })
@Resource('/a')
export class WithoutVary extends ViewSet {}

// @ts-expect-error -- nor is there such an audience
@CacheResponse({ timeout: 60, vary: 'everybody' })
@Resource('/b')
export class UnknownVary extends ViewSet {}

// @ts-expect-error -- it stands above viewsets
@CacheResponse({ timeout: 60, vary: 'public' })
export class NoViewSet {}

// @ts-expect-error -- context variables are given themselves, not by their names
@CacheResponse({ timeout: 60, vary: 'user', variables: ['tenant'] })
@Resource('/named')
export class NamedVariables extends ViewSet {}

@Resource('/c')
export class Right extends ViewSet {
  @Action({ method: 'get', on: 'collection', allow: anyone })
  @CacheResponse({ timeout: 60, vary: (call) => call.user?.id ?? '' })
  read(): Reply {
    return Reply.json(1)
  }

  @Action({ method: 'get', on: 'collection', allow: anyone })
  // @ts-expect-error -- above a method there are no other actions to name
  @CacheResponse({ timeout: 60, vary: 'public', actions: ['read'] })
  listing(): Reply {
    return Reply.json(1)
  }
}
