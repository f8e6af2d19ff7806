import { expect } from 'chai'
import { anyone, type Middleware, Reply, ViewSet } from 'plinth'
import { Action, CacheResponse, Resource } from 'plinth/decorators'
import { describeOnDrivers } from '../../support/http.js'

@Resource('/pages')
class Pages extends ViewSet {
  @Action({ method: 'get', on: 'collection', allow: anyone })
  @CacheResponse({ timeout: 60, vary: 'public' })
  shared(): Reply {
    return Reply.json('all')
  }
  @Action({ method: 'get', on: 'collection', allow: anyone })
  secret(): Reply {
    return Reply.json('none', 200, { 'cache-control': 'no-store' })
  }
  @Action({ method: 'get', on: 'collection', allow: anyone })
  plain(): Reply {
    return Reply.json('plain')
  }
}

/** Gives everybody a cookie who asks for one. */
const session: Middleware = (request, response, next) => {
  if (request.headers['x-session'] !== undefined) response.setHeader('set-cookie', 'sid=secret')
  next()
}

describeOnDrivers('Cookies of middlewares', (serving) => {
  it('are for the caller alone, with answers that everybody may have', async () => {
    const service = await serving.serve({ viewSets: [Pages], middleware: [session] })
    const ask = async (path: string, headers: Readonly<Record<string, string>> = {}) => {
      const answer = await service.ask('GET', path, { headers })
      return [answer.status, answer.text, answer.headers.get('set-cookie'), answer.headers.get('cache-control')]
    }
    const asked = { 'x-session': '1' }
    const own = 'private, no-cache'
    expect(await ask('/pages/shared', asked)).to.deep.equal([200, '"all"', 'sid=secret', own])
    expect(await ask('/pages/shared')).to.deep.equal([200, '"all"', null, 'public, max-age=60'])
    expect(await ask('/pages/shared', asked)).to.deep.equal([200, '"all"', 'sid=secret', own])
    const { headers } = await service.ask('GET', '/pages/shared')
    const known = { ...asked, 'if-none-match': headers.get('etag')! }
    expect(await ask('/pages/shared', known)).to.deep.equal([304, '', 'sid=secret', own])
    expect(await ask('/pages/secret', asked)).to.deep.equal([200, '"none"', 'sid=secret', 'no-store'])
    expect(await ask('/pages/plain', asked)).to.deep.equal([200, '"plain"', 'sid=secret', own])
    expect(await ask('/pages/plain')).to.deep.equal([200, '"plain"', null, 'no-cache'])
    await service.close()
  })
})
