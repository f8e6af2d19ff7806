import { expect } from 'chai'
import { Column, Entity, ManyToMany, PrimaryColumn, PrimaryGeneratedColumn, type Relation, Unique } from 'typeorm'
import { AlwaysUnique, type HasVersion, type SoftDeletable, SoftDelete, Versioned } from '../../../decorators/index.js'
import {
  ConflictError,
  createDataSource,
  DefinitionError,
  type ModelDataSource,
  ValidationError,
} from '../../../src/index.js'
import { currentTenant, Tenanted, type TenantOwned } from '../../support/blog.js'
import { type Database, describeOnEngines } from '../../support/engines.js'

@Entity()
@SoftDelete()
@Versioned()
@Unique(['name'])
class Person {
  @PrimaryGeneratedColumn()
  id!: number

  @Column({ length: 40 })
  name!: string

  @Column({ default: 0 })
  score!: number

  @ManyToMany(() => Person)
  friends!: Relation<Person>[]
}
interface Person extends SoftDeletable, HasVersion {}

@Entity()
@SoftDelete()
@AlwaysUnique({ by: ['name'] })
class Account {
  @PrimaryGeneratedColumn()
  id!: number

  @Column({ length: 40 })
  name!: string

  @Column({ default: 0 })
  score!: number
}
interface Account extends SoftDeletable {}

@Entity()
@Tenanted()
@Unique(['code'])
class Item {
  @PrimaryColumn()
  id!: number

  @Column({ length: 10 })
  code!: string

  @Column({ default: 0 })
  score!: number
}
interface Item extends TenantOwned {}

const failure = (write: Promise<unknown>) =>
  write.then(
    () => undefined,
    (error: unknown) => error,
  )

describeOnEngines('updateOrCreate', (engine) => {
  let ticks = 0
  let database: Database
  let dataSource: ModelDataSource

  beforeEach(async () => {
    database = await engine.create()
    dataSource = await createDataSource({
      ...database.options,
      entities: [Person, Account, Item],
      clock: { now: () => new Date(Date.UTC(2024, 0, 1) + ++ticks) },
    }).initialize()
    await dataSource.synchronize()
  })
  afterEach(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  it('creates a row, then updates it, by the rules', async () => {
    const people = dataSource.getRepository(Person)
    const first = await people.updateOrCreate({ name: 'fred', score: 1 }, { by: ['name'] })
    const second = await people.updateOrCreate({ name: 'fred', score: 2 }, { by: ['name'] })
    expect([first.outcome, second.outcome, second.row.id]).to.deep.equal(['created', 'updated', first.row.id])
    const [row, ...others] = await people.find()
    expect([row!.score, row!.version, others]).to.deep.equal([2, 2, []])
  })

  it('conflicts only with visible rows where those are unique', async () => {
    const people = dataSource.getRepository(Person)
    const { row } = await people.updateOrCreate({ name: 'fred' }, { by: ['name'] })
    await people.delete(row.id)
    const { outcome } = await people.updateOrCreate({ name: 'fred', score: 3 }, { by: ['name'] })
    expect([outcome, await people.count(), await people.withDeleted().count()]).to.deep.equal(['created', 1, 2])
  })

  it('keeps one row where all are unique', async () => {
    const accounts = dataSource.getRepository(Account)
    const { row } = await accounts.updateOrCreate({ name: 'fred' }, { by: ['name'] })
    await accounts.delete(row.id)
    const refused = await failure(accounts.updateOrCreate({ name: 'fred', score: 3 }, { by: ['name'] }))
    expect(refused).to.be.instanceOf(ConflictError).with.property('errorCode', 'DUPLICATE')
    const { outcome } = await accounts.updateOrCreate({ name: 'fred', score: 4 }, { by: ['name'], revive: 'restore' })
    expect([
      outcome,
      (await accounts.find()).map(({ id, score }) => [id, score]),
      await accounts.withDeleted().count(),
    ]).to.deep.equal(['revived', [[row.id, 4]], 1])
  })

  it('brings back the row that was hidden last', async () => {
    const people = dataSource.getRepository(Person)
    const ids: number[] = []
    for (const score of [1, 2]) {
      const { row } = await people.updateOrCreate({ name: 'fred', score }, { by: ['name'] })
      ids.push(row.id)
      await people.delete(row.id)
    }
    // The one that was created first is hidden last.
    await people.restore(ids[0]!)
    await people.delete(ids[0]!)
    const { row, outcome } = await people.updateOrCreate({ name: 'fred' }, { by: ['name'], revive: 'restore' })
    expect([outcome, row.id, row.score]).to.deep.equal(['revived', ids[0], 1])
  })

  for (const revive of [undefined, 'restore'] as const) {
    it(`makes one row of what eight clients write at once${revive ? ', and brings one back' : ''}`, async () => {
      const people = dataSource.getRepository(Person)
      if (revive) await people.delete((await people.save({ name: 'fred' })).id)
      const clients = Array.from({ length: 8 }, (_, score) =>
        people.updateOrCreate({ name: 'fred', score }, { by: ['name'], ...(revive && { revive }) }),
      )
      const outcomes = (await Promise.all(clients)).map(({ outcome }) => outcome)
      const others = outcomes.filter((outcome) => outcome !== 'updated')
      expect([outcomes.length, others]).to.deep.equal([8, [revive ? 'revived' : 'created']])
      expect(await people.withDeleted().count()).to.equal(1)
      if (!revive) expect((await people.findOneByOrFail({ name: 'fred' })).version).to.equal(8)
    })
  }

  it('stays within its tenant', async () => {
    const items = dataSource.getRepository(Item)
    const write = (tenantId: string, id: number, score: number) =>
      currentTenant.run(tenantId, () => items.updateOrCreate({ id, tenantId, code: 'x', score }, { by: ['code'] }))
    const outcomes = [await write('a', 1, 1), await write('b', 2, 2), await write('a', 3, 3)].map((w) => w.outcome)
    expect(outcomes).to.deep.equal(['created', 'created', 'updated'])
    expect(await currentTenant.run('a', () => items.find())).to.deep.equal([
      { id: 1, tenantId: 'a', code: 'x', score: 3 },
    ])
    expect(await failure(items.updateOrCreate({ id: 9, code: 'x' }, { by: ['code'] }))).to.have.property(
      'errorCode',
      'CONTEXT_MISSING',
    )
  })

  it('is part of a unit that runs', async () => {
    const people = dataSource.getRepository(Person)
    await failure(
      dataSource.atomic(async () => {
        await people.updateOrCreate({ name: 'fred' }, { by: ['name'] })
        throw new Error('undo')
      }),
    )
    expect(await people.count()).to.equal(0)
  })

  it('refuses what cannot be', async () => {
    const people = dataSource.getRepository(Person)
    const codes = []
    const calls = [
      people.updateOrCreate({ score: 1 }, { by: ['score'] }),
      people.updateOrCreate({ name: 'x', friends: [] }, { by: ['name'] }),
      people.updateOrCreate({ name: 'x' }, { by: ['name'], revive: 'revive' as never }),
    ]
    for (const call of calls) codes.push(((await failure(call)) as DefinitionError).mistakes[0]?.code)
    expect(codes).to.deep.equal(['E_IDENTITY', 'E_IDENTITY', 'E_IDENTITY'])
    for (const values of [{ score: 1 }, { name: null as never }]) {
      const error = await failure(people.updateOrCreate(values, { by: ['name'] }))
      expect(error).to.be.instanceOf(ValidationError).with.property('errorCode', 'IDENTITY_MISSING')
    }
    const upsert = (await failure(people.upsert({ name: 'x' }, ['name']))) as DefinitionError
    expect(upsert.message).to.contain('updateOrCreate')
  })
})
