import { expect } from 'chai'
import { Column, Entity, Index, JoinColumn, ManyToOne, OneToOne, PrimaryColumn, type Relation, Unique } from 'typeorm'
import { AlwaysUnique, type SoftDeletable, SoftDelete } from '../../decorators/index.js'
import {
  asAppException,
  createDataSource,
  DefinitionError,
  type ModelDataSource,
  SchemaError,
} from '../../src/index.js'
import { currentTenant, Tenanted, type TenantOwned } from '../support/blog.js'
import { type Database, describeOnEngines } from '../support/engines.js'

@Entity()
@SoftDelete()
@AlwaysUnique({ by: ['badge', ['office', 'desk']] })
@Unique('one_desk', ['office', 'desk'])
@Unique('one_phone', ['office', 'phone'])
@Index(['nick'], { unique: true })
class Member {
  @PrimaryColumn()
  id!: number

  @Column({ length: 40, unique: true })
  email!: string

  @Column({ length: 20, unique: true })
  badge!: string

  @Column({ length: 20 })
  nick!: string

  @Column()
  office!: number

  @Column()
  desk!: number

  @Column()
  phone!: number

  @OneToOne(() => Member)
  @JoinColumn()
  partner!: Relation<Member> | null
}
interface Member extends SoftDeletable {}

@Entity()
@Tenanted()
class Invoice {
  @PrimaryColumn()
  id!: number

  @Column({ unique: true })
  number!: number
}
interface Invoice extends TenantOwned {}

const codeOf = async (write: Promise<unknown>, dataSource: ModelDataSource) => {
  const error = await write.then(
    () => undefined,
    (error: unknown) => error,
  )
  const exception = asAppException(error, dataSource)
  return exception && [exception.errorCode, exception.errors?.map(({ pointer }) => pointer)]
}

describeOnEngines('What an application declares unique', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Member, Invoice] }).initialize()
    await dataSource.synchronize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  const member = (id: number, values: Partial<Member> = {}): Partial<Member> => ({
    id,
    email: `${id}@example.org`,
    badge: `b${id}`,
    nick: `n${id}`,
    office: 1,
    desk: id,
    phone: id,
    ...values,
  })

  const taken: readonly (readonly [values: Partial<Member>, pointers: readonly string[]])[] = [
    [{ email: '1@example.org' }, ['#/email']],
    [{ nick: 'n1' }, ['#/nick']],
    [{ office: 1, phone: 1 }, ['#/office', '#/phone']],
    [{ partner: { id: 2 } as Member }, ['#/partner']],
  ]

  it('is unique among visible rows, whichever way it was declared', async () => {
    const members = dataSource.getRepository(Member)
    await members.insert([member(2), member(3)])
    await members.insert(member(1, { partner: { id: 2 } as Member }))
    for (const [values, pointers] of taken) {
      expect(await codeOf(members.insert(member(9, values)), dataSource)).to.deep.equal(['DUPLICATE', pointers])
    }
    await members.delete(1)
    for (const [index, [values]] of taken.entries()) await members.insert(member(10 + index, values))
    expect(await codeOf(members.restore(1), dataSource)).to.include('DUPLICATE')
    await members.delete([10, 11, 12, 13])
    await members.restore(1)
    expect((await members.find({ order: { id: 'ASC' } })).map(({ id }) => id)).to.deep.equal([1, 2, 3])
  })

  it('is unique among all rows where that is said', async () => {
    const members = dataSource.getRepository(Member)
    await members.insert(member(20))
    await members.delete(20)
    expect(await codeOf(members.insert(member(21, { badge: 'b20' })), dataSource)).to.deep.equal([
      'DUPLICATE',
      ['#/badge'],
    ])
    expect(await codeOf(members.insert(member(21, { desk: 20 })), dataSource)).to.deep.equal([
      'DUPLICATE',
      ['#/office', '#/desk'],
    ])
  })

  it('is unique within each tenant', async () => {
    const invoices = dataSource.getRepository(Invoice)
    const insert = (tenantId: string, id: number) =>
      currentTenant.run(tenantId, () => invoices.insert({ id, tenantId, number: 1 }))
    await insert('a', 1)
    await insert('b', 2)
    expect(await codeOf(insert('a', 3), dataSource)).to.deep.equal(['DUPLICATE', ['#/number']])
  })

  it('is in the schema once and for all, and is proved', async () => {
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log()
    expect(upQueries).to.deep.equal([])
    await dataSource.proveSchema()
    const runner = dataSource.createQueryRunner()
    const table = await runner.getTable('member')
    const index = table!.indices.find(({ columnNames, isUnique }) => isUnique && columnNames[0] === 'nick')
    await runner.dropIndex('member', index!)
    const error = await dataSource.proveSchema().catch((error: unknown) => error)
    expect(error).to.be.instanceOf(SchemaError)
    expect((error as SchemaError).mistakes.map(({ code }) => code)).to.deep.equal(['E_SCHEMA_INDEX'])
    await runner.createIndex('member', index!)
    await runner.release()
  })

  it('is not kept by what was unique before: over all rows, or in all tenants together', async () => {
    const { driver } = dataSource
    const names = (sql: string) => sql.replaceAll('"', driver.escape('x')[0]!)
    await dataSource.query(names('UPDATE "member" SET "partnerId" = NULL'))
    for (const table of ['member', 'invoice']) await dataSource.query(`DELETE FROM ${table}`)
    const old = [
      'CREATE UNIQUE INDEX "old_phone" ON "member" ("office", "phone")',
      'CREATE UNIQUE INDEX "old_number" ON "invoice" ("number")',
      // Of what is to be unique among all rows, and of what no model knows, nothing is said.
      'CREATE UNIQUE INDEX "old_badge" ON "member" ("badge")',
      'CREATE UNIQUE INDEX "old_pair" ON "member" ("nick", "office")',
    ]
    for (const sql of old) await dataSource.query(names(sql))
    const error = await dataSource.proveSchema().catch((error: unknown) => error)
    expect((error as SchemaError).mistakes.map(({ subject, problem }) => [subject, problem])).to.deep.equal([
      [
        'Member',
        'the unique index "old_phone" of "member" over "office", "phone" covers more rows than are to be unique.',
      ],
      ['Invoice', 'the unique index "old_number" of "invoice" over "number" covers more rows than are to be unique.'],
    ])
    for (const sql of (error as SchemaError).statements) await dataSource.query(sql)
    await dataSource.proveSchema()
  })
})

const failure = async (name: string, entities: (new () => object)[]) => {
  const dataSource = createDataSource({ type: name, database: ':memory:', entities } as never)
  try {
    dataSource.describe(entities[0]!)
    return undefined
  } catch (error) {
    expect(error).to.be.instanceOf(DefinitionError)
    return (error as DefinitionError).mistakes.map(({ code }) => code)
  }
}

describe('What is declared unique is refused', () => {
  @Entity()
  @SoftDelete()
  class Place {
    @PrimaryColumn()
    id!: number

    @Column({ length: 10, unique: true })
    code!: string
  }
  interface Place extends SoftDeletable {}

  @Entity()
  class Visit {
    @PrimaryColumn()
    id!: number

    @ManyToOne(() => Place)
    @JoinColumn({ referencedColumnName: 'code' })
    place!: Relation<Place>
  }

  @Entity()
  @Index(['code'], { unique: true, where: 'code > 0' })
  class Partial {
    @PrimaryColumn()
    id!: number

    @Column()
    code!: number
  }

  it('where a relation refers to it, also of hidden rows', async () => {
    expect(await failure('sqlite', [Place, Visit])).to.deep.equal(['E_UNIQUE'])
  })

  it('where the engine would ignore its condition', async () => {
    expect(await failure('mariadb', [Partial])).to.deep.equal(['E_UNIQUE'])
  })
})
