import { expect } from 'chai'
import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm'
import { all, createDataSource, defineTrait, type ModelDataSource } from '../../../src/index.js'
import type { ScopedRepository } from '../../../src/orm/model-repository.js'
import { insertRows } from '../../../src/orm/writes/by-statement/insert-rows.js'
import { type Database, describeOnEngines } from '../../support/engines.js'

/** Stamps all rows, by a statement behind the INSERT. */
const Stamped = defineTrait({
  name: 'Stamped',
  defaults: {},
  columns: () => ({}),
  rules: () => ({ enter: { after: async (_, { table }) => void (await table.update({ stamp: 7 }, all())) } }),
})

@Entity('crates')
class Crate {
  @PrimaryColumn({ type: 'varchar', length: 20 }) code!: string
  @Column({ type: 'int', default: 3 }) weight!: number
  @Column({ type: 'int', nullable: true }) stamp!: number | null
}

@Entity('stamped_crates')
@Stamped()
class StampedCrate {
  @PrimaryColumn({ type: 'int' }) id!: number
  @Column({ type: 'int', default: 0 }) stamp!: number
}

@Entity('counted_crates')
class CountedCrate {
  @PrimaryGeneratedColumn() id!: number
  @Column({ type: 'varchar', length: 20 }) name!: string
}

describeOnEngines('Rows that an INSERT of many gives back', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  const sent: string[] = []

  before(async () => {
    database = await engine.create()
    const entities = [Crate, StampedCrate, CountedCrate]
    dataSource = await createDataSource({ ...database.options, entities, synchronize: true }).initialize()
    dataSource.onStatement(({ sql }) => sent.push(sql.split(' ')[0]!))
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  const inserted = async <E extends object>(entity: new () => E, rows: readonly object[]) => {
    const repository = dataSource.getRepository(entity) as unknown as ScopedRepository<E>
    sent.length = 0
    const drafts = rows.map((row) => repository.create(row as never))
    const given = await insertRows(repository, drafts as never, { undone: false })
    return { given, words: sent.filter((word) => word === 'INSERT' || word === 'SELECT') }
  }

  it('are as they are stored, in the order in which they were given', async () => {
    const codes = Array.from({ length: 300 }, (_, index) => `c${(index * 7919) % 300}`)
    const { given, words } = await inserted(
      Crate,
      codes.map((code, index) => (index % 2 === 0 ? { code } : { code, weight: index })),
    )
    expect(words).to.deep.equal(['INSERT'])
    expect(given[0]).to.be.instanceOf(Crate)
    expect(given.map((row) => Object.assign({}, row))).to.deep.equal(
      codes.map((code, index) => ({ code, weight: index % 2 === 0 ? 3 : index, stamp: null })),
    )
  })

  it('have the keys that the database makes', async () => {
    const names = Array.from({ length: 50 }, (_, index) => `n${(index * 31) % 50}`)
    const { given } = await inserted(
      CountedCrate,
      names.map((name) => ({ name })),
    )
    expect(given.map(({ name }) => name)).to.deep.equal(names)
    for (const { id, name } of given)
      expect(await dataSource.getRepository(CountedCrate).findOneBy({ id })).to.include({ name })
  })

  it('are read where a rule has written to their table since', async () => {
    const { given, words } = await inserted(StampedCrate, [{ id: 2 }, { id: 1 }])
    expect(given.map((row) => Object.assign({}, row))).to.deep.equal([
      { id: 2, stamp: 7 },
      { id: 1, stamp: 7 },
    ])
    expect(words).to.deep.equal(['INSERT', 'SELECT'])
  })

  it('are none where one is refused', async () => {
    const before = await dataSource.getRepository(Crate).count()
    const error = await inserted(Crate, [{ code: 'new' }, { code: 'c1' }]).catch((failure: Error) => failure)
    expect(error).to.be.instanceOf(Error)
    expect(await dataSource.getRepository(Crate).count()).to.equal(before)
  })

  it('are each of their own call, where many insert at once', async () => {
    const calls = Array.from({ length: 8 }, (_, call) =>
      Array.from({ length: 20 }, (__, index) => ({ code: `w${call}-${(index * 7) % 20}`, weight: call })),
    )
    const answers = await Promise.all(calls.map((rows) => inserted(Crate, rows)))
    for (const [call, { given }] of answers.entries()) {
      expect(given.map(({ code, weight }) => ({ code, weight }))).to.deep.equal(calls[call])
    }
  })
})
