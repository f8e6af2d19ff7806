import { expect } from 'chai'
import {
  anyone,
  type CacheResponseOptions,
  contextVariable,
  createDataSource,
  DefinitionError,
  defineTrait,
  eq,
  ModelViewSet,
  Reply,
  role,
  rowRule,
  Serializer,
  signedIn,
  ViewSet,
} from 'plinth'
import { Action, CacheResponse, Resource } from 'plinth/decorators'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { engines } from '../../support/engines.js'
import { applicationOf } from '../../support/http.js'
import { PricedSerializer, shopEntities, Ware, WareSerializer } from './shop.js'

const tenant = contextVariable<string>('tenant')

const OfTenant = defineTrait({
  name: 'OfTenant',
  defaults: {},
  scopes: () => ({ ofTenant: { where: eq('tenant', tenant), default: true } }),
})

@Entity()
@OfTenant()
class Paper {
  @PrimaryGeneratedColumn()
  id!: number
  @Column({ length: 40 })
  tenant!: string
}
class PaperSerializer extends Serializer(Paper, { fields: ['id'] }) {}
class Stranger {}

const shared = { serializer: WareSerializer, permissions: { '*': anyone } } as const

@Resource('/signed-in')
@CacheResponse({ timeout: 60, vary: 'public' })
class SignedIn extends ModelViewSet(Ware, { ...shared, only: ['list'], permissions: { list: signedIn } }) {}

@Resource('/scoped')
@CacheResponse({ timeout: 60, vary: 'public' })
class Scoped extends ModelViewSet(Ware, { ...shared, only: ['list'], scope: () => ({ owner: 'ada' }) }) {}

@Resource('/ruled')
@CacheResponse({ timeout: 60, vary: 'public' })
class Ruled extends ModelViewSet(Ware, { ...shared, serializer: PricedSerializer, only: ['list'] }) {}

@Resource('/papers')
@CacheResponse({ timeout: 60, vary: 'public' })
class Papers extends ModelViewSet(Paper, {
  serializer: PaperSerializer,
  only: ['list'],
  permissions: { '*': anyone },
}) {}

@Resource('/tenants')
class Tenants extends ViewSet {
  @Action({ method: 'get', on: 'collection', allow: anyone })
  @CacheResponse({ timeout: 60, vary: 'public', variables: [tenant] })
  read(): Reply {
    return Reply.json(1)
  }
}

const owner = rowRule<{ owner: string }>('owner', ({ user }, row) => row.owner === user?.id)

@Resource('/by-row')
@CacheResponse({ timeout: 60, vary: 'user' })
class ByRow extends ModelViewSet(Ware, { ...shared, only: ['retrieve'], permissions: { retrieve: owner } }) {}

@Resource('/times')
@CacheResponse({ timeout: 0, vary: 'public' })
class Times extends ModelViewSet(Ware, { ...shared, only: ['list'] }) {}

@Resource('/long')
@CacheResponse({ timeout: 31_536_000, stale: 1, vary: 'public' })
class Long extends ModelViewSet(Ware, { ...shared, only: ['list'] }) {}

@Resource('/tags')
@CacheResponse({ timeout: 60, vary: 'public', tags: [Stranger] })
class Tags extends ModelViewSet(Ware, { ...shared, only: ['list'] }) {}

@Resource('/names')
@CacheResponse({ timeout: 60, vary: 'public', actions: ['lists'] })
class Names extends ModelViewSet(Ware, { ...shared, only: ['list'] }) {}

@Resource('/writes')
class Writes extends ViewSet {
  @Action({ method: 'post', on: 'collection', allow: anyone })
  @CacheResponse({ timeout: 60, vary: 'public' })
  write(): Reply {
    return Reply.json(1)
  }
}

@Resource('/without')
class Without extends ViewSet {
  @Action({ method: 'get', on: 'collection', allow: role('admin') })
  @CacheResponse({ timeout: 60 } as CacheResponseOptions)
  read(): Reply {
    return Reply.json(1)
  }
}

@Resource('/misspelt')
class Misspelt extends ViewSet {
  @Action({ method: 'get', on: 'collection', allow: anyone })
  @CacheResponse({ timeout: 60, vary: 'publik' } as unknown as CacheResponseOptions)
  read(): Reply {
    return Reply.json(1)
  }
}

describe('Mistakes of cached answers', () => {
  const refusals: readonly (readonly [new () => ViewSet, problem: string])[] = [
    [SignedIn, 'SignedIn.list: its answers are said to be public, but it has the permission signedIn.'],
    [Scoped, 'Scoped.list: its answers are said to be public, but it has a scope of its viewset.'],
    [Ruled, 'Ruled.list: its answers are said to be public, but it has rules for reading fields of PricedSerializer.'],
    [Papers, 'Papers.list: its answers are said to be public, but it has a scope that depends on "tenant".'],
    [Tenants, 'Tenants.read: its answers are said to be public, but it has answers that depend on "tenant".'],
    [ByRow, 'ByRow.retrieve: its permission owner must see the row each time'],
    [Times, 'Times.list: its answers are to be cached for 0 seconds.'],
    [Long, 'Long.list: its answers are to be cached for 31536000 and 1 seconds.'],
    [Tags, 'Tags.list: its tags name Stranger, which is no entity of the data source.'],
    [Names, 'Names.lists: its answers are to be cached, and it is no action of plinth.'],
    [Writes, 'Writes.write: it answers no GET, and so its answers cannot be cached.'],
    [Without, 'Without.read: nothing says for whom its cached answers are.'],
    [Misspelt, 'Misspelt.read: its cached answers vary by "publik", which names nobody.'],
  ]
  for (const [viewSet, problem] of refusals) {
    it(`are told: ${viewSet.name}`, async () => {
      const { options } = await engines[0]!.create()
      const dataSource = createDataSource({ ...options, entities: [...shopEntities, Paper] })
      let error: unknown
      try {
        applicationOf({ viewSets: [viewSet], dataSource })
      } catch (thrown) {
        error = thrown
      }
      expect(error).to.be.instanceOf(DefinitionError)
      const { mistakes, message } = error as DefinitionError
      expect(mistakes.map(({ code }) => code)).to.deep.equal(['E_CACHE'])
      expect(message).to.contain(problem)
      expect(message).to.match(/@CacheResponse at .*cache-mistakes\.spec/)
    })
  }
})
