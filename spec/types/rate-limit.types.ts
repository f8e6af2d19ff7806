import { anyone, BaseService, Reply, ViewSet } from 'plinth'
import { Action, ConcurrencyLimit, RateLimit, Resource } from 'plinth/decorators'

const api = { key: 'api', limit: 100, period: 3600 } as const

@RateLimit(api)
@RateLimit({ key: 'inherited', limit: 'none' })
@Resource('/a')
export class Right extends ViewSet {
  @Action({ method: 'get', on: 'collection', allow: anyone })
  @RateLimit({ ...api, per: (call) => call.header('x-key') })
  read(): Reply {
    return Reply.json(1)
  }
}

export class Sender extends BaseService {
  @RateLimit(api)
  async plain(): Promise<void> {}

  @RateLimit({ ...api, per: (to: string) => to })
  async send(_to: string): Promise<void> {}

  // @ts-expect-error: the function is given what the method is given
  @RateLimit({ ...api, per: (to: string) => to })
  async sendTo(_to: number): Promise<void> {}

  // @ts-expect-error: what is limited may have to wait for its turn to be counted
  @RateLimit(api)
  atOnce(): number {
    return 1
  }

  // @ts-expect-error: services know no clients
  @RateLimit({ ...api, per: 'client' })
  async ofClients(): Promise<void> {}
}

@ConcurrencyLimit({ key: 'jobs', limit: 2, per: (call) => call.header('x-key'), actions: ['read'], shadow: true })
@ConcurrencyLimit({ key: 'inherited', limit: 'none' })
@RateLimit({ ...api, shadow: true })
@Resource('/b')
export class Crowded extends Right {}

export class Busy extends BaseService {
  // @ts-expect-error: it stands above actions and viewsets alone
  @ConcurrencyLimit({ key: 'jobs', limit: 2 })
  async work(): Promise<void> {}
}

// @ts-expect-error: what runs at the same time has no period
export const withPeriod = ConcurrencyLimit({ key: 'jobs', limit: 2, period: 60 })

// @ts-expect-error: a limit is tried or not
export const halfTried = RateLimit({ ...api, shadow: 'yes' })

// @ts-expect-error: a limit has a period
export const withoutPeriod = RateLimit({ key: 'api', limit: 100 })

// @ts-expect-error: and a name
export const withoutKey = RateLimit({ limit: 100, period: 1 })

// @ts-expect-error: it stands above viewsets
@RateLimit(api)
export class NoViewSet {}
