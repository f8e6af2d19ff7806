import { expect } from 'chai'
import {
  anyone,
  BulkActionMixin,
  createDataSource,
  type ModelDataSource,
  ModelService,
  ModelViewSet,
  Serializer,
} from 'plinth'
import { Orderable, type Ordered, Resource } from 'plinth/decorators'
import { Column, Entity, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm'
import { type Database, describeOnEngines } from '../support/engines.js'
import { type Answer, errorsIn, type Served, serve } from './support/served.js'

@Entity('place_lists')
class List {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 10 }) name!: string
}
export interface Card extends Ordered {}
@Orderable({ within: ['listId'] })
@Entity('place_cards')
export class Card {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 10 }) name!: string
  @Column() listId!: number
  @ManyToOne(() => List, { nullable: false }) @JoinColumn({ name: 'listId' }) list!: Relation<List>
}
class CardSerializer extends Serializer(Card, { fields: ['id', 'name', 'listId'] }) {}
class CardService extends ModelService(Card) {}

const options = {
  serializer: CardSerializer,
  permissions: { '*': anyone },
  verbs: { moveToList: anyone },
} as const
const bulk = { permissions: { moveToTop: anyone, moveToList: anyone, reorder: anyone } } as const

@Resource('/alone')
class AloneViewSet extends BulkActionMixin(ModelViewSet(Card, options), bulk) {}
@Resource('/served')
class ServedViewSet extends BulkActionMixin(ModelViewSet(Card, { ...options, service: CardService }), bulk) {}

const told = (answer: Answer) => [answer.status, ...errorsIn(answer)]

describeOnEngines('Errors of verbs', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served
  let card: number
  let list: number

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, synchronize: true, entities: [List, Card] }).initialize()
    served = await serve({ viewSets: [AloneViewSet, ServedViewSet], dataSource })
    list = (await dataSource.getRepository(List).save({ name: 'a list' })).id
    card = (await dataSource.getRepository(Card).save({ name: 'a card', listId: list })).id
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  for (const path of ['/alone', '/served']) {
    const send = async (route: string, body: unknown) => told(await served.request('POST', `${path}${route}`, { body }))

    it(`point to the ids that name no row (${path})`, async () => {
      for (const verb of ['move-to-top', 'reorder']) {
        expect(await send(`/bulk/${verb}`, { ids: [card, 987_654] })).to.deep.equal([404, '#/ids/1 not_found'])
      }
      const items = [{ id: card }, { id: 987_654 }]
      expect(await send('/bulk/move-to-top', { items })).to.deep.equal([404, '#/items/1 not_found'])
    })

    it(`point to where the input has a value (${path})`, async () => {
      const nowhere = { list: { listId: 987_654 } }
      expect(await send(`/${card}/move-to-list`, nowhere)).to.deep.equal([400, '#/list/listId reference'])
      expect(await send('/bulk/move-to-list', { ids: [card], input: nowhere })).to.deep.equal([
        400,
        '#/input/list/listId reference',
      ])
      expect(await send(`/${card}/move-to-list`, { list: { other: 1 } })).to.deep.equal([400, '#/list UNKNOWN_LIST'])
      expect(await send(`/${card}/move-to-list`, { list: { listId: list } })).to.deep.equal([200])
    })
  }
})
