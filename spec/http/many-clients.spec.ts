import { expect } from 'chai'
import {
  anyone,
  BulkActionMixin,
  createDataSource,
  doctor,
  type ModelDataSource,
  ModelViewSet,
  Serializer,
} from 'plinth'
import {
  type HasMetadata,
  type HasRank,
  type HasVersion,
  Metadata,
  Orderable,
  type Ordered,
  Ranked,
  Resource,
  Sluggable,
  type Slugged,
  type SoftDeletable,
  SoftDelete,
  type Timestamped,
  Timestamps,
  type UuidIdentified,
  UuidPk,
  Versioned,
} from 'plinth/decorators'
import { Column, Entity } from 'typeorm'
import { type Database, describeOnEngines } from '../support/engines.js'
import { type Answer, type Served, serve } from './support/served.js'

/** What both entities are: each has all that rows contend for. */
abstract class Kept {
  @Column({ length: 40 }) title!: string
  @Column({ type: 'int', default: 1 }) board!: number
}
interface Kept extends UuidIdentified, Timestamped, SoftDeletable, Slugged, HasMetadata, HasVersion {}

const slugs = { from: 'title', within: ['board'], onUpdate: 'regenerate' } as const

interface Card extends Ordered {}
@Entity('client_cards')
@UuidPk()
@Timestamps()
@SoftDelete()
@Sluggable(slugs)
@Metadata()
@Versioned()
@Orderable({ within: ['board'] })
class Card extends Kept {}

interface Sheet extends HasRank {}
@Entity('client_sheets')
@UuidPk()
@Timestamps()
@SoftDelete()
@Sluggable(slugs)
@Metadata()
@Versioned()
@Ranked({ within: ['board'] })
class Sheet extends Kept {}

const fields = ['id', 'title', 'slug', 'board', 'metadata', 'version'] as const
const verbs = {
  restore: anyone,
  moveToTop: anyone,
  moveDown: anyone,
  moveToList: anyone,
  setMetadata: anyone,
  mergeMetadata: anyone,
} as const
const actions = ['create', 'update', 'delete', 'restore', 'mergeMetadata', 'moveToTop'] as const
const bulk = { actions, max: 50, allow: anyone } as const

class CardSerializer extends Serializer(Card, { fields }) {}
@Resource('/cards')
class CardViewSet extends BulkActionMixin(
  ModelViewSet(Card, { serializer: CardSerializer, permissions: { '*': anyone }, verbs }),
  bulk,
) {}

class SheetSerializer extends Serializer(Sheet, { fields }) {}
@Resource('/sheets')
class SheetViewSet extends BulkActionMixin(
  ModelViewSet(Sheet, { serializer: SheetSerializer, permissions: { '*': anyone }, verbs }),
  bulk,
) {}

const clients = 8
const requests = 250

/** Numbers below a bound, the same for a seed. */
function numbers(seed: number): (bound: number) => number {
  let state = seed
  return (bound) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return Math.floor((state / 2 ** 31) * bound)
  }
}

describeOnEngines('Eight clients who write the same rows in every way', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({
      ...database.options,
      entities: [Card, Sheet],
      synchronize: true,
    }).initialize()
    served = await serve({ viewSets: [CardViewSet, SheetViewSet], dataSource })
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  for (const [path, entity] of [
    ['/cards', Card],
    ['/sheets', Sheet],
  ] as const) {
    it(`lose nothing, are never told of a fault, and leave what models promise: ${path}`, async function () {
      this.timeout(120_000)
      const seed = Math.floor(Math.random() * 2 ** 31)
      const below = numbers(seed)
      const faults: unknown[] = []
      const send = async (method: string, at: string, body?: unknown): Promise<Answer> => {
        const answer = await served.request(method, path + at, body === undefined ? {} : { body })
        if (answer.status >= 500) faults.push([method, at, body, answer.body])
        return answer
      }
      const ids: string[] = []
      for (let index = 0; index < 12; index += 1) {
        const { body } = await send('POST', '', { title: `T ${index % 4}`, board: 1 + (index % 2) })
        ids.push(String(body.id))
      }
      const row = () => `/${ids[below(ids.length)]}`
      const some = (count: number) => [...new Set(Array.from({ length: count }, () => row().slice(1)))]
      const title = () => `T ${below(4)}`
      const board = () => 1 + below(2)
      /** The names of members that somebody was told are stored, and the rows that hold them. */
      const told: [name: string, id: string][] = []
      let next = 0
      const merge = async (named: readonly string[], request: (member: object) => Promise<Answer>) => {
        const name = `key${next++}`
        const { status } = await request({ [name]: true })
        if (status === 200) for (const id of named) told.push([name, id])
      }
      const ways: readonly (() => Promise<unknown>)[] = [
        () => send('POST', '', { title: title(), board: board() }),
        () => send('PATCH', row(), { title: title() }),
        () => send('PATCH', row(), { board: board() }),
        () => send('DELETE', row()),
        () => send('POST', `${row()}/restore`, {}),
        () => send('POST', `${row()}/restore`, {}),
        () => send('POST', `${row()}/move-to-top`, {}),
        () => send('POST', `${row()}/move-down`, { by: 1 + below(3) }),
        () => send('POST', `${row()}/move-to-list`, { list: { board: board() } }),
        () =>
          send('POST', '/bulk/create', {
            items: [
              { title: title(), board: 1 },
              { title: title(), board: 2 },
            ],
          }),
        () => send('POST', '/bulk/delete', { ids: some(2) }),
        () => send('POST', '/bulk/restore', { ids: some(2) }),
        () => send('POST', '/bulk/move-to-top', { ids: some(2) }),
        async () => {
          const at = row()
          await merge([at.slice(1)], (metadata) => send('PATCH', at, { metadata }))
        },
        async () => {
          const at = row()
          await merge([at.slice(1)], (patch) => send('POST', `${at}/merge-metadata`, { patch }))
        },
        async () => {
          const at = row()
          await merge([at.slice(1)], (member) =>
            send('POST', `${at}/set-metadata`, { path: Object.keys(member), value: true }),
          )
        },
        async () => {
          const named = some(3)
          await merge(named, (patch) => send('POST', '/bulk/merge-metadata', { ids: named, input: { patch } }))
        },
        async () => {
          const named = some(3)
          await merge(named, (metadata) => send('POST', '/bulk/update', { ids: named, values: { metadata } }))
        },
      ]
      let asked = 0
      const client = async () => {
        while (asked++ < requests) await ways[below(ways.length)]!()
      }
      await Promise.all(Array.from({ length: clients }, client))
      expect(faults, `seed ${seed}`).to.deep.equal([])
      const rows = await dataSource.getRepository<Kept>(entity).unscoped().find()
      const stored = new Map(rows.map(({ id, metadata }) => [id, metadata]))
      const lost = told.filter(([name, id]) => stored.get(id)?.[name] !== true)
      expect(lost, `seed ${seed}`).to.deep.equal([])
      expect(told.length).to.be.greaterThan(0)
      expect(await doctor(dataSource), `seed ${seed}`).to.deep.equal([])
    })
  }
})
