import { setImmediate } from 'node:timers/promises'
import { expect } from 'chai'
import { actingAs, anyone, currentActor, Reply, runAs, runInContext, signedIn, ViewSet } from 'plinth'
import { Action, Allow, Resource } from 'plinth/decorators'
import { Body, Post } from 'routing-controllers'
import { describeOnDrivers, type Service } from '../support/http.js'

const actorLater = async (): Promise<string | undefined> => {
  await setImmediate()
  return currentActor()?.id
}

describe('runAs', () => {
  it('says who acts across awaits, and only there', async () => {
    const users = ['ada', 'bob', 'nightly-import']
    expect(await Promise.all(users.map((id) => runAs({ id }, actorLater)))).to.deep.equal(users)
    expect(runAs('nightly-import', currentActor)).to.deep.equal({ id: 'nightly-import' })
    expect(currentActor()).to.equal(null)
  })

  it('can say that nobody acts, and be said again inside', () => {
    const seen = runAs('ada', () => [
      runAs(null, currentActor),
      runAs('bob', currentActor),
      runInContext(currentActor),
      currentActor(),
    ])
    expect(seen).to.deep.equal([null, { id: 'bob' }, { id: 'ada' }, { id: 'ada' }])
  })

  it('gives back what it was given, with all that the application knows of it', () => {
    const user = { id: 'ada', roles: ['admin'] }
    expect(runAs(user, () => actingAs.get())).to.equal(user)
  })

  it('refuses actors that no record could name', () => {
    const wrong = ['', 'x'.repeat(256), {}, { id: 7 }, undefined] as unknown as readonly string[]
    for (const actor of wrong) expect(() => runAs(actor, () => 1)).to.throw('An actor needs an `id`')
    expect(runAs('x'.repeat(255), () => 1)).to.equal(1)
  })
})

@Resource('/whoami')
class WhoAmI extends ViewSet {
  @Action({ method: 'get', on: 'collection', allow: anyone })
  async whoami() {
    await setImmediate()
    return Reply.json({ actor: currentActor() })
  }

  @Post('/native')
  @Allow(signedIn)
  native(@Body({ validate: false }) body: object) {
    return { actor: currentActor()?.id ?? null, body }
  }
}

describeOnDrivers('The actor of a request', ({ serve }) => {
  let service: Service
  const ask = async (id: string) => {
    const headers = { authorization: id }
    const own = await service.ask('GET', '/whoami/whoami', { headers })
    const native = await service.send('POST', '/whoami/native', {}, headers)
    return [own.json, native.json]
  }

  before(async () => {
    service = await serve({
      viewSets: [WhoAmI],
      authenticate: async (exchange) => {
        await setImmediate()
        const id = exchange.header('authorization')
        return id ? { id, roles: [] } : null
      },
    })
  })
  after(() => service.close())

  it('is the user that is authenticated, in actions of both kinds', async () => {
    const users = Array.from({ length: 10 }, (_, n) => `user-${n}`)
    expect(await Promise.all(users.map(ask))).to.deep.equal(
      users.map((id) => [{ actor: { id, roles: [] } }, { actor: id, body: {} }]),
    )
  })

  it('is nobody where nobody is signed in', async () => {
    expect((await service.ask('GET', '/whoami/whoami')).json).to.deep.equal({ actor: null })
  })
})
