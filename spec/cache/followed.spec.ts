import { expect } from 'chai'
import { type AnyClass, Cache, type ModelDataSource, memoryBackend, silentLogger } from 'plinth'
import { type Database, describeOnEngines } from '../support/engines.js'
import { until } from '../support/redis.js'
import { Label, Maker, Note, Order, openShelf, Piece, shelfEntities, Ware } from './shelf.js'

/** Something that a spec lets happen. */
function gate() {
  let open: (() => void) | undefined
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { opened, open: () => open?.() }
}

describeOnEngines('A cache that follows a data source', (engine) => {
  let dataSource: ModelDataSource
  let database: Database
  let cache: Cache
  let made: number
  let errors: unknown[]

  beforeEach(async () => {
    ;({ dataSource, database } = await openShelf(engine, (error) => errors.push(error)))
    errors = []
    cache = new Cache({ logger: silentLogger })
    made = 0
  })

  afterEach(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  const count = (): Promise<number> =>
    cache.cached('count', { timeout: 60, tags: [Ware] }, () => dataSource.getRepository(Ware).count())
  /** How often it was made, without a look at the database, which one connection may keep. */
  const times = (entity: AnyClass = Ware): Promise<number> =>
    cache.cached(entity.name, { timeout: 60, tags: [entity] }, () => (made += 1))

  /** Whether what was made of each entity counts no more after some work. */
  const forgotten = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
    cache = new Cache({ logger: silentLogger, backend: memoryBackend() })
    cache.follow(dataSource, shelfEntities)
    const before = new Map<AnyClass, number>()
    for (const entity of shelfEntities) before.set(entity, await times(entity))
    await work()
    const names: string[] = []
    for (const entity of shelfEntities) if ((await times(entity)) !== before.get(entity)) names.push(entity.name)
    return names
  }

  describe('hears of what was written before it listened', () => {
    const writes: Readonly<Record<string, (name: string) => Promise<unknown>>> = {
      'by criteria': (name) => dataSource.getRepository(Ware).update({ id: 1 }, { name }),
      'by save': (name) => dataSource.getRepository(Ware).save({ id: 1, name }),
      'by insert': (name) => dataSource.getRepository(Ware).insert({ name }),
      'by a query builder': (name) =>
        dataSource.createQueryBuilder().update(Ware).set({ name }).where({ id: 1 }).execute(),
    }
    for (const [way, write] of Object.entries(writes)) {
      it(`in a unit of work, ${way}`, async () => {
        cache.follow(dataSource, shelfEntities)
        const written = gate()
        const may = gate()
        const unit = dataSource.atomic(async () => {
          await write('new')
          written.open()
          await may.opened
        })
        await written.opened
        expect(await times()).to.equal(1)
        may.open()
        await unit
        expect(await times()).to.equal(2)
        expect(await times()).to.equal(2)
      })
    }

    it('in a transaction of a runner', async () => {
      cache.follow(dataSource, shelfEntities)
      const runner = dataSource.createQueryRunner()
      await runner.startTransaction()
      await runner.manager.getRepository(Ware).update({ id: 1 }, { name: 'new' })
      expect(await times()).to.equal(1)
      await runner.commitTransaction()
      await runner.release()
      expect(await times()).to.equal(2)
    })

    it('but of nothing that was undone', async () => {
      cache.follow(dataSource, shelfEntities)
      const written = gate()
      const may = gate()
      const unit = dataSource.atomic(async () => {
        await dataSource.getRepository(Ware).update({ id: 1 }, { name: 'new' })
        written.open()
        await may.opened
        throw new Error('undo')
      })
      await written.opened
      await times()
      may.open()
      await unit.catch(() => {})
      expect(await times()).to.equal(1)
    })
  })

  it('lets writes cost nothing before it was asked for something', async () => {
    cache.follow(dataSource, shelfEntities)
    expect(dataSource.events.watched).to.equal(false)
    await times()
    expect(dataSource.events.watched).to.equal(true)
  })

  it('hears at once where it was asked before', async () => {
    expect(await times()).to.equal(1)
    cache.follow(dataSource, shelfEntities)
    await dataSource.getRepository(Ware).insert({ name: 'new' })
    expect(await times()).to.equal(2)
  })

  it('keeps nothing that a unit of work has seen', async () => {
    cache.follow(dataSource, shelfEntities)
    const undone = dataSource.atomic(async () => {
      await dataSource.getRepository(Ware).insert({ name: 'ghost' })
      expect(await count()).to.equal(2)
      throw new Error('undo')
    })
    await undone.catch((error: Error) => expect(error.message).to.equal('undo'))
    expect(await count()).to.equal(1)
  })

  it('gives a unit of work nothing that others have made, and others nothing that it makes', async () => {
    cache.follow(dataSource, shelfEntities)
    expect(await count()).to.equal(1)
    const making = gate()
    const may = gate()
    const unit = dataSource.atomic(async () => {
      await dataSource.getRepository(Ware).insert({ name: 'new' })
      expect(await count()).to.equal(2)
      const own = cache.cached('flight', { timeout: 60 }, async () => {
        making.open()
        await may.opened
        return 'of the unit'
      })
      expect(await own).to.equal('of the unit')
    })
    await making.opened
    expect(await cache.cached('flight', { timeout: 60 }, () => 'of another')).to.equal('of another')
    may.open()
    await unit
    expect(await cache.cached('flight', { timeout: 60 }, () => 'nobody')).to.equal('of another')
    expect(await count()).to.equal(2)
  })

  if (engine.name !== 'sqlite') {
    it('keeps nothing of an old snapshot', async () => {
      cache.follow(dataSource, shelfEntities)
      const wares = dataSource.getRepository(Ware)
      const unit = async (): Promise<void> => {
        expect(await wares.count()).to.equal(1)
        await dataSource.atomic(() => wares.insert({ name: 'new' }), { propagation: 'new' })
        expect(await count()).to.equal(1)
      }
      await dataSource.atomic(unit, { isolation: 'REPEATABLE READ' })
      expect(await count()).to.equal(2)
    })
  }

  it('forgets what a unit of work names once it is committed, too', async () => {
    cache.follow(dataSource, shelfEntities)
    const named = gate()
    const may = gate()
    const unit = dataSource.atomic(async () => {
      await dataSource.query(`UPDATE ware SET name = 'new'`)
      await cache.invalidate(Ware)
      named.open()
      await may.opened
    })
    await named.opened
    expect(await times()).to.equal(1)
    may.open()
    await unit
    expect(await times()).to.equal(2)
  })

  describe('hears of what the database changes by itself', () => {
    const deletes: Readonly<Record<string, () => Promise<unknown>>> = {
      'delete()': () => dataSource.getRepository(Maker).delete({ id: 1 }),
      'delete() by an id': () => dataSource.getRepository(Maker).delete(1),
      'deleteAll()': () => dataSource.getRepository(Maker).deleteAll(),
      'remove()': async () =>
        dataSource.getRepository(Maker).remove(await dataSource.getRepository(Maker).findOneByOrFail({ id: 1 })),
      'a query builder': () => dataSource.createQueryBuilder().delete().from(Maker).where({ id: 1 }).execute(),
    }
    for (const [way, remove] of Object.entries(deletes)) {
      it(`by foreign keys of foreign keys, and by links: ${way}`, async () => {
        expect(await forgotten(remove)).to.deep.equal(['Maker', 'Label', 'Ware', 'Piece', 'Note'])
        expect(await dataSource.getRepository(Ware).count()).to.equal(0)
        expect(await dataSource.getRepository(Piece).count()).to.equal(0)
        expect(await dataSource.getRepository(Note).find({ relations: { piece: true } })).to.deep.equal([
          { id: 1, piece: null },
        ])
      })
    }

    it('by links of a row at either end', async () => {
      expect(await forgotten(() => dataSource.getRepository(Label).delete({ id: 1 }))).to.deep.equal(['Label', 'Ware'])
    })

    it('and of nothing else', async () => {
      expect(await forgotten(() => dataSource.getRepository(Note).delete({ id: 1 }))).to.deep.equal(['Note'])
      expect(await forgotten(() => dataSource.getRepository(Order).delete({ id: 1 }))).to.deep.equal(['Order'])
      expect(await forgotten(() => dataSource.getRepository(Maker).update({ id: 1 }, { name: 'Bolt' }))).to.deep.equal([
        'Maker',
      ])
      expect(await forgotten(() => dataSource.getRepository(Maker).insert({ name: 'Coil' }))).to.deep.equal(['Maker'])
    })
  })

  it('hears of a write before others that listen are done, and although they fail', async () => {
    const heard = gate()
    const may = gate()
    dataSource.events.onCommitted(() => Promise.reject(new Error('broken')))
    dataSource.events.onCommitted(async () => {
      heard.open()
      await may.opened
    })
    cache.follow(dataSource, shelfEntities)
    expect(await times()).to.equal(1)
    const writing = dataSource.getRepository(Ware).update({ id: 1 }, { name: 'new' })
    await heard.opened
    expect(await times()).to.equal(2)
    may.open()
    await writing
    await until(() => errors.length > 0)
    expect(errors.map(String)).to.deep.equal(['Error: broken'])
  })

  it('is told of the entities whose rows go with deleted ones', async () => {
    const heard: unknown[] = []
    dataSource.events.onCommitted(({ kind, entity, ids, also }) => void heard.push([kind, entity, ids, also]))
    await dataSource.getRepository(Maker).delete({ id: 1 })
    await dataSource.getRepository(Note).delete({ id: 1 })
    expect(heard).to.deep.equal([
      ['delete', Maker, [1], [Ware, Piece, Label, Note]],
      ['delete', Note, [1], undefined],
    ])
  })
})
