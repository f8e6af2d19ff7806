import { expect } from 'chai'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import {
  type Adds,
  capability,
  column,
  contextVariable,
  createDataSource,
  defineTrait,
  eq,
  type ModelDataSource,
  withCapability,
} from '../../src/index.js'
import { type Database, describeOnEngines } from '../support/engines.js'

const tenant = contextVariable<string>('tenant')
const support = capability('support')
const other = capability('support')

const Owned = defineTrait({
  name: 'Owned',
  defaults: {},
  columns: () => ({ tenantId: column.string({ length: 10 }) }),
  scopes: () => ({ tenant: { where: eq('tenantId', tenant), locked: true, liftedBy: support } }),
})

@Entity()
@Owned()
class Ticket {
  @PrimaryColumn()
  id!: number

  @Column({ default: 0 })
  score!: number
}
interface Ticket extends Adds<typeof Owned> {}

const codeOf = (work: () => Promise<unknown>) =>
  work().then(
    () => undefined,
    (error: { readonly errorCode?: string }) => error.errorCode,
  )

describeOnEngines('A capability', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Ticket], cache: true }).initialize()
    await dataSource.synchronize()
    for (const [id, tenantId] of [
      [1, 'a'],
      [2, 'b'],
    ] as const) {
      await tenant.run(tenantId, () => dataSource.getRepository(Ticket).insert({ id, tenantId }))
    }
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  const tickets = () => dataSource.getRepository(Ticket)

  it('lifts the locked scope that names it, for the work that has it alone', async () => {
    const [lifted, within] = await Promise.all([
      withCapability(support, () => tickets().count()),
      tenant.run('a', () => tickets().count()),
    ])
    expect([lifted, within, await codeOf(() => tickets().count())]).to.deep.equal([2, 1, 'CONTEXT_MISSING'])
    expect(await codeOf(() => withCapability(other, () => tickets().count()))).to.equal('CONTEXT_MISSING')
    expect(() => tickets().unscoped('tenant')).to.throw('is locked')
  })

  it('writes past it too', async () => {
    await withCapability(support, async () => {
      expect((await tickets().updateAll({ score: 1 })).affected).to.equal(2)
      await tickets().insert({ id: 3, tenantId: 'c' })
      expect((await tickets().delete({ tenantId: 'c' })).affected).to.equal(1)
    })
    const repository = tickets()
    const outside = () => tenant.run('a', () => repository.insert({ id: 4, tenantId: 'c' }))
    expect(await codeOf(outside)).to.equal('OUTSIDE_SCOPE')
  })

  it('has cached results of its own', async () => {
    const cache = { id: 'tickets', milliseconds: 60_000 }
    const found = async () => (await tickets().find({ cache })).length
    const counts = [
      await withCapability(support, found),
      await tenant.run('a', found),
      await withCapability(support, found),
    ]
    expect(counts).to.deep.equal([2, 1, 2])
  })
})
