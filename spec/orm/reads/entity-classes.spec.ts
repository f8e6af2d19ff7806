import { deepStrictEqual } from 'node:assert/strict'
import { expect } from 'chai'
import {
  AfterLoad,
  Column,
  type DataSource,
  Entity,
  type EntitySubscriberInterface,
  EventSubscriber,
  JoinColumn,
  type LoadEvent,
  ManyToOne,
  OneToMany,
  PrimaryColumn,
  PrimaryGeneratedColumn,
  RelationId,
  VirtualColumn,
} from 'typeorm'
import { WhenHidden } from '../../../decorators/index.js'
import { createDataSource, type ModelDataSource, type Selection } from '../../../src/index.js'
import type { EntityRow } from '../../../src/orm/entity-row.js'
import { entityFormOf } from '../../../src/orm/reads/entity-form.js'
import { whyEntities } from '../../../src/orm/reads/needs-entities.js'
import { insertRow } from '../../../src/orm/writes/by-statement/insert-row.js'
import { type Database, describeOnEngines } from '../../support/engines.js'

@Entity('press')
class Press {
  @PrimaryColumn({ type: 'int' }) id!: number
  @Column({ type: 'varchar', length: 20 }) name!: string
  @OneToMany(
    () => Printed,
    ({ press }) => press,
  )
  printed!: Promise<Printed[]>
}

class Paper {
  @Column({ type: 'int', nullable: true }) grams!: number | null
  get isHeavy(): boolean {
    return (this.grams ?? 0) > 100
  }
}

class Format {
  @Column(() => Paper) paper!: Paper
  @Column({ type: 'int', default: 0 }) width!: number
}

const loaded: string[] = []

@Entity('printed')
class Printed {
  @PrimaryGeneratedColumn() id!: number
  @Column({ type: 'varchar', length: 20 })
  get title(): string {
    return this.#titleOf()
  }
  set title(given: string) {
    Object.defineProperty(this, 'heldTitle', { value: given.toUpperCase(), enumerable: true, writable: true })
  }
  @Column(() => Format) format!: Format
  @ManyToOne(
    () => Press,
    ({ printed }) => printed,
    { lazy: true, nullable: true },
  )
  @JoinColumn()
  press!: Promise<Press | null>
  @ManyToOne(() => Press, { eager: true, nullable: true })
  @JoinColumn({ name: 'owner_id' })
  owner!: Press | null

  #titleOf(): string {
    return (this as unknown as { heldTitle: string }).heldTitle
  }
}

@Entity('heard')
class Heard {
  @PrimaryColumn({ type: 'int' }) id!: number
  @Column({ type: 'varchar', length: 20 }) name!: string
  shout?: string

  @AfterLoad()
  async shouted(): Promise<void> {
    await Promise.resolve()
    this.shout = `${this.name}!`
    loaded.push(`listener ${this.id}`)
  }
}

@EventSubscriber()
class HeardSubscriber implements EntitySubscriberInterface<Heard> {
  listenTo(): typeof Heard {
    return Heard
  }
  async afterLoad({ name, id }: Heard, { queryRunner, metadata }: LoadEvent<Heard>): Promise<void> {
    const found = await (queryRunner as unknown as { query(sql: string): Promise<unknown[]> }).query(
      'SELECT id FROM heard',
    )
    loaded.push(`subscriber ${id} ${name} ${found.length} ${metadata.name}`)
  }
}

@Entity('counted')
class Counted {
  @PrimaryColumn({ type: 'int' }) id!: number
  @VirtualColumn({ query: (alias) => `SELECT COUNT(*) FROM counted others WHERE others.id <= ${alias}.id` })
  before!: number
}

@Entity('linking')
class Linking {
  @PrimaryColumn({ type: 'int' }) id!: number
  @ManyToOne(() => Press, { nullable: true }) press!: Press | null
  @RelationId(({ press }: Linking) => press) pressId!: number | null
}
@Entity('filed')
class Filed {
  @PrimaryColumn({ type: 'int' }) id!: number
  @Column({ type: 'jsonb' }) paper!: object
}
WhenHidden('show')(Linking.prototype, 'press')

const selectionOf = (dataSource: ModelDataSource, entity: new () => object) =>
  dataSource.getRepository(entity).select() as unknown as Selection<EntityRow>

const isCompiled = (dataSource: DataSource, entity: new () => object): boolean =>
  entityFormOf(dataSource as ModelDataSource, dataSource.getMetadata(entity)) !== undefined

const keysOf = (rows: readonly object[]) => rows.map((row) => Reflect.ownKeys(row))

describeOnEngines('Entities of classes with ways of their own', (engine) => {
  let database: Database

  before(async () => {
    database = await engine.create()
  })

  after(async () => {
    await database?.drop()
  })

  const entities = [Press, Printed, Heard, Counted, Linking]

  async function using(
    options: { readonly subscribers?: (new () => EntitySubscriberInterface)[] },
    work: (dataSource: ModelDataSource) => Promise<void>,
  ): Promise<void> {
    const dataSource = createDataSource({ ...database.options, ...options, entities })
    await dataSource.initialize()
    try {
      await dataSource.synchronize(true)
      await work(dataSource)
    } finally {
      await dataSource.destroy()
    }
  }

  it('are given their values by setters, in embedded objects, with relations that load themselves', () =>
    using({}, async (dataSource) => {
      await dataSource.getRepository(Press).insert([
        { id: 1, name: 'one' },
        { id: 2, name: 'two' },
      ])
      await dataSource.query(
        `INSERT INTO printed (title, ${['formatPaperGrams', 'formatWidth', 'pressId'].map((name) => dataSource.driver.escape(name)).join()}, owner_id) VALUES ('a', 120, 3, 1, 2), ('b', NULL, 0, NULL, NULL)`,
      )
      const expected = (await selectionOf(dataSource, Printed).queryBuilder().getMany()) as Printed[]
      const rows = (await selectionOf(dataSource, Printed).rows()) as Printed[]
      deepStrictEqual(rows, expected)
      deepStrictEqual(keysOf(rows), keysOf(expected))
      expect(isCompiled(dataSource, Printed)).to.equal(true)
      const [first, second] = rows as [Printed, Printed]
      expect([first.title, second.title]).to.deep.equal(['A', 'B'])
      expect([first.format.paper.isHeavy, second.format.paper.isHeavy]).to.deep.equal([true, false])
      expect(first.format).to.be.instanceOf(Format)
      expect((await first.press)?.name).to.equal('one')
      expect(await second.press).to.equal(null)
      expect(first.owner).to.equal(undefined)
      const press = (await selectionOf(dataSource, Press).byId(1).first()) as Press
      expect((await press.printed).map(({ id }) => id)).to.deep.equal([1])
    }))

  it('are told of once they are loaded, and those who hear of them have a runner', () =>
    using({ subscribers: [HeardSubscriber] }, async (dataSource) => {
      await dataSource.query("INSERT INTO heard (id, name) VALUES (1, 'one'), (2, 'two')")
      loaded.length = 0
      const expected = await selectionOf(dataSource, Heard).queryBuilder().getMany()
      const told = loaded.splice(0)
      const rows = await selectionOf(dataSource, Heard).rows()
      deepStrictEqual(rows, expected)
      expect(rows.map(({ shout }) => shout as string)).to.deep.equal(['one!', 'two!'])
      expect(loaded.splice(0)).to.have.members(told).and.to.have.length(4)
      expect(isCompiled(dataSource, Heard)).to.equal(true)
      await dataSource.atomic(async () => {
        await dataSource.query("INSERT INTO heard (id, name) VALUES (3, 'three')")
        await selectionOf(dataSource, Heard).byId(3).first()
        return undefined
      })
      expect(loaded.splice(0)).to.have.members(['listener 3', 'subscriber 3 three 3 Heard'])
      expect(await selectionOf(dataSource, Heard).byId(9).first()).to.equal(null)
      expect(loaded).to.deep.equal([])
    }))

  it('are told of without a subscriber too', () =>
    using({}, async (dataSource) => {
      await dataSource.query("INSERT INTO heard (id, name) VALUES (1, 'one')")
      loaded.length = 0
      expect(await selectionOf(dataSource, Heard).first()).to.include({ shout: 'one!' })
      expect(loaded).to.deep.equal(['listener 1'])
    }))

  it('are made by TypeORM where more goes into them than columns', () =>
    using({}, async (dataSource) => {
      await dataSource.query("INSERT INTO press (id, name) VALUES (4, 'four')")
      await dataSource.query('INSERT INTO counted (id) VALUES (1), (2)')
      await dataSource.query(`INSERT INTO linking (id, ${dataSource.driver.escape('pressId')}) VALUES (1, 4)`)
      expect([Counted, Linking].map((entity) => isCompiled(dataSource, entity))).to.deep.equal([false, false])
      const counted = await selectionOf(dataSource, Counted).rows()
      expect(counted.map(({ before }) => Number(before))).to.deep.equal([1, 2])
      expect(await selectionOf(dataSource, Linking).first()).to.deep.include({ id: 1, pressId: 4 })
    }))

  it('are made by TypeORM where a column is stored in a form of the database', async () => {
    if (engine.name === 'mariadb') return
    const dataSource = createDataSource({ ...database.options, entities: [Filed] })
    await dataSource.initialize()
    try {
      await dataSource.synchronize()
      const repository = dataSource.getRepository(Filed)
      const made = await insertRow(repository as never, repository.create({ id: 1, paper: { pages: [1, 2] } }), {
        undone: false,
      })
      expect(made).to.deep.equal(await repository.findOneByOrFail({ id: 1 }))
      expect(await repository.findById(1)).to.deep.equal(made)
      expect(made).to.deep.include({ paper: { pages: [1, 2] } })
      expect(whyEntities(dataSource, Filed, ['id', 'paper'])).to.equal(
        engine.name === 'sqlite' ? 'stores "paper" in a form of the database\'s own' : undefined,
      )
    } finally {
      await dataSource.destroy()
    }
  })
})
