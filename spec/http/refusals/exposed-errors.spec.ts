import { expect } from 'chai'
import { anyone, ExternalServiceError, Reply, silentLogger, UnauthenticatedError, ViewSet } from 'plinth'
import { Action, Resource } from 'plinth/decorators'
import { describeOnDrivers, type Service } from '../../support/http.js'

class Broken extends Error {}

@Resource('/broken')
class BrokenViewSet extends ViewSet {
  @Action({ method: 'get', on: 'collection', path: 'all', allow: anyone, problems: { INTERNAL_SERVER_ERROR: 500 } })
  all(): Reply {
    throw new Broken('inside')
  }

  @Action({ method: 'get', on: 'collection', path: 'bank', allow: anyone })
  bank(): Reply {
    throw new ExternalServiceError('The bank answers 418.', { cause: new Broken('inside') })
  }

  @Action({ method: 'get', on: 'collection', path: 'closed', allow: anyone })
  closed(): Reply {
    throw new UnauthenticatedError('Sign in.')
  }
}

const all = async (service: Service) => (await service.ask('GET', '/broken/all')).json as Record<string, unknown>

const bank = async (service: Service) =>
  (await service.ask('GET', '/broken/bank')).json as Readonly<Record<string, string>>

describeOnDrivers('A problem with exposed errors', ({ serve }) => {
  const before = process.env['NODE_ENV']
  const viewSets = [BrokenViewSet]
  const problems = { exposeErrors: true }

  afterEach(() => {
    if (before === undefined) delete process.env['NODE_ENV']
    else process.env['NODE_ENV'] = before
  })

  async function asked<T>(work: (service: Service) => Promise<T>, options: object): Promise<T> {
    const service = await serve({ viewSets, logger: silentLogger, ...options })
    try {
      return await work(service)
    } finally {
      await service.close()
    }
  }

  it('tells where in the program it went wrong, where the server has to answer for it', async () => {
    process.env['NODE_ENV'] = 'development'
    const [broken, closed] = await asked(
      async (service) => [await all(service), (await service.ask('GET', '/broken/closed')).json as object] as const,
      { problems },
    )
    expect(broken['stack']).to.match(/^Error: inside\n {4}at BrokenViewSet\.all .*exposed-errors\.spec/)
    expect(broken).not.to.have.property('detail')
    expect(closed).not.to.have.property('stack')
  })

  it('tells of an exception and of its cause', async () => {
    process.env['NODE_ENV'] = 'development'
    const { stack, ...rest } = await asked(bank, { problems })
    expect(stack).to.match(/^ExternalServiceError: The bank answers 418\.\n {4}at BrokenViewSet\.bank /)
    expect(stack).to.match(/\nCaused by: Error: inside\n {4}at BrokenViewSet\.bank /)
    expect(rest).to.have.all.keys('type', 'title', 'status', 'code', 'instance', 'requestId')
  })

  it('tells nothing in production, nor where it is not asked to', async () => {
    process.env['NODE_ENV'] = 'production'
    expect(await asked(all, { problems })).not.to.have.property('stack')
    process.env['NODE_ENV'] = 'development'
    expect(await asked(all, {})).not.to.have.property('stack')
  })
})
