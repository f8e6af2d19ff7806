import { expect } from 'chai'
import { Column, Entity, JoinTable, ManyToMany, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm'
import {
  OnDelete,
  Orderable,
  type Ordered,
  readList,
  Sluggable,
  type Slugged,
  type SoftDeletable,
  SoftDelete,
  type Timestamped,
  Timestamps,
} from '../../../decorators/index.js'
import { createDataSource, type ModelDataSource, restoreDeletion } from '../../../src/index.js'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { failure } from './library.js'

@Entity()
@SoftDelete()
@Orderable()
@Sluggable({ from: 'title' })
class Chapter {
  @PrimaryGeneratedColumn()
  id!: number

  @Column({ type: 'varchar', length: 40, unique: true })
  code!: string

  @Column({ type: 'varchar', length: 40 })
  title!: string
}
interface Chapter extends SoftDeletable, Ordered, Slugged {}

/** Notes restrict the deletion of their chapter, marks lose it. */
@Entity()
class Note {
  @PrimaryGeneratedColumn()
  id!: number

  @OnDelete('restrict')
  @ManyToOne(() => Chapter)
  chapter!: Relation<Chapter>
}

@Entity()
class Mark {
  @PrimaryGeneratedColumn()
  id!: number

  @OnDelete('detach')
  @ManyToOne(() => Chapter, { nullable: true })
  chapter!: Relation<Chapter> | null
}

@Entity()
class Tag {
  @PrimaryGeneratedColumn()
  id!: number
}

@Entity()
@Timestamps({ touchOnRelations: true })
class Card {
  @PrimaryGeneratedColumn()
  id!: number

  @ManyToMany(() => Tag)
  @JoinTable()
  tags!: Relation<Tag>[]
}
interface Card extends Timestamped {}

describeOnEngines(
  'Rules of units that have read what is no longer so',
  (engine) => {
    let database: Database
    let dataSource: ModelDataSource
    let clock = Date.UTC(2024, 1, 1)

    before(async () => {
      database = await engine.create()
      const entities = [Chapter, Note, Mark, Tag, Card]
      dataSource = await createDataSource({
        ...database.options,
        entities,
        clock: { now: () => new Date(clock) },
      }).initialize()
      await dataSource.synchronize()
    })
    after(async () => {
      await dataSource?.destroy()
      await database?.drop()
    })
    beforeEach(async () => {
      for (const table of ['note', 'mark', 'chapter']) await dataSource.query(`DELETE FROM ${table}`)
    })

    const chapters = () => dataSource.getRepository(Chapter)
    let code = 0
    const add = (title: string) => chapters().save(chapters().create({ title, code: `c${++code}` }))
    const order = async () => (await chapters().find()).map(({ slug, position }) => [slug, position])

    /**
     * A unit that reads, does not see what another one commits then, and writes.
     * @returns how often its work ran.
     */
    async function late(other: () => Promise<unknown>, work: () => Promise<unknown>): Promise<number> {
      let runs = 0
      await dataSource.atomic(
        async () => {
          runs += 1
          const before = await chapters().withDeleted().find()
          if (runs === 1) await dataSource.atomic(other, { propagation: 'new' })
          const again = await chapters().withDeleted().find()
          expect(again).to.deep.equal(before)
          await work()
        },
        { isolation: 'REPEATABLE READ' },
      )
      return runs
    }

    // PostgreSQL refuses writes that come too late, so there the unit runs again.
    const runs = engine.name === 'postgres' ? 2 : 1

    it('find the next slug and the end of the list', async () => {
      await add('same')
      const count = await late(
        () => add('same'),
        () => add('same'),
      )
      expect(count).to.equal(runs)
      expect(await order()).to.deep.equal([
        ['same', 1],
        ['same-2', 2],
        ['same-3', 3],
      ])
    })

    it('find it where nobody had the slug or stood in the list', async () => {
      const count = await late(
        () => add('first'),
        () => add('first'),
      )
      expect(count).to.equal(runs)
      expect(await order()).to.deep.equal([
        ['first', 1],
        ['first-2', 2],
      ])
    })

    it('put rows back into the list as it is now', async () => {
      const [one, two, three] = [await add('one'), await add('two'), await add('three')]
      await chapters().delete(two.id)
      await late(
        () => chapters().delete(three.id),
        () => chapters().restore(two.id),
      )
      expect(await order()).to.deep.equal([
        ['one', 1],
        ['two', 2],
      ])
      await late(
        () => chapters().restore(three.id),
        () => chapters().moveToBottom(one.id),
      )
      expect((await readList(chapters())).rows.map(({ slug }) => slug)).to.deep.equal(['three', 'two', 'one'])
    })

    it('compare the version of the list as it is now', async () => {
      const one = await add('one')
      await add('two')
      const { version } = await readList(chapters())
      const moving = late(
        () => add('three'),
        () => chapters().moveToBottom(one.id, { expectedVersion: version }),
      )
      expect(await failure(moving)).to.deep.include({ errorCode: 'LIST_CHANGED' })
      expect(await order()).to.deep.equal([
        ['one', 1],
        ['two', 2],
        ['three', 3],
      ])
    })

    it('read lists as the unit sees them, with the version that they had then', async () => {
      await add('one')
      const before = await readList(chapters())
      await dataSource.atomic(
        async () => {
          await chapters().count()
          await dataSource.atomic(() => add('two'), { propagation: 'new' })
          expect(await readList(chapters())).to.deep.equal(before)
        },
        { isolation: 'REPEATABLE READ' },
      )
      expect((await readList(chapters())).version).to.equal(before.version + 1)
    })

    it('answer eight units at once', async () => {
      const unit = () =>
        dataSource.atomic(
          async () => {
            await chapters().count()
            await new Promise(setImmediate)
            await add('many')
          },
          { retries: 50, isolation: 'REPEATABLE READ' },
        )
      await Promise.all(Array.from({ length: 8 }, unit))
      const rows = await chapters().find({ order: { position: 'ASC' } })
      expect(rows.map(({ position }) => position)).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8])
      expect(rows.map(({ slug }) => slug)).to.deep.equal([
        'many',
        ...[2, 3, 4, 5, 6, 7, 8].map((number) => `many-${number}`),
      ])
    })

    // What a unit of PostgreSQL does not see there is no way to ask for.
    if (engine.name === 'postgres') return

    it('update the row that was created meanwhile, and the one that was brought back', async () => {
      const values = { code: 'known', title: 'later' }
      const outcomes: string[] = []
      const write = async () => outcomes.push((await chapters().updateOrCreate(values, { by: ['code'] })).outcome)
      await late(() => chapters().insert({ code: 'known', title: 'first' }), write)
      const { id } = await chapters().findOneByOrFail({ code: 'known' })
      await chapters().delete(id)
      await late(() => chapters().restore(id), write)
      expect(outcomes).to.deep.equal(['updated', 'updated'])
      const rows = await chapters().withDeleted().find()
      expect(rows.map((row) => [row.id, row.title, row.position])).to.deep.equal([[id, 'later', 1]])
    })

    it('are refused by what refers to their rows meanwhile', async () => {
      const chapter = await add('one')
      const deleting = late(
        () => dataSource.getRepository(Note).insert({ chapter }),
        () => chapters().delete(chapter.id),
      )
      expect(await failure(deleting)).to.deep.include({ errorCode: 'RESTRICTED' })
      expect(await chapters().count()).to.equal(1)
    })

    it('take along links that were made, and put back those that were taken, meanwhile', async () => {
      const chapter = await add('one')
      const marks = dataSource.getRepository(Mark)
      let operation = ''
      await late(
        () => marks.insert({ chapter }),
        async () => ({ operation } = await chapters().delete(chapter.id)),
      )
      expect(await marks.find({ relations: { chapter: true } })).to.have.nested.property('[0].chapter', null)
      await restoreDeletion(dataSource, operation)
      expect(await marks.find({ relations: { chapter: true } })).to.have.nested.property('[0].chapter.id', chapter.id)
      await late(
        async () => ({ operation } = await chapters().delete(chapter.id)),
        () => restoreDeletion(dataSource, operation),
      )
      expect(await marks.find({ relations: { chapter: true } })).to.have.nested.property('[0].chapter.id', chapter.id)
    })

    it('hear of links that were made meanwhile to rows that are removed', async () => {
      const cards = dataSource.getRepository(Card)
      const tags = dataSource.getRepository(Tag)
      const tag = await tags.save({})
      const card = await cards.save(cards.create({ tags: [] }))
      // The instant of the later unit is the earlier one, so only the other one writes it if it hears of the link.
      const [earlier, later] = [clock, (clock += 1000)]
      await late(
        async () => {
          clock = earlier
          await dataSource.atomic(
            () => dataSource.createQueryBuilder().relation(Card, 'tags').of(card.id).add(tag.id),
            {
              propagation: 'new',
            },
          )
        },
        () => tags.delete(tag.id),
      )
      const { updatedAt } = await cards.findOneByOrFail({ id: card.id })
      expect(updatedAt.getTime()).to.equal(later)
    })
  },
  ['postgres', 'mariadb'],
)
