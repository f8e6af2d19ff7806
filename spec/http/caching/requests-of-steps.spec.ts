import type { IncomingMessage } from 'node:http'
import { expect } from 'chai'
import { anyone, type Exchange, type Logger, type PlacedStep, Reply, silentLogger, ViewSet } from 'plinth'
import { Action, CacheResponse, Resource } from 'plinth/decorators'
import { type Service, servings } from '../../support/http.js'

type Look = (request: IncomingMessage) => unknown

const looks: Readonly<Record<string, Look>> = {
  header: ({ headers }) => headers['x-tenant'],
  asking: ({ headers }) => 'x-asked' in headers,
  all: ({ headers }) => JSON.stringify(headers),
  raw: ({ rawHeaders }) => rawHeaders.join(),
  distinct: ({ headersDistinct }) => headersDistinct['x-other'],
  address: ({ socket }) => socket.remoteAddress,
  client: (request) => (request as unknown as { client: IncomingMessage['socket'] }).client.remoteAddress,
  named: ({ headers, url }) => [headers['x-named'], url],
  nothing: () => undefined,
}

let times = 0

const look: PlacedStep = {
  before: 'act',
  step: { name: 'look', for: () => (exchange: Exchange) => void looks[exchange.params['look']!]?.(exchange.request) },
}

@Resource('/looked')
@CacheResponse({ timeout: 60, vary: 'public', headers: ['x-named'] })
class LookedViewSet extends ViewSet {
  static override readonly steps: readonly PlacedStep[] = [look]

  @Action({ method: 'get', on: 'collection', path: ':look', allow: anyone })
  look(): Reply {
    times += 1
    return Reply.json([times])
  }
}

describe('Cached answers beside steps that look at the request of node:http', () => {
  let service: Service
  const warnings: string[] = []
  const logger: Logger = { ...silentLogger, warn: (message) => void warnings.push(message), child: () => logger }

  before(async () => {
    service = await servings[0]!.serve({ viewSets: [LookedViewSet], logger })
  })
  after(() => service.close())
  beforeEach(() => {
    times = 0
    warnings.length = 0
  })

  const ask = async (name: string, headers: Readonly<Record<string, string>> = {}) => {
    const answer = await service.ask('GET', `/looked/${name}`, { headers })
    return [answer.text, answer.headers.get('cache-control')]
  }

  for (const name of ['header', 'asking', 'all', 'raw', 'distinct', 'address', 'client']) {
    it(`are for their caller alone where one looks at ${name}`, async () => {
      expect(await ask(name, { 'x-tenant': 'ada' })).to.deep.equal(['[1]', 'no-cache'])
      expect(await ask(name, { 'x-tenant': 'bob' })).to.deep.equal(['[2]', 'no-cache'])
      expect(warnings.join()).to.match(/^Answers of LookedViewSet\.look are not cached: it reads /)
    })
  }

  it('are for everybody where one looks at what the key holds', async () => {
    for (const name of ['named', 'nothing']) {
      const [text] = await ask(name, { 'x-named': 'a', 'x-tenant': 'ada' })
      expect(await ask(name, { 'x-named': 'a', 'x-tenant': 'bob' })).to.deep.equal([text, 'public, max-age=60'])
    }
    expect(times).to.equal(2)
    expect(warnings).to.deep.equal([])
  })
})
