import { expect } from 'chai'
import {
  ChildEntity,
  Column,
  Entity,
  ManyToOne,
  PrimaryColumn,
  PrimaryGeneratedColumn,
  type Relation,
  TableInheritance,
} from 'typeorm'
import {
  type AuditEntry,
  Audited,
  auditOf,
  auditTrail,
  type HasMetadata,
  Metadata,
  OnDelete,
  revertTo,
  type SoftDeletable,
  SoftDelete,
  type Timestamped,
  Timestamps,
  type UuidIdentified,
  UuidPk,
} from '../../decorators/index.js'
import {
  type Adds,
  column,
  contextVariable,
  createDataSource,
  defineTrait,
  eq,
  Mistakes,
  type ModelDataSource,
  Registry,
  runAs,
  UsageError,
} from '../../src/index.js'
import { expectQueries } from '../../testing/index.js'
import { failure } from '../orm/writes/library.js'
import { type Database, describeOnEngines } from '../support/engines.js'

@Entity()
@UuidPk()
@Timestamps()
@SoftDelete()
@Metadata()
@Audited({ omit: ['token'] })
class Account {
  @Column({ type: 'varchar', length: 40 })
  name!: string

  @Column({ type: 'varchar', length: 40, default: 'none' })
  token!: string

  @Column({ type: 'varchar', length: 40, default: 'none', select: false })
  hash!: string

  @Column({ type: 'decimal', precision: 20, scale: 4, default: 0 })
  balance!: string

  @Column({ type: 'bigint', nullable: true })
  views!: string | number | null
}
interface Account extends UuidIdentified, Timestamped, SoftDeletable, HasMetadata {}

@Entity()
@SoftDelete()
@Audited({ only: ['title', 'account'] })
class Order {
  @PrimaryGeneratedColumn()
  id!: number

  @Column({ type: 'varchar', length: 40 })
  title!: string

  @Column({ type: 'int', default: 0 })
  opened!: number

  @ManyToOne(() => Account)
  @OnDelete('cascade')
  account!: Relation<Account> | null
}
interface Order extends SoftDeletable {}

@Entity()
@Audited()
class Seat {
  @PrimaryColumn({ type: 'varchar', length: 10 })
  hall!: string

  @PrimaryColumn({ type: 'int' })
  number!: number

  @Column({ type: 'varchar', length: 20, nullable: true })
  guest!: string | null

  @Column({ type: Date, nullable: true })
  taken!: Date | null
}

@Entity()
@TableInheritance({ column: { type: 'varchar', name: 'kind', length: 20 } })
@Audited()
class Pet {
  @PrimaryGeneratedColumn()
  id!: number

  @Column({ type: 'varchar', length: 20 })
  name!: string
}

@ChildEntity()
class Cat extends Pet {
  @Column({ type: 'int', nullable: true })
  lives!: number | null
}

const tenant = contextVariable<string>('tenant')

const Tenanted = defineTrait({
  name: 'Tenanted',
  defaults: {},
  columns: () => ({ tenantId: column.string({ length: 20, immutable: true }) }),
  scopes: () => ({ tenant: { where: eq('tenantId', tenant), default: true, locked: true } }),
  rules: () => ({ insert: { set: () => ({ tenantId: tenant.get()! }) } }),
})

@Entity()
@Tenanted()
@Audited()
class Paper {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'varchar', length: 20 })
  text!: string
}
interface Paper extends Adds<typeof Tenanted> {}

const kinds = (entries: readonly AuditEntry<unknown>[]) => entries.map(({ kind, actor }) => [kind, actor])

describeOnEngines('Audited', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    const entities = [Account, Order, Seat, Pet, Cat, Paper]
    dataSource = await createDataSource({ ...database.options, entities }).initialize()
    await dataSource.synchronize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(async () => {
    const tables = ['order', 'account', 'seat', 'pet', 'paper']
    const all = [...tables, ...tables.map((table) => `${table}_audit`)]
    for (const table of all) await dataSource.query(`DELETE FROM ${dataSource.driver.escape(table)}`)
  })

  const accounts = () => dataSource.getRepository(Account)
  const orders = () => dataSource.getRepository(Order)
  const seats = () => dataSource.getRepository(Seat)
  const open = async (values: object = {}) => {
    const { identifiers } = await accounts().insert({ name: 'a', ...values })
    return String(identifiers[0]!['id'])
  }
  const last = async (id: string) => (await auditOf(accounts(), id))[0]!

  it('records who did what, when, and the values before and after', async () => {
    const id = await runAs('ada', () => open({ token: 's3cret' }))
    await runAs('bob', () => accounts().update(id, { name: 'b' }))
    const [update, insert, ...others] = await auditOf(accounts(), id)
    expect(others).to.deep.equal([])
    const stored = await accounts().findOneByOrFail({ id })
    expect(insert).to.deep.include({ entity: 'Account', row: id, kind: 'insert', actor: 'ada', before: null })
    expect(insert!.after).to.deep.include({ id, name: 'a', metadata: {}, deletedAt: null, createdAt: stored.createdAt })
    expect(insert!.omitted.toSorted()).to.deep.equal(['hash', 'token'])
    expect(insert!.at).to.deep.equal(stored.createdAt)
    expect(update).to.deep.include({ kind: 'update', actor: 'bob', omitted: [], at: stored.updatedAt })
    expect(update!.before).to.deep.include({ name: 'a' })
    expect(update!.after).to.deep.include({ name: 'b' })
    expect(update!.operation).to.not.equal(insert!.operation)
    expect(JSON.stringify(await dataSource.query('SELECT * FROM account_audit'))).to.not.include('s3cret')
  })

  it('tells that a secret changed, and not what it was', async () => {
    const id = await open()
    await accounts().update(id, { token: 's3cret', hash: 'h4sh' })
    const { omitted, before, after } = await last(id)
    expect(omitted.toSorted()).to.deep.equal(['hash', 'token'])
    expect([before, after].map((values) => Object.keys(values!).filter((name) => name !== 'updatedAt'))).to.deep.equal([
      [],
      [],
    ])
  })

  describe('records every way of writing', () => {
    const writes: Readonly<Record<string, readonly [kind: string, (id: string) => Promise<unknown>]>> = {
      save: ['update', (id) => accounts().save({ id, name: 'b' })],
      update: ['update', (id) => accounts().update(id, { name: 'b' })],
      'bulk update': ['update', () => accounts().updateAll({ name: 'b' })],
      'an expression of SQL': ['update', (id) => accounts().update(id, { name: () => "'b'" })],
      'a query builder': ['update', () => accounts().createQueryBuilder().update().set({ name: 'b' }).execute()],
      increment: ['update', (id) => accounts().increment({ id }, 'balance', 1.5)],
      'a verb of JSON': ['mergeMetadata', (id) => accounts().mergeMetadata(id, { patch: { a: [1] } })],
      touch: ['touch', (id) => accounts().touch(id)],
      'soft delete': ['delete', (id) => accounts().delete(id)],
      'remove in bulk': ['delete', () => accounts().createQueryBuilder().delete().execute()],
      purge: ['purge', (id) => accounts().purge(id)],
    }
    for (const [way, [kind, write]] of Object.entries(writes)) {
      it(`by ${way}`, async () => {
        const id = await open()
        const before = await accounts().unscoped().findOneBy({ id })
        await runAs('ada', () => dataSource.atomic(async () => write(id)))
        const after = await accounts().unscoped().findOneBy({ id })
        const entries = await auditOf(accounts(), id)
        expect(kinds(entries)).to.deep.equal([
          [kind, 'ada'],
          ['insert', null],
        ])
        const [entry] = entries
        expect(entry!.after === null).to.equal(after === null)
        for (const [name, value] of Object.entries(entry!.after ?? {})) {
          expect(value, name).to.deep.equal(after![name as keyof Account])
        }
        for (const [name, value] of Object.entries(entry!.before!)) {
          if (name in before!) expect(value, name).to.deep.equal(before![name as keyof Account])
        }
      })
    }

    it('by saves of new and known entities at once', async () => {
      const known = await accounts().save({ name: 'known' })
      await accounts().save([{ id: known.id, name: 'changed' }, { name: 'new' }, { name: 'another' }])
      const entries = await auditTrail(accounts(), { kind: 'insert' })
      expect(entries.map(({ after }) => after?.name)).to.have.members(['another', 'known', 'new'])
      expect((await last(known.id)).after?.name).to.equal('changed')
    })
  })

  it('says nothing of what changes nothing', async () => {
    const { id } = await orders().save({ title: 'a', account: null })
    await orders().update(id, { title: 'a' })
    await orders().update(id, { opened: 4 })
    await orders().save({ id, title: 'a' })
    expect(kinds(await auditOf(orders(), id))).to.deep.equal([['insert', null]])
    expect((await auditOf(orders(), id))[0]!.after).to.deep.equal({ title: 'a', account: null })
  })

  it('records what comes along, under the same operation and actor', async () => {
    const id = await open()
    await orders().insert([1, 2, 3].map((n) => ({ title: `o${n}`, account: { id } })))
    const receipt = await runAs('ada', () => accounts().delete(id))
    const operation = (await last(id)).operation
    expect(receipt).to.have.property('operation', operation)
    expect(kinds(await auditTrail(orders(), { operation }))).to.deep.equal([])
    await runAs('bob', () => accounts().restore(id))
    expect((await last(id)).kind).to.equal('restore')
    await runAs('eve', () => accounts().purge(id))
    const purged = await auditTrail(orders(), { kind: 'purge' })
    expect(kinds(purged)).to.deep.equal([
      ['purge', 'eve'],
      ['purge', 'eve'],
      ['purge', 'eve'],
    ])
    expect(new Set(purged.map((entry) => entry.operation))).to.deep.equal(new Set([(await last(id)).operation]))
    expect(purged[0]!.before).to.deep.equal({ title: 'o3', account: { id } })
  })

  it('stores nothing of what is rolled back', async () => {
    const id = await open()
    const undone = dataSource.atomic(async () => {
      await accounts().update(id, { name: 'b' })
      throw new Error('no')
    })
    expect((await failure(undone)).message).to.equal('no')
    expect(kinds(await auditOf(accounts(), id))).to.deep.equal([['insert', null]])
  })

  it('keeps exact values, of any type', async () => {
    const taken = new Date('2024-02-29T12:00:00.123Z')
    const metadata = { 'a.b': [1, '1', true, null, { c: 1.5 }], é: '"\\' }
    const id = await open({ balance: '12345678901234.5678', metadata })
    const { after } = await last(id)
    const stored = await accounts().findOneByOrFail({ id })
    expect(after).to.deep.include({ metadata, balance: stored.balance, createdAt: stored.createdAt })
    if (engine.name !== 'sqlite') expect(after!.balance).to.equal('12345678901234.5678')
    await seats().insert({ hall: 'A', number: 1, guest: null, taken })
    expect((await auditOf(seats(), { hall: 'A', number: 1 }))[0]!.after).to.deep.equal({
      hall: 'A',
      number: 1,
      guest: null,
      taken: (await seats().findOneByOrFail({ hall: 'A', number: 1 })).taken,
    })
  })

  it('finds entries by operation, actor, kind and time, page by page', async () => {
    const ids = [await runAs('ada', () => open()), await runAs('bob', () => open())]
    await runAs('ada', () => accounts().update(ids, { name: 'x' }))
    const all = await auditTrail(accounts())
    expect(all).to.have.length(4)
    expect(await auditTrail(accounts(), { operation: all[0]!.operation })).to.deep.equal(all.slice(0, 2))
    expect(await auditTrail(accounts(), { actor: 'bob' })).to.deep.equal([all[2]])
    expect(await auditTrail(accounts(), { actor: null })).to.deep.equal([])
    expect(await auditTrail(accounts(), { kind: 'insert' })).to.deep.equal(all.slice(2))
    expect(await auditTrail(accounts(), { limit: 3 })).to.deep.equal(all.slice(0, 3))
    expect(await auditTrail(accounts(), { olderThan: all[2]!.id })).to.deep.equal(all.slice(3))
    expect(
      await auditTrail(accounts(), { since: all[0]!.at, until: new Date(all[0]!.at.getTime() + 1) }),
    ).to.include.deep.members(all.slice(0, 2))
    expect(await auditTrail(accounts(), { until: all[3]!.at })).to.deep.equal([])
    expect(await auditOf(accounts(), ids[0]!.toUpperCase())).to.deep.equal([
      all.find(({ row, kind }) => row === ids[0] && kind === 'update'),
      all[3],
    ])
    expect(await auditOf(accounts(), 'no id')).to.deep.equal([])
    expect(() => auditOf(seats(), 7)).to.throw(UsageError, 'hall and number')
    expect((await failure(auditTrail(accounts(), { limit: 0 }))).name).to.equal('RangeError')
  })

  it('follows rows of composite keys, and those that share a table', async () => {
    await seats().insert([
      { hall: 'A', number: 1 },
      { hall: 'A', number: 2 },
    ])
    await seats().update({ hall: 'A' }, { guest: 'Ann' })
    await seats().delete({ hall: 'A', number: 1 })
    expect(kinds(await auditOf(seats(), { hall: 'A', number: 1 })).map(([kind]) => kind)).to.deep.equal([
      'delete',
      'update',
      'insert',
    ])
    expect(await auditOf(seats(), { hall: 'A', number: 2 })).to.have.length(2)

    const cats = dataSource.getRepository(Cat)
    const { id } = await cats.save({ name: 'Tom', lives: 9 })
    await dataSource.getRepository(Pet).update(id, { name: 'Thomas' })
    await cats.update(id, { lives: 8 })
    const entries = await auditOf(cats, id)
    expect(entries.map(({ entity, after }) => [entity, after])).to.deep.equal([
      ['Cat', { lives: 8 }],
      ['Pet', { name: 'Thomas' }],
      ['Cat', { id, name: 'Tom', lives: 9 }],
    ])
  })

  it('shows no tenant what was done to the rows of another', async () => {
    const papers = dataSource.getRepository(Paper)
    await tenant.run('acme', () => papers.insert({ id: 1, text: 'a' }))
    await tenant.run('other', () => papers.insert({ id: 2, text: 'b' }))
    const [entry] = await tenant.run('acme', () => auditTrail(papers))
    expect(await tenant.run('acme', () => auditTrail(papers))).to.have.length(1)
    expect(await tenant.run('other', () => auditOf(papers, 1))).to.deep.equal([])
    expect((await failure(tenant.run('other', () => revertTo(papers, entry!)))).name).to.equal('NotFoundError')
    expect((await failure(auditTrail(papers))).name).to.equal('PermissionDeniedError')
  })

  describe('revertTo', () => {
    it('brings a row back to what it was, by an update like any other', async () => {
      const id = await open({ metadata: { a: 1 }, balance: '1.5000', views: 7 })
      const insert = await last(id)
      await accounts().update(id, { name: 'b', token: 'x' })
      const second = await last(id)
      await accounts().update(id, { name: 'c', metadata: { b: 2 }, balance: '2', views: null })
      const done = await runAs('ada', () => revertTo(accounts(), insert))
      expect(done.properties.toSorted()).to.deep.equal(['balance', 'metadata', 'name', 'views'])
      expect(done.kept.toSorted()).to.deep.equal(['token', 'updatedAt'])
      const now = await accounts().findOneByOrFail({ id })
      expect(now).to.deep.include({ name: 'a', token: 'x', metadata: { a: 1 } })
      expect([Number(now.balance), Number(now.views)]).to.deep.equal([1.5, 7])
      expect(await last(id)).to.include({ kind: 'update', actor: 'ada' })
      await revertTo(accounts(), second.id)
      expect(await accounts().findOneByOrFail({ id })).to.deep.include({ name: 'b', metadata: { a: 1 } })
    })

    it('does nothing where nothing has changed since', async () => {
      const id = await open()
      expect(await revertTo(accounts(), await last(id))).to.deep.equal({ properties: [], kept: [] })
      expect(await auditOf(accounts(), id)).to.have.length(1)
    })

    it('brings back relations, and rows of composite keys', async () => {
      const [first, second] = [await open(), await open()]
      const { id } = await orders().save({ title: 'a', account: { id: first } })
      await orders().save({ id, account: { id: second } })
      const [, insert] = await auditOf(orders(), id)
      expect(await revertTo(orders(), insert!)).to.deep.equal({ properties: ['account'], kept: [] })
      expect(await orders().findOne({ where: { id }, loadRelationIds: true })).to.have.property('account', first)
      const taken = new Date('2024-02-29T12:00:00.000Z')
      await seats().insert({ hall: 'A', number: 1, taken })
      await seats().update({ hall: 'A', number: 1 }, { taken: null })
      const [, seat] = await auditOf(seats(), { hall: 'A', number: 1 })
      await revertTo(seats(), seat!)
      expect((await auditOf(seats(), { hall: 'A', number: 1 }))[0]!.after).to.deep.equal({ taken: seat!.after!.taken })
    })

    it('says what cannot be brought back', async () => {
      const id = await open()
      const insert = await last(id)
      await accounts().purge(id)
      expect(await failure(revertTo(accounts(), await last(id)))).to.include({
        name: 'ConflictError',
        errorCode: 'NO_VERSION',
      })
      expect((await failure(revertTo(accounts(), insert))).name).to.equal('NotFoundError')
      expect((await failure(revertTo(accounts(), 'x'))).name).to.equal('NotFoundError')
    })

    it('lets writers and reverters race without losing anything', async () => {
      const id = await open({ name: 'start', metadata: { n: 0 } })
      const insert = await last(id)
      const write = (n: number) => accounts().update(id, { name: `n${n}`, metadata: { n } })
      await Promise.all([1, 2, 3, 4, 5].flatMap((n) => [write(n), revertTo(accounts(), insert)]))
      const { name, metadata } = await accounts().findOneByOrFail({ id })
      expect(name === 'start' ? 0 : Number(name.slice(1))).to.equal(metadata['n'])
      const entries = (await auditOf(accounts(), id)).toReversed()
      for (const [index, entry] of entries.entries()) {
        if (index > 0) expect(entry.before!.name).to.equal(nameAt(entries, index - 1))
      }
    })
  })

  it('stays set-based in bulk', async () => {
    const rows = Array.from({ length: 600 }, (_, n) => ({ title: `t${n}`, account: null }))
    // Two chunks: each is inserted, its keys are read, it is read again and recorded.
    await expectQueries(dataSource, () => orders().insert(rows), { atMost: 8 })
    // The rows are read and locked; then twice written, read again and recorded.
    await expectQueries(dataSource, () => orders().updateAll({ title: 'x' }), { atMost: 8 })
    await expectQueries(dataSource, () => orders().createQueryBuilder().delete().execute(), { atMost: 8 })
    expect(await auditTrail(orders(), { kind: 'update', limit: 2000 })).to.have.length(600)
  })

  it('records each of many writers once', async () => {
    const id = await open()
    await Promise.all(
      Array.from({ length: 12 }, (_, n) => runAs(`u${n}`, () => accounts().increment({ id }, 'balance', 1))),
    )
    const entries = await auditOf(accounts(), id, { kind: 'update' })
    expect(entries.map(({ after }) => Number(after!.balance)).toReversed()).to.deep.equal(
      Array.from({ length: 12 }, (_, n) => n + 1),
    )
    expect(new Set(entries.map(({ actor }) => actor)).size).to.equal(12)
  })
})

/** The name a row had after an entry. */
function nameAt(entries: readonly AuditEntry<Account>[], index: number): string | undefined {
  return entries.slice(0, index + 1).findLast(({ after }) => after?.name !== undefined)?.after?.name
}

describe('@Audited', () => {
  it('names properties that exist', () => {
    @Entity()
    // @ts-expect-error The class has no such property.
    @Audited({ omit: ['pasword'] })
    class Member {
      @PrimaryColumn()
      id!: number
    }
    const mistakes = new Mistakes()
    createDataSource({ type: 'postgres', host: '127.0.0.1', port: 1, entities: [Member] }).verify(mistakes)
    expect(mistakes.found.map(({ code, problem }) => `${code} ${problem}`)).to.deep.equal([
      'E_UNKNOWN_PROPERTY an option names "pasword", which is not a column of the entity.',
    ])
  })

  it('is described by the model', () => {
    expect(new Registry([Seat]).model(Seat).rules.written).to.have.length(1)
  })
})
