import { expect } from 'chai'
import { Column, Entity, In, JoinTable, ManyToMany, ManyToOne, PrimaryColumn, type Relation } from 'typeorm'
import {
  type HasMetadata,
  healLists,
  Metadata,
  OnDelete,
  Orderable,
  type Ordered,
  reslugAll,
  Sluggable,
  type Slugged,
  type SoftDeletable,
  SoftDelete,
  type Timestamped,
  Timestamps,
  TouchParent,
  withNumberedSlugs,
  withPlace,
} from '../../decorators/index.js'
import {
  createDataSource,
  eq,
  type ModelDataSource,
  type ModelRepository,
  ModelService,
  restoreDeletion,
  silentLogger,
} from '../../src/index.js'
import { failure } from '../orm/writes/library.js'
import { type Database, describeOnEngines } from '../support/engines.js'

@Entity()
class Tag {
  @PrimaryColumn({ type: 'int' })
  id!: number
}

@Entity()
@SoftDelete()
@Timestamps({ touchOnRelations: true })
@TouchParent({ relation: 'above' })
@Orderable({ within: ['list'] })
@Sluggable({ from: 'title' })
@Metadata()
class Item {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'varchar', length: 20 })
  title!: string

  @Column({ type: 'int', default: 1 })
  list!: number

  @Column({ type: 'int', default: 0 })
  count!: number

  @ManyToOne(() => Item)
  @OnDelete('cascade')
  above!: Relation<Item> | null

  @ManyToMany(() => Tag)
  @JoinTable()
  tags!: Relation<Tag>[]
}
interface Item extends SoftDeletable, Timestamped, Ordered, Slugged, HasMetadata {}

class ItemService extends ModelService(Item) {}
const noon = Date.UTC(2024, 1, 29, 12)

/** What a write must do to the rows 1, 2, 3 of a list: the ids of those it writes. */
type Way = readonly [write: () => Promise<unknown>, written: readonly number[]]

describeOnEngines('updatedAt', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let items: ModelRepository<Item>
  let tags: ReturnType<typeof linksOf>
  const clock = { instant: noon, now: () => new Date(clock.instant) }
  const linksOf = (id: number) => dataSource.createQueryBuilder().relation(Item, 'tags').of(id)

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Item, Tag], clock }).initialize()
    await dataSource.synchronize()
    items = dataSource.getRepository(Item)
    tags = linksOf(1)
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(async () => {
    const above = dataSource.driver.escape('aboveId')
    await dataSource.query('DELETE FROM item_tags_tag')
    await dataSource.query(`UPDATE item SET ${above} = NULL`)
    for (const table of ['item', 'item_slug_history', 'tag']) await dataSource.query(`DELETE FROM ${table}`)
    await dataSource.getRepository(Tag).insert([{ id: 1 }, { id: 2 }])
    clock.instant = noon
    await items.insert([1, 2, 3].map((id) => ({ id, title: `t${id}` })))
    await tags.add(1)
    await items.insert({ id: 4, title: 'hidden' })
    await items.delete(4)
  })

  const instants = async () => {
    const found = await items.unscoped().find({ order: { id: 'ASC' } })
    return Object.fromEntries(found.map(({ id, updatedAt }) => [id, updatedAt.getTime() - noon]))
  }
  const load = (id: number) => items.findOneByOrFail({ id })
  const builder = () => items.createQueryBuilder().update()

  const ways: Readonly<Record<string, Way>> = {
    'save of what was loaded': [async () => items.save(Object.assign(await load(1), { count: 5 })), [1]],
    'save of a part': [() => items.save({ id: 1, count: 5 }), [1]],
    'save of many': [() => items.save([1, 2, 3].map((id) => ({ id, count: 5 }))), [1, 2, 3]],
    'save that moves to another list': [() => items.save({ id: 1, list: 2 }), [1]],
    'save of links alone': [() => items.save({ id: 1, tags: [{ id: 2 }] }), [1]],
    'save in a unit of work': [() => dataSource.atomic(() => items.save({ id: 1, count: 5 })), [1]],
    'save by the manager': [() => dataSource.manager.save(Item, { id: 1, count: 5 }), [1]],
    'update by id': [() => items.update(1, { count: 5 }), [1]],
    'update of a parent': [() => items.update(1, { above: { id: 2 } }), [1, 2]],
    'update by criteria': [() => items.update({ id: In([1, 3]) }, { count: 5 }), [1, 3]],
    'update of all': [() => items.updateAll({ count: 5 }), [1, 2, 3]],
    'update by an expression of SQL': [() => items.update(1, { count: () => 'count + 1' }), [1]],
    'update of hidden rows too': [() => items.unscoped().update({ id: In([1, 4]) }, { count: 5 }), [1, 4]],
    'update that gives an older one': [() => items.update(1, { count: 5, updatedAt: new Date(noon - 99) }), [1]],
    'update by a builder': [() => builder().set({ count: 5 }).where('id < :id', { id: 3 }).execute(), [1, 2]],
    'update by a builder of the data source': [
      () => dataSource.createQueryBuilder().update(Item).set({ count: 5 }).whereInIds([1]).execute(),
      [1],
    ],
    increment: [() => items.increment({ id: 1 }, 'count', 1), [1]],
    decrement: [() => items.decrement({ id: In([1, 2]) }, 'count', 1), [1, 2]],
    'updateOrCreate of what is there': [
      () => items.updateOrCreate({ slug: 't1', list: 1, count: 5 }, { by: ['slug'] }),
      [1],
    ],
    delete: [() => items.delete(1), [1]],
    'delete of many': [() => items.delete([1, 2, 3]), [1, 2, 3]],
    'delete of all': [() => items.deleteAll(), [1, 2, 3]],
    'delete by a builder': [() => items.createQueryBuilder().delete().where('id = 1').execute(), [1]],
    'remove of a tag that it has': [() => dataSource.getRepository(Tag).delete(1), [1]],
    restore: [() => items.restore(4), [4]],
    touch: [() => items.touch([1, 2]), [1, 2]],
    moveTo: [() => items.moveTo(1, { position: 3 }), [1]],
    moveUp: [() => items.moveUp(3), [3]],
    moveDown: [() => items.moveDown(1, { by: 2 }), [1]],
    moveBefore: [() => items.moveBefore([2, 3], { id: 1 }), [2, 3]],
    moveAfter: [() => items.moveAfter(1, { id: 3 }), [1]],
    moveToTop: [() => items.moveToTop(3), [3]],
    moveToBottom: [() => items.moveToBottom(1), [1]],
    moveToList: [() => items.moveToList(1, { list: { list: 2 } }), [1]],
    'moves at a place': [() => withPlace(Item, 'first', () => items.update(2, { list: 9 })), [2]],
    reorder: [() => items.reorder([2, 1, 3]), [1, 2]],
    removeFromList: [() => items.removeFromList(1), [1]],
    reslug: [
      async () => {
        await items.update(1, { title: 'new' })
        await items.reslug(1)
      },
      [1],
    ],
    reslugAll: [
      async () => {
        await items.update(1, { title: 'new' })
        await reslugAll(items, { where: eq('id', 1) })
      },
      [1],
    ],
    'a slug by hand': [() => withNumberedSlugs(() => items.update(1, { slug: 't2' })), [1]],
    mergeMetadata: [() => items.mergeMetadata([1, 2], { patch: { a: 1 } }), [1, 2]],
    setMetadata: [() => items.setMetadata(1, { path: ['a'], value: 1 }), [1]],
    unsetMetadata: [() => items.unsetMetadata(1, { path: ['a'] }), [1]],
    incrementMetadata: [() => items.incrementMetadata(1, { path: ['n'], by: 1 }), [1]],
    'links by a builder': [() => tags.addAndRemove(2, 1), [1]],
    'what belongs to it': [() => items.update(2, { above: { id: 1 } }), [1, 2]],
    'a delete that goes along': [
      async () => {
        clock.instant -= 1
        await items.update(2, { above: { id: 1 } })
        clock.instant += 1
        await items.delete(1)
      },
      [1, 2],
    ],
    restoreDeletion: [
      async () => {
        const { operation } = await items.delete([1, 2])
        await restoreDeletion(dataSource, operation)
      },
      [1, 2],
    ],
    'update by a service': [() => new ItemService({ dataSource, logger: silentLogger }).update(1, { count: 5 }), [1]],
  }

  for (const [way, [write, written]] of Object.entries(ways)) {
    it(`is set by ${way}, and of these rows alone`, async () => {
      clock.instant = noon + 1000
      await write()
      const expected = Object.fromEntries([1, 2, 3, 4].map((id) => [id, written.includes(id) ? 1000 : 0]))
      expect(await instants()).to.deep.equal(expected)
    })

    it(`never goes back by ${way}`, async () => {
      clock.instant = noon - 1000
      await write()
      expect(await instants()).to.deep.equal({ 1: 0, 2: 0, 3: 0, 4: 0 })
    })
  }

  const refused: Readonly<Record<string, () => Promise<unknown>>> = {
    'an upsert': () => items.upsert({ id: 1, title: 'new' }, ['id']),
    "TypeORM's soft delete": () => items.createQueryBuilder().softDelete().where('id = 1').execute(),
    "TypeORM's restore": () => items.createQueryBuilder().restore().where('id = 4').execute(),
    softRemove: async () => dataSource.manager.softRemove(await load(1)),
    recover: async () => dataSource.manager.recover(await load(1)),
    remove: async () => items.remove(await load(1)),
    clear: () => items.clear(),
  }
  for (const [way, write] of Object.entries(refused)) {
    it(`is not passed by ${way}, which is refused`, async () => {
      clock.instant = noon + 1000
      expect((await failure(write())).message).to.include('E_UNRULED_WRITE')
      expect(await instants()).to.deep.equal({ 1: 0, 2: 0, 3: 0, 4: 0 })
    })
  }

  it('stays where nothing is written: moves to where a row stands, slugs that are current, equal metadata', async () => {
    clock.instant = noon + 1000
    await items.moveTo(1, { position: 1 })
    await items.reorder([1, 2, 3])
    await items.reslug([1, 2])
    await items.save(await load(1))
    await items.save({ id: 1, metadata: {} })
    await reslugAll(items)
    await healLists(items)
    expect(await instants()).to.deep.equal({ 1: 0, 2: 0, 3: 0, 4: 0 })
  })

  it('is that of the insert for what updateOrCreate creates', async () => {
    clock.instant = noon + 1000
    await items.updateOrCreate({ id: 5, slug: 'new', title: 'new', list: 1 }, { by: ['slug'] })
    expect((await instants())[5]).to.equal(1000)
  })

  it('grows with every write of many at once, and is that of the last', async () => {
    clock.instant = noon + 500
    const late = items.increment({ id: 1 }, 'count', 1)
    clock.instant = noon + 100
    const early = Array.from({ length: 8 }, () => items.increment({ id: 1 }, 'count', 1))
    await Promise.all([late, ...early])
    const { count } = await load(1)
    expect([count, (await instants())[1]]).to.deep.equal([9, 500])
  })
})
