import { expect } from 'chai'
import { IsString } from 'class-validator'
import {
  anyone,
  BulkActionMixin,
  type Call,
  type ModelDataSource,
  ModelViewSet,
  Reply,
  type RowCall,
  VerbsMixin,
} from 'plinth'
import { Action, Resource } from 'plinth/decorators'
import { type Database, describeOnEngines } from '../support/engines.js'
import { createLibrary, Letter, LetterSerializer } from './support/library.js'
import { errorsIn, type Served, serve } from './support/served.js'

class Address {
  @IsString() town!: string
}

const options = { serializer: LetterSerializer, permissions: { '*': anyone } } as const

/** An action of every kind that may be sent a body. */
@Resource('/letters')
class LetterViewSet extends BulkActionMixin(
  VerbsMixin(ModelViewSet(Letter, options), { archive: anyone, unarchive: anyone }),
  {
    permissions: { create: anyone, update: anyone, delete: anyone, archive: anyone, unarchive: anyone },
    perItem: true,
  },
) {
  @Action({ method: 'post', on: 'row', allow: anyone, body: Address })
  send({ row }: RowCall<Letter, Address>) {
    return row
  }
  @Action({ method: 'post', on: 'collection', allow: anyone, body: Address })
  sendAll({ body }: Call<Address>) {
    return Reply.json({ town: body.town })
  }
  @Action({ method: 'post', on: 'row', allow: anyone })
  stamp({ row }: RowCall<Letter>) {
    return row
  }
}

const notObjects = ['null', '[]', '"x"', '0']

describeOnEngines('Bodies that are no JSON object', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served
  let id: number

  before(async () => {
    ;({ database, dataSource } = await createLibrary(engine))
    served = await serve({ viewSets: [LetterViewSet], dataSource })
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(async () => {
    ;({ id } = await dataSource.getRepository(Letter).save({ text: 'a letter' }))
  })

  const headers = { 'content-type': 'application/json' }
  const told = async (method: string, path: string, raw?: string): Promise<string> => {
    const answer = await served.request(method, path, raw === undefined ? {} : { raw, headers })
    return [answer.status, ...errorsIn(answer)].join(' ')
  }

  /** The actions, and what they say where nothing is sent. */
  const actions: readonly (readonly [method: string, path: string, empty: string])[] = [
    ['POST', '', '400 # required'],
    ['PUT', '/:id', '400 # required'],
    ['PATCH', '/:id', '400 # required'],
    ['POST', '/:id/archive', '400 #/reason required'],
    ['POST', '/:id/unarchive', '200'],
    ['POST', '/:id/send', '400 # required'],
    ['POST', '/sendAll', '400 # required'],
    ['POST', '/bulk/create', '400 # required'],
    ['POST', '/bulk/update', '400 # required'],
    ['POST', '/bulk/delete', '400 # required'],
    ['POST', '/bulk/archive', '400 # required'],
    ['POST', '/bulk/unarchive', '400 # required'],
  ]
  for (const [method, path, empty] of actions) {
    it(`are refused, null as well, by ${method} /letters${path}`, async () => {
      const target = `/letters${path.replace(':id', String(id))}`
      for (const raw of notObjects) expect(await told(method, target, raw), raw).to.equal('400 # type')
      expect(await told(method, target)).to.equal(empty)
      expect(await told(method, target, '')).to.equal(empty)
      expect(await dataSource.getRepository(Letter).findOneByOrFail({ id })).to.include({ text: 'a letter' })
    })
  }

  it('are refused as what all items of a bulk action share', async () => {
    for (const raw of notObjects) {
      for (const [action, part] of [
        ['update', 'values'],
        ['archive', 'input'],
        ['unarchive', 'input'],
      ]) {
        const body = `{"ids":[${id}],"${part}":${raw}}`
        expect(await told('POST', `/letters/bulk/${action}`, body), body).to.equal(`400 #/${part} type`)
      }
    }
    expect(await told('POST', '/letters/bulk/unarchive', `{"ids":[${id}]}`)).to.equal('200')
  })

  it('are refused as items of a bulk action', async () => {
    for (const raw of notObjects) {
      for (const action of ['create', 'update', 'delete', 'archive', 'unarchive']) {
        expect(await told('POST', `/letters/bulk/${action}`, `{"items":[${raw}]}`), raw).to.equal('400 #/items/0 type')
      }
      for (const [action, part] of [
        ['archive', 'input'],
        ['unarchive', 'input'],
      ]) {
        const body = `{"items":[{"id":${id},"${part}":${raw}}]}`
        expect(await told('POST', `/letters/bulk/${action}`, body), body).to.equal(`400 #/items/0/${part} type`)
      }
    }
  })

  it('are not looked at by an action that takes no body', async () => {
    for (const raw of [...notObjects, '']) expect(await told('POST', `/letters/${id}/stamp`, raw), raw).to.equal('200')
  })
})
