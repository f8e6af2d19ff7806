import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import {
  anyone,
  type Call,
  createDataSource,
  type ModelDataSource,
  ModelService,
  ModelViewSet,
  on,
  type PlacedStep,
  type RowCall,
  role,
  rowRule,
  Serializer,
} from 'plinth'
import {
  type HasMetadata,
  type HasVersion,
  Metadata,
  Resource,
  Sluggable,
  type Slugged,
  type SoftDeletable,
  SoftDelete,
  type Timestamped,
  Timestamps,
  Versioned,
} from 'plinth/decorators'
import { Column, DeleteDateColumn, Entity, ManyToOne, PrimaryGeneratedColumn } from 'typeorm'
import { type Database, describeOnEngines } from '../support/engines.js'
import { applicationOf } from '../support/http.js'
import { type Served, serve } from './support/served.js'

export interface Parcel extends Timestamped, SoftDeletable, Slugged, HasMetadata {}
@Entity()
@Timestamps()
@SoftDelete()
@Sluggable({ from: 'title', onUpdate: 'regenerate' })
@Metadata()
export class Parcel {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 60 }) title!: string
  @Column({ type: 'varchar', length: 20, unique: true, nullable: true }) mark!: string | null
  @Column({ type: 'int', default: 3 }) weight!: number
  @Column({ length: 20, default: 'ada' }) owner!: string
}

export interface Stamped extends HasVersion {}
@Entity()
@Versioned()
export class Stamped {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 60 }) title!: string
}

/** Goes for good when it is deleted. */
@Entity()
export class Crate {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 20, default: 'ada' }) owner!: string
}

/** Refers to a crate, which the database does not let go. */
@Entity()
export class Lid {
  @PrimaryGeneratedColumn() id!: number
  @ManyToOne(() => Crate, { nullable: false }) crate!: Crate
}

/** TypeORM alone knows that it is deleted. */
@Entity()
export class Discarded {
  @PrimaryGeneratedColumn() id!: number
  @Column({ type: 'int', default: 1 }) weight!: number
  @DeleteDateColumn() deletedAt!: Date | null
}

const fields = ['id', 'title', 'slug', 'mark', 'weight', 'owner', 'metadata'] as const
class ParcelSerializer extends Serializer(Parcel, { fields }) {}
class StampedSerializer extends Serializer(Stamped, { fields: ['id', 'title', 'version'] }) {}
class CrateSerializer extends Serializer(Crate, { fields: ['id', 'owner'] }) {}
class DiscardedSerializer extends Serializer(Discarded, { fields: ['id', 'weight'] }) {}
class RuledSerializer extends Serializer(Parcel, {
  fields,
  rules: { owner: { write: role('admin') } },
}) {}
class ParcelService extends ModelService(Parcel) {}
class OwnService extends ModelService(Parcel) {
  override update(...given: Parameters<ParcelService['update']>) {
    return super.update(...given)
  }
  protected override write<T>(work: () => Promise<T>) {
    return super.write(work)
  }
}
/** Does what the method of its class does, and is another one. */
class FieldService extends ModelService(Parcel) {
  readonly calls: unknown[] = []
  override delete = (...given: Parameters<ParcelService['delete']>) => {
    fieldCalls.push(given.length)
    return ParcelService.prototype.delete.apply(this, given)
  }
}
const fieldCalls: number[] = []

const options = { serializer: ParcelSerializer, permissions: { '*': anyone } } as const

@Resource('/plain')
class PlainViewSet extends ModelViewSet(Parcel, options) {}

/** Does the same, and has to see the row. */
@Resource('/seen')
class SeeingViewSet extends ModelViewSet(Parcel, options) {
  override performCreate(call: Call<object>) {
    return super.performCreate(call as never)
  }
  override performUpdate(call: RowCall<Parcel, object>) {
    return super.performUpdate(call)
  }
  override performDestroy(call: RowCall<Parcel>) {
    return super.performDestroy(call)
  }
}

const scope = ({ user }: Call) => ({ owner: user?.id ?? 'nobody' })
@Resource('/mine')
class MineViewSet extends ModelViewSet(Parcel, { ...options, scope }) {}

const isOwner = rowRule<{ owner: string }>('owner', ({ user }, { owner }) => owner === user?.id)
@Resource('/owned')
class OwnedViewSet extends ModelViewSet(Parcel, {
  ...options,
  permissions: { list: anyone, create: anyone, '*': isOwner },
}) {}

@Resource('/served')
class ServedViewSet extends ModelViewSet(Parcel, { ...options, service: ParcelService }) {}

@Resource('/own-service')
class OwnServiceViewSet extends ModelViewSet(Parcel, { ...options, service: OwnService }) {}

@Resource('/field-service')
class FieldServiceViewSet extends ModelViewSet(Parcel, { ...options, service: FieldService }) {}

const asked: (string | boolean)[] = []
const isSlowOwner = rowRule<{ owner: string }>('slow owner', async ({ user }, { owner }) => {
  asked.push(inUnit())
  return owner === user?.id
})
let inUnit = (): boolean => false
@Resource('/slow')
class SlowViewSet extends ModelViewSet(Parcel, {
  ...options,
  permissions: { list: anyone, create: anyone, '*': isSlowOwner },
}) {}

/** All that stands between a caller and a row of his own. */
@Resource('/layered')
class LayeredViewSet extends ModelViewSet(Parcel, {
  ...options,
  scope: ({ user }: Call) => ({ owner: user?.id ?? 'nobody' }),
  service: ParcelService,
  permissions: { list: anyone, create: anyone, '*': isOwner },
}) {}

@Resource('/ruled')
class RuledViewSet extends ModelViewSet(Parcel, { ...options, serializer: RuledSerializer }) {}

@Resource('/slugs')
class SlugViewSet extends ModelViewSet(Parcel, { ...options, lookup: 'slug' }) {}

const looking: PlacedStep = { step: { name: 'looking', for: () => () => undefined }, before: 'act' }
@Resource('/stepped')
class SteppedViewSet extends ModelViewSet(Parcel, options) {
  static override readonly steps = [looking]
}

@Resource('/stamped')
class StampedViewSet extends ModelViewSet(Stamped, { serializer: StampedSerializer, permissions: { '*': anyone } }) {}

const crates = { serializer: CrateSerializer, permissions: { '*': anyone } } as const

@Resource('/crates')
class CrateViewSet extends ModelViewSet(Crate, crates) {}

@Resource('/seen-crates')
class SeenCrateViewSet extends ModelViewSet(Crate, crates) {
  override performDestroy(call: RowCall<Crate>) {
    return super.performDestroy(call)
  }
}

@Resource('/owned-crates')
class OwnedCrateViewSet extends ModelViewSet(Crate, {
  serializer: CrateSerializer,
  scope,
  permissions: { list: anyone, create: anyone, '*': isOwner },
}) {}

@Resource('/discarded')
class DiscardedViewSet extends ModelViewSet(Discarded, {
  serializer: DiscardedSerializer,
  permissions: { '*': anyone },
}) {}

const viewSets = [
  CrateViewSet,
  SeenCrateViewSet,
  OwnedCrateViewSet,
  DiscardedViewSet,
  PlainViewSet,
  SeeingViewSet,
  MineViewSet,
  OwnedViewSet,
  ServedViewSet,
  OwnServiceViewSet,
  FieldServiceViewSet,
  SlowViewSet,
  LayeredViewSet,
  RuledViewSet,
  SlugViewSet,
  SteppedViewSet,
  StampedViewSet,
]

const row = (because: string) => ({ by: 'row', because })

describeOnEngines('Actions that write the row of their route', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served
  const sent: string[] = []

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({
      ...database.options,
      entities: [Parcel, Stamped, Crate, Lid, Discarded],
      synchronize: true,
    }).initialize()
    served = await serve({ viewSets, dataSource })
    dataSource.onStatement(({ sql }) => sent.push(sql.split(' ')[0]!))
  })

  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  const parcels = () => dataSource.getRepository(Parcel)
  let made = 0
  async function parcel(values: Partial<Parcel> = {}): Promise<number> {
    const row = await parcels().save(parcels().create({ title: `parcel ${(made += 1)}`, ...values }))
    return row.id
  }

  const waysOf = (action: string) =>
    applicationOf({ viewSets, dataSource }).routes.find((route) => route.action === action)?.writes

  it('say when they are made how they will write it', () => {
    const statement = { by: 'statement' }
    for (const name of ['PlainViewSet', 'OwnedViewSet', 'ServedViewSet', 'SlugViewSet', 'OwnServiceViewSet']) {
      const expected = name === 'OwnServiceViewSet' ? row('write of its service is its own') : statement
      expect(waysOf(`${name}.create`)).to.deep.equal(expected)
    }
    for (const action of ['update', 'partialUpdate', 'destroy']) {
      expect(waysOf(`PlainViewSet.${action}`)).to.deep.equal(statement)
      expect(waysOf(`OwnedViewSet.${action}`)).to.deep.equal(statement)
      expect(waysOf(`ServedViewSet.${action}`)).to.deep.equal(statement)
      expect(waysOf(`SlugViewSet.${action}`)).to.deep.equal(row('rows are looked up by "slug"'))
      expect(waysOf(`SteppedViewSet.${action}`)).to.deep.equal(row('a step stands beside "act"'))
    }
    expect(waysOf('OwnServiceViewSet.update')).to.deep.equal(row('update of its service is its own'))
    expect(waysOf('OwnServiceViewSet.destroy')).to.deep.equal(row('write of its service is its own'))
    expect(waysOf('SeeingViewSet.update')).to.deep.equal(row('performUpdate is a method of its own'))
    expect(waysOf('SeeingViewSet.destroy')).to.deep.equal(row('performDestroy is a method of its own'))
    expect(waysOf('RuledViewSet.update')).to.deep.equal(row('a rule says who may write a field'))
    expect(waysOf('RuledViewSet.destroy')).to.deep.equal(statement)
    expect(waysOf('SeeingViewSet.create')).to.deep.equal(row('performCreate is a method of its own'))
    expect(waysOf('RuledViewSet.create')).to.deep.equal(row('a rule says who may write a field'))
    expect(waysOf('SteppedViewSet.create')).to.deep.equal(row('a step stands beside "act"'))
    expect(waysOf('PlainViewSet.list')).to.equal(undefined)
    expect(waysOf('PlainViewSet.retrieve')).to.equal(undefined)
  })

  const mariadb = engine.name === 'mariadb'

  async function statementsOf(method: string, path: string, body?: object, as?: string): Promise<readonly string[]> {
    sent.length = 0
    const { status, text } = await served.request(method, path, { body, ...(as && { as }) })
    expect(status, text).to.be.below(300)
    // The driver of PostgreSQL commits by itself.
    return sent.filter((word) => word !== 'SET' && word !== 'COMMIT')
  }

  it('send one statement where nothing has to be known of it', async () => {
    const one = mariadb ? ['START', 'UPDATE', 'SELECT'] : ['UPDATE']
    const id = await parcel()
    expect(await statementsOf('PATCH', `/plain/${id}`, { weight: 4 })).to.deep.equal(one)
    const whole = { title: 'parcel', mark: null, weight: 5, owner: 'ada', metadata: {} }
    const [begin] = await statementsOf('PUT', `/plain/${id}`, whole)
    // The title decides about the slug.
    expect(begin).to.equal(engine.name === 'sqlite' ? 'BEGIN' : 'START')
    expect(await statementsOf('PATCH', `/mine/${id}`, { weight: 6 }, 'ada')).to.deep.equal(one)
    expect(await statementsOf('DELETE', `/mine/${id}`, undefined, 'ada')).to.deep.equal(['UPDATE'])
    expect(await parcels().findById(id)).to.equal(null)
    await parcels().restore(id)
    expect(await parcels().findById(id)).to.include({ weight: 6, slug: 'parcel' })
  })

  it('read a row once that a rule has to see, and write it by one more', async () => {
    const known = ['SELECT', 'UPDATE']
    for (const prefix of ['owned', 'layered']) {
      const id = await parcel()
      const changed = await statementsOf('PATCH', `/${prefix}/${id}`, { weight: 4 }, 'ada')
      const deleted = await statementsOf('DELETE', `/${prefix}/${id}`, undefined, 'ada')
      // MariaDB returns no row that it has changed, and numbers no version of one.
      if (mariadb) expect([changed[0], deleted[0]]).to.deep.equal(['START', 'START'])
      else expect([changed, deleted]).to.deep.equal([known, known])
      expect(await parcels().unscoped().findById(id)).to.include({ weight: 4, isDeleted: true })
    }
  })

  it('let a service write that is not as all are', async () => {
    const id = await parcel()
    fieldCalls.length = 0
    expect((await statementsOf('DELETE', `/field-service/${id}`)).length).to.be.above(1)
    expect(fieldCalls).to.deep.equal([1])
    expect((await statementsOf('PATCH', `/own-service/${await parcel()}`, { weight: 5 })).length).to.be.above(1)
  })

  it('ask a rule that takes time in a unit of work', async () => {
    inUnit = () => dataSource.isInUnit
    const id = await parcel()
    const patch = (as: string) => served.request('PATCH', `/slow/${id}`, { as, body: { weight: 9 } })
    expect([(await patch('eve')).status, (await patch('ada')).status]).to.deep.equal([403, 200])
    expect(await parcels().findById(id)).to.include({ weight: 9 })
    asked.length = 0
    expect((await patch('ada')).status).to.equal(200)
    expect(asked).to.deep.equal([true])
  })

  it('decide about the row that is written, whoever else writes to it', async () => {
    const bodies = Array.from({ length: 4 }, (_, index) => [{ owner: 'eve' }, { weight: 20 + index }]).flat()
    const race = async (path: string) => {
      const sending = bodies.map((body) => served.request('PATCH', path, { as: 'ada', body }))
      return (await Promise.all(sending)).map(({ status }) => status)
    }
    const id = await parcel()
    // Which of those that do not give it away come first is open.
    const answers = await race(`/owned/${id}`)
    expect(answers.filter((_, index) => index % 2 === 0)).to.include(200)
    expect(await race(`/owned/${id}`)).to.deep.equal(bodies.map(() => 403))
    expect((await parcels().findById(id))?.owner).to.equal('eve')
    // The scope lets no row leave it, and nobody keeps the others waiting for good.
    const kept = await parcel()
    const expected = bodies.map((body) => ('owner' in body ? 403 : 200))
    expect(await race(`/layered/${kept}`)).to.deep.equal(expected)
    expect((await parcels().findById(kept))?.owner).to.equal('ada')
  })

  it('make a row by one that makes sure of its slug, by three where it is taken, and by two where it was not long ago', async () => {
    const one = { sqlite: ['INSERT'], postgres: ['WITH'], mariadb: ['START', 'INSERT', 'INSERT'] }[engine.name]
    const own = ['SELECT', 'SELECT', 'INSERT']
    const looking = engine.name === 'sqlite' ? ['BEGIN', ...own] : ['START', 'INSERT', ...own]
    for (const prefix of ['plain', 'served', 'slugs', 'layered']) {
      const body = { title: `Made for ${prefix}`, weight: 1, owner: 'ada' }
      const created = await statementsOf('POST', `/${prefix}`, body, 'ada')
      expect(created).to.deep.equal(one)
      const again = await statementsOf('POST', `/${prefix}`, body, 'ada')
      // What is tried first writes nothing; then a number is taken.
      const numbered = engine.name === 'mariadb' ? one : ['INSERT', ...one]
      expect(again.filter((word) => word !== 'ROLLBACK')).to.deep.equal([...one, ...numbered])
      expect(await statementsOf('POST', `/${prefix}`, body, 'ada')).to.deep.equal(numbered)
      const seen = await statementsOf('POST', '/seen', { ...body, title: `Seen ${prefix}` })
      expect(seen).to.include.members(looking)
    }
    expect(await statementsOf('POST', '/stamped', { title: 'one' })).to.deep.equal(['INSERT'])
  })

  it('remove a row for good by one statement, where nothing hears of it', async () => {
    const repository = dataSource.getRepository(Crate)
    const crate = async () => (await repository.save({} as Crate)).id
    expect(await statementsOf('DELETE', `/crates/${await crate()}`)).to.deep.equal(['DELETE'])
    const seen = ['SELECT', 'DELETE']
    const owned = await statementsOf('DELETE', `/owned-crates/${await crate()}`, undefined, 'ada')
    if (mariadb) expect(owned[0]).to.equal('START')
    else expect(owned).to.deep.equal(seen)
    expect(await repository.count()).to.equal(0)

    const kept = await crate()
    await dataSource.getRepository(Lid).save({ crate: { id: kept } } as Lid)
    const told: unknown[] = []
    const deaf = dataSource.events.onCommitted(({ kind, entity, ids }) => void told.push([kind, entity, ids]))
    const expected = [
      [204, undefined],
      [404, 'NOT_FOUND'],
      [409, 'REFERENCED'],
      [404, 'NOT_FOUND'],
    ]
    for (const prefix of ['crates', 'seen-crates']) {
      const outcomes: unknown[] = []
      const gone = await crate()
      told.length = 0
      for (const id of [gone, gone, kept, 'one']) {
        const { status, body } = await served.request('DELETE', `/${prefix}/${id}`)
        outcomes.push([status, body['code']])
      }
      expect(told).to.deep.equal([['delete', Crate, [gone]]])
      expect(outcomes, prefix).to.deep.equal(expected)
    }
    deaf()
    expect((await served.request('DELETE', `/owned-crates/${kept}`, { as: 'eve' })).status).to.equal(404)
    const racing = await crate()
    const answers = await Promise.all(Array.from({ length: 8 }, () => served.request('DELETE', `/crates/${racing}`)))
    expect(answers.map(({ status }) => status)).to.have.members([204, ...Array.from({ length: 7 }, () => 404)])
    const deafAgain = dataSource.events.listen(on(Crate, { afterDelete: ({ ids }) => void told.push(ids) }))
    expect((await statementsOf('DELETE', `/crates/${await crate()}`)).length).to.be.above(1)
    deafAgain()
    expect(told.at(-1)).to.have.length(1)
  })

  it('leave a row alone that TypeORM alone hides', async () => {
    const repository = dataSource.getRepository(Discarded)
    const { id } = await repository.save({} as Discarded)
    await repository.query(`UPDATE discarded SET ${dataSource.driver.escape('deletedAt')} = '2024-01-01 00:00:00'`)
    for (const [method, body] of [
      ['PATCH', { weight: 2 }],
      ['DELETE', undefined],
    ] as const) {
      expect((await served.request(method, `/discarded/${id}`, { body })).status).to.equal(404)
    }
    expect(await repository.findOne({ where: { id }, withDeleted: true })).to.include({ weight: 1 })
  })

  it('undo a row that is refused, and what came with it', async () => {
    const before = await parcels().companion('slug_history').count()
    await parcel({ mark: 'only' })
    for (const prefix of ['plain', 'served']) {
      const body = { title: 'Refused', mark: 'only', weight: 1, owner: 'ada' }
      const { status, body: problem } = await served.request('POST', `/${prefix}`, { body })
      expect([status, problem['code']]).to.deep.equal([409, 'DUPLICATE'])
    }
    expect(await parcels().unscoped().countBy({ title: 'Refused' })).to.equal(0)
    expect(await parcels().companion('slug_history').count()).to.equal(before)
  })

  const bodies: readonly (readonly [what: string, method: string, body: object | undefined, path?: string])[] = [
    ['a change', 'PATCH', { weight: 7, mark: null }],
    ['a change of what decides about a slug', 'PATCH', { title: 'Another title' }],
    ['a change of nothing', 'PATCH', {}],
    ['a part of a document', 'PATCH', { metadata: { a: { b: 1 }, gone: null } }],
    [
      'a new row',
      'POST',
      { title: 'Same title', mark: 'other', weight: 5, owner: 'eve', metadata: { a: [1, 'ä'] } },
      '',
    ],
    ['a new row of little', 'POST', { title: 'Same title' }, ''],
    ['a new row that is given a slug', 'POST', { title: 'Same title', slug: 'By Hand' }, ''],
    ['a new row that is given a slug that is taken', 'POST', { title: 'Same title', slug: 'same-title' }, ''],
    ['a new row without a title', 'POST', { weight: 5 }, ''],
    ['a new row with a value that is taken', 'POST', { title: 'Same title', mark: 'taken' }, ''],
    ['a new row with a value that is too long', 'POST', { title: 'Same title', owner: 'o'.repeat(21) }, ''],
    ['a new row with metadata that is none', 'POST', { title: 'Same title', metadata: 5 }, ''],
    ['a whole row', 'PUT', { title: 'Whole', mark: null, weight: 1, owner: 'eve', metadata: { a: 1 } }],
    ['a value that is taken', 'PATCH', { mark: 'taken' }],
    ['a value that is too long', 'PATCH', { owner: 'o'.repeat(21) }],
    ['a value of another type', 'PATCH', { weight: 'seven' }],
    ['a field that cannot be written', 'PATCH', { id: 9 }],
    ['no such row', 'PATCH', { weight: 1 }, '2000000000'],
    ['no such key', 'PATCH', { weight: 1 }, 'one'],
    ['what the metadata may not hold', 'PATCH', { metadata: [1] }],
    ['a deletion', 'DELETE', undefined],
    ['a deletion of no such row', 'DELETE', undefined, '2000000000'],
  ]

  for (const [what, method, body, path] of bodies) {
    it(`do with ${what} what those do that have to see the row`, async () => {
      await parcels().delete({ mark: 'taken' })
      await parcel({ mark: `taken` })
      const outcomes: unknown[] = []
      for (const prefix of ['plain', 'seen']) {
        const id = await parcel({ title: 'Same title', metadata: { a: { c: 2 }, gone: 1 } })
        // What is written in the same millisecond has the same instant.
        await delay(2)
        const told: unknown[] = []
        const deaf = dataSource.events.onCommitted(({ kind, entity, ids }) => {
          told.push([kind, entity.name, ids === 'many' ? ids : ids.length])
        })
        const address = path === '' ? `/${prefix}` : `/${prefix}/${path ?? id}`
        const { status, body: answer, headers } = await served.request(method, address, { body })
        deaf()
        const written = status === 201 ? Number(answer['id']) : id
        if (status === 201) expect(headers.get('location')).to.equal(`/${prefix}/${written}`)
        const stored = await parcels().unscoped().findById(written)
        const { createdAt, updatedAt, deletedAt, deletionId, slug: _, ...row } = stored!
        outcomes.push({
          status,
          answer: { ...answer, id: undefined, slug: undefined, instance: undefined, requestId: undefined },
          known: [...headers.keys()].toSorted(),
          told,
          row: {
            ...row,
            id: undefined,
            slug: path === '' && stored!.slug.replace(/^same-title(-\d+)?$/, ''),
            wasDeleted: deletedAt !== null,
            hasOperation: deletionId !== null,
          },
          written: updatedAt > createdAt,
          shown: status === 201 && { ...answer, id: 0, slug: 0, title: stored!.title === answer['title'] },
        })
        await parcels().purge([...new Set([id, written])])
      }
      expect(outcomes[0]).to.deep.equal(outcomes[1])
      await parcels().delete({ mark: 'taken' })
      await parcels().unscoped().update({ mark: 'taken' }, { mark: null })
    })
  }

  it('ask a rule about the row with the row', async () => {
    const id = await parcel()
    expect((await served.request('PATCH', `/owned/${id}`, { as: 'eve', body: { weight: 9 } })).status).to.equal(403)
    expect((await served.request('DELETE', `/owned/${id}`, { as: 'eve' })).status).to.equal(403)
    expect((await served.request('PATCH', `/owned/${id}`, { as: 'ada', body: { weight: 9 } })).status).to.equal(200)
    expect(await parcels().findById(id)).to.include({ weight: 9 })
  })

  it('keep a row inside of the scope, and leave those outside of it alone', async () => {
    const id = await parcel()
    expect((await served.request('PATCH', `/mine/${id}`, { as: 'eve', body: { weight: 9 } })).status).to.equal(404)
    expect((await served.request('DELETE', `/mine/${id}`, { as: 'eve' })).status).to.equal(404)
    const moved = await served.request('PATCH', `/mine/${id}`, { as: 'ada', body: { owner: 'eve' } })
    expect([moved.status, moved.body['code']]).to.deep.equal([403, 'OUTSIDE_SCOPE'])
    expect(await parcels().findById(id)).to.include({ weight: 3, owner: 'ada' })
  })

  it('write on the conditions of the request', async () => {
    const { id } = await dataSource.getRepository(Stamped).save({ title: 'one' } as Stamped)
    const { headers } = await served.request('GET', `/stamped/${id}`)
    const tag = headers.get('etag')!
    const conditional = { headers: { 'if-match': tag }, body: { title: 'two' } }
    expect((await served.request('PATCH', `/stamped/${id}`, conditional)).status).to.equal(200)
    expect((await served.request('PATCH', `/stamped/${id}`, conditional)).status).to.equal(412)
  })

  it('lose nothing of what several clients change at once', async () => {
    const id = await parcel()
    const bodies = [{ weight: 50 }, { owner: 'eve' }, { mark: 'own' }, { weight: 50 }, { owner: 'eve' }]
    const answers = await Promise.all(bodies.map((body) => served.request('PATCH', `/plain/${id}`, { body })))
    expect(answers.map(({ status }) => status)).to.deep.equal(bodies.map(() => 200))
    expect(await parcels().findById(id)).to.include({ weight: 50, owner: 'eve', mark: 'own' })
    const deletions = await Promise.all(bodies.map(() => served.request('DELETE', `/plain/${id}`)))
    expect(deletions.map(({ status }) => status)).to.have.members([204, 404, 404, 404, 404])
  })
})
