import { expect } from 'chai'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import {
  all,
  asTrait,
  contextVariable,
  createDataSource,
  DefinitionError,
  defineTrait,
  eq,
  type GroupValues,
  type ModelDataSource,
  type RuleTable,
} from '../../../src/index.js'
import { describeOnEngines } from '../../support/engines.js'

const house = contextVariable<string>('house')

const Housed = defineTrait({
  name: 'Housed',
  defaults: {},
  columns: () => ({}),
  scopes: () => ({ house: { where: eq('house', house), default: true, locked: true } }),
})

@Entity('seats')
@Housed()
class Seat {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'varchar', length: 10 })
  house!: string

  @Column({ type: 'varchar', length: 10, nullable: true })
  row!: string | null

  @Column({ type: 'int' })
  number!: number

  @Column({ type: 'boolean', default: false })
  taken!: boolean
}

const seats = (row: string | null, ...values: readonly number[]): GroupValues => ({
  group: { row },
  property: 'number',
  values,
})

describeOnEngines('Rows of several groups', (engine) => {
  let dataSource: ModelDataSource
  let close: () => Promise<void>

  before(async () => {
    const database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Seat], synchronize: true }).initialize()
    close = async () => {
      await dataSource.destroy()
      await database.drop()
    }
    let id = 0
    for (const name of ['opera', 'circus']) {
      const rows = ['a', 'b', 'A', null].flatMap((row) =>
        Array.from({ length: 600 }, (_, index) => ({ id: (id += 1), row, number: index + 1, taken: index % 2 === 1 })),
      )
      await house.run(name, () => dataSource.getRepository(Seat).insert(rows))
    }
  })
  after(() => close?.())

  const inOpera = <T>(work: (table: RuleTable) => Promise<T>): Promise<T> =>
    house.run('opera', () =>
      asTrait(dataSource.getRepository(Seat), { trait: 'Housed', key: '' }, ({ table }) => work(table)),
    )
  const found = (groups: readonly GroupValues[], where = all()) =>
    inOpera(async (table) =>
      (await table.rowsInGroups(groups, where)).map(({ row, number }) => `${String(row)}${String(number)}`).sort(),
    )
  it('are those with a value that was asked for in their own group, and of the caller alone', async () => {
    expect(await found([seats('a', 1, 2), seats('b', 3, 700)])).to.deep.equal(['a1', 'a2', 'b3'])
    expect(await found([seats('A', 1), seats('c', 1)])).to.deep.equal(['A1'])
    expect(await found([seats('a', 7)])).to.deep.equal(['a7'])
    expect(await found([])).to.deep.equal([])
  })

  it('meet the condition', async () => {
    expect(await found([seats('a', 1, 2), seats('b', 3, 4)], eq('taken', true))).to.deep.equal(['a2', 'b4'])
  })

  it('may have null for a group', async () => {
    expect(await found([seats(null, 1), seats('b', 2)])).to.deep.equal(['b2', 'null1'])
  })

  it('are given once each, however many values are asked for', async () => {
    const numbers = Array.from({ length: 600 }, (_, index) => index + 1)
    const rows = await found([seats('a', ...numbers, 5, 5), seats('b', ...numbers)])
    expect(rows).to.have.length(1200)
    expect(new Set(rows).size).to.equal(1200)
  })

  it('are read with their keys and the properties that are named alone', async () => {
    const read = (properties: readonly string[], ...groups: readonly GroupValues[]) =>
      inOpera((table) => table.rowsInGroups(groups, all(), properties))
    expect(await read(['number'], seats('a', 2))).to.deep.equal([{ id: 2, number: 2 }])
    expect(await read(['row', 'number'], seats('a', 2), seats('b', 1))).to.have.deep.members([
      { id: 2, row: 'a', number: 2 },
      { id: 601, row: 'b', number: 1 },
    ])
    expect(await inOpera((table) => table.rows(eq('number', 3), { properties: [], limit: 2 }))).to.deep.equal([
      { id: 3 },
      { id: 603 },
    ])
  })

  it('are refused with a property that the entity does not have', async () => {
    const error = await inOpera((table) => table.rows(all(), { properties: ['colour'] })).catch((reason) => reason)
    expect(error).to.be.instanceOf(DefinitionError)
    expect(error.message).to.contain('E_UNKNOWN_PROPERTY').and.contain('"colour"')
  })

  it('may be of one group without properties', async () => {
    expect(await found([{ group: {}, property: 'number', values: [9] }])).to.deep.equal(['A9', 'a9', 'b9', 'null9'])
  })
})
