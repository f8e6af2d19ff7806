import { expect } from 'chai'
import { anyone, Reply, ViewSet } from 'plinth'
import { Action, CacheResponse, Resource } from 'plinth/decorators'
import { describeOnDrivers, type Service } from '../support/http.js'

@Resource('/things')
class ThingViewSet extends ViewSet {
  @Action({ method: 'get', on: 'collection', allow: anyone, answers: { type: 'integer' } })
  described(): Reply {
    return Reply.json(1)
  }
  @Action({ method: 'get', on: 'collection', allow: anyone, answers: { type: 'integer' } })
  @CacheResponse({ timeout: 60, vary: 'public' })
  cached(): Reply {
    return Reply.json(2)
  }
  @Action({ method: 'get', on: 'collection', allow: anyone })
  other(): Reply {
    return new Reply(200, 'a,b', { 'content-type': 'text/csv' })
  }
  @Action({ method: 'delete', on: 'collection', allow: anyone, answers: 'nothing' })
  nothing(): void {}
}

describeOnDrivers('What a request accepts', (serving) => {
  let service: Service

  before(async () => {
    service = await serving.serve({ viewSets: [ThingViewSet] })
  })
  after(() => service?.close())

  const status = async (accept: string, path = 'described', method = 'GET'): Promise<number> =>
    (await service.ask(method, `/things/${path}`, { headers: { accept } })).status

  const accepted = [
    '',
    '*/*',
    'application/json',
    'Application/JSON; charset=utf-8',
    'application/*;q=0.1',
    'text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8',
    'application/json;q=0.5, */*;q=0',
    'text/csv;q=1, application/json;q=0.001',
    'text/html;level=1, application/json',
    'text/plain; note="a, b", application/json',
    'nonsense',
  ]
  for (const accept of accepted) {
    it(`may be "${accept}"`, async () => expect(await status(accept)).to.equal(200))
  }

  const refused = [
    'text/csv',
    'application/json; profile=other',
    'text/plain; note="application/json, */*"',
    'application/xml, text/*',
    '*/*, application/json;q=0',
    'application/*;q=0.000',
    '*/*;q=0',
  ]
  for (const accept of refused) {
    it(`is refused where it is "${accept}"`, async () => {
      const answer = await service.ask('GET', '/things/described', { headers: { accept } })
      expect([answer.status, answer.headers.get('content-type')]).to.deep.equal([
        406,
        'application/problem+json; charset=utf-8',
      ])
      expect(answer.json).to.include({ code: 'NOT_ACCEPTABLE' })
    })
  }

  it('is asked before a cache is', async () => {
    expect([await status('*/*', 'cached'), await status('text/csv', 'cached')]).to.deep.equal([200, 406])
  })

  it('does not matter where it is not known that JSON is answered', async () => {
    expect(await status('text/csv', 'other')).to.equal(200)
    expect(await status('text/csv', 'nothing', 'DELETE')).to.equal(204)
  })
})
