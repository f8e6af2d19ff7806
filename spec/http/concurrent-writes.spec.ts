import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import {
  anyone,
  type Call,
  createDataSource,
  type ModelDataSource,
  ModelViewSet,
  type RowCall,
  Serializer,
  signedIn,
} from 'plinth'
import { Resource } from 'plinth/decorators'
import { type Database, describeOnEngines, engines } from '../support/engines.js'
import { City, CitySerializer, Country, CountrySerializer, createAtlas, owner } from './support/atlas.js'
import { type Served, serve } from './support/served.js'

/** What somebody else does, on another connection, between the load of a row and the write to it. */
let meanwhile: () => Promise<unknown> = async () => undefined

@Resource('/mine')
class Mine extends ModelViewSet(City, {
  serializer: CitySerializer,
  permissions: { '*': anyone },
  scope: ({ user }: Call) => ({ ownerId: user?.id ?? '' }),
}) {
  override async performUpdate(call: RowCall<City, object>) {
    await meanwhile()
    return super.performUpdate(call)
  }
  override async performDestroy(call: RowCall<City>) {
    await meanwhile()
    return super.performDestroy(call)
  }
}

class OpenSerializer extends Serializer(City, { fields: ['id', 'name', 'ownerId', 'rank'] }) {}

@Resource('/owned')
class Owned extends ModelViewSet(City, {
  serializer: OpenSerializer,
  permissions: { create: signedIn, list: signedIn, '*': owner },
}) {
  override async performUpdate(call: RowCall<City, object>) {
    await meanwhile()
    return super.performUpdate(call)
  }
  override async performDestroy(call: RowCall<City>) {
    await meanwhile()
    return super.performDestroy(call)
  }
}

@Resource('/countries')
class Countries extends ModelViewSet(Country, { serializer: CountrySerializer, permissions: { '*': anyone } }) {
  override async performUpdate(call: RowCall<Country, object>) {
    await meanwhile()
    return super.performUpdate(call)
  }
}

/** Says of a single field who may write it, by the row. */
class RuledSerializer extends Serializer(City, {
  fields: ['id', 'name', 'ownerId', 'rank'],
  rules: { rank: { write: owner } },
}) {}

@Resource('/ruled')
class Ruled extends ModelViewSet(City, { serializer: RuledSerializer, permissions: { '*': anyone } }) {
  override async performUpdate(call: RowCall<City, object>) {
    await meanwhile()
    return super.performUpdate(call)
  }
}

const servers = engines.filter(({ name }) => name !== 'sqlite').map(({ name }) => name)

describeOnEngines('A row that somebody else writes to meanwhile', (engine) => {
  // SQLite has one connection, so that nobody else writes meanwhile.
  if (!servers.includes(engine.name)) return
  let database: Database
  let dataSource: ModelDataSource
  let other: ModelDataSource
  let served: Served

  before(async () => {
    ;({ database, dataSource } = await createAtlas(engine))
    other = await createDataSource({ ...dataSource.options, entities: [City, Country] } as never).initialize()
    served = await serve({ viewSets: [Mine, Owned, Ruled, Countries], dataSource })
  })

  after(async () => {
    await served?.close()
    await other?.destroy()
    await dataSource?.destroy()
    await database?.drop()
  })

  for (const [method, body] of [
    ['PATCH', { name: 'Stolen' }],
    ['DELETE', undefined],
  ] as const) {
    it(`is not there for ${method} once it has left the scope`, async () => {
      const { id } = (await served.request('POST', '/mine', { as: 'ada', body: { name: 'Lima' } })).body
      meanwhile = () => other.getRepository(City).update({ id: String(id) }, { ownerId: 'eve' })
      expect((await served.request(method, `/mine/${id}`, { as: 'ada', body })).status).to.equal(404)
      expect(await other.getRepository(City).findOneByOrFail({ id: String(id) })).to.include({
        name: 'Lima',
        ownerId: 'eve',
      })
    })
  }

  for (const [method, body, written] of [
    ['PATCH', { rank: 2 }, { ownerId: 'eve', rank: 2, isDeleted: false }],
    ['PATCH', { ownerId: 'ada', rank: 2 }, { ownerId: 'eve', rank: 2, isDeleted: false }],
    ['DELETE', undefined, { ownerId: 'ada', rank: 0, isDeleted: true }],
  ] as const) {
    it(`is written by ${method} ${JSON.stringify(body) ?? ''} as the rule about it has seen it`, async () => {
      const { id } = (await served.request('POST', '/owned', { as: 'ada', body: { name: 'Lima', ownerId: 'ada' } }))
        .body
      let taken: Promise<unknown> | undefined
      meanwhile = async () => {
        taken ??= other.getRepository(City).update({ id: String(id) }, { ownerId: 'eve' })
        // Where the row is not locked, this is over in time.
        await Promise.race([taken, delay(300)])
      }
      const { status } = await served.request(method, `/owned/${id}`, { as: 'ada', body })
      await taken
      const [left] = await other.getRepository(City).find({ where: { id: String(id) }, withDeleted: true })
      // Of two who wait for each other MariaDB lets one go first: where that is the other, nothing may be written any more.
      if (status === 403) expect(left).to.include({ ownerId: 'eve', rank: 0, isDeleted: false })
      else expect(left).to.include(written)
    })
  }

  it('waits for a request whose field a rule has judged by the row', async () => {
    const { id } = (await served.request('POST', '/owned', { as: 'ada', body: { name: 'Lima', ownerId: 'ada' } })).body
    let taken: Promise<unknown> | undefined
    const first: string[] = []
    meanwhile = async () => {
      taken ??= other.getRepository(City).update({ id: String(id) }, { ownerId: 'eve' })
      first.push(await Promise.race([taken.then(() => 'the other'), delay(300, 'the request')]))
    }
    const { status } = await served.request('PATCH', `/ruled/${id}`, { as: 'ada', body: { rank: 2 } })
    await taken
    expect(first[0]).to.equal('the request')
    const { rank } = await other.getRepository(City).findOneByOrFail({ id: String(id) })
    // Of two who wait for each other MariaDB lets one go first: where that is the other, the rule is asked again.
    if (status === 403) expect([engine.name, rank]).to.deep.equal(['mariadb', 0])
    else expect([status, rank]).to.deep.equal([200, 2])
    // What no rule is about is written whoever else writes.
    taken = undefined
    await served.request('PATCH', `/ruled/${id}`, { as: 'ada', body: { name: 'Ica' } })
    expect(first.at(-1)).to.equal('the other')
    expect((await served.request('PATCH', `/ruled/${id}`, { as: 'ada', body: { rank: 3 } })).status).to.equal(403)
  })

  it('keeps what they wrote to other columns', async () => {
    const { id } = (await served.request('POST', '/countries', { body: { name: 'Peru', code: 'PE' } })).body
    meanwhile = () => other.getRepository(Country).update({ id: Number(id) }, { population: 33 })
    const { status, body } = await served.request('PATCH', `/countries/${id}`, { body: { name: 'Perú' } })
    expect([status, body]).to.deep.equal([200, { id, name: 'Perú', code: 'PE', population: 33 }])
  })
})
