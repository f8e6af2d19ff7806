import { AssertionError } from 'node:assert'
import { expect } from 'chai'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import { createDataSource, type ModelDataSource } from '../../src/index.js'
import { expectQueries } from '../../testing/index.js'
import { type Database, describeOnEngines } from '../support/engines.js'

@Entity()
class Item {
  @PrimaryColumn()
  id!: number

  @Column({ type: 'varchar', length: 20 })
  name!: string
}

const failureOf = (work: Promise<unknown>): Promise<AssertionError> =>
  work.then(
    () => expect.fail('Nothing failed.'),
    (error: unknown) => {
      expect(error).to.be.instanceOf(AssertionError)
      return error as AssertionError
    },
  )

describeOnEngines('Expecting queries', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  const items = () => dataSource.getRepository(Item)
  const oneByOne = async () => {
    for (const name of ['one', 'two']) await items().findOneBy({ name })
  }
  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Item], synchronize: true }).initialize()
    await items().insert([
      { id: 1, name: 'one' },
      { id: 2, name: 'two' },
    ])
  })

  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  it('gives what the work gave', async () => {
    expect(await expectQueries(dataSource, () => items().count(), 1)).to.equal(2)
    expect(await expectQueries(dataSource, () => 7, 0)).to.equal(7)
    expect(await expectQueries(dataSource, () => items().count(), { atMost: 1 })).to.equal(2)
    expect(await expectQueries(dataSource, () => items().count(), { atMost: 3 })).to.equal(2)
  })

  it('prints the statements where there are others than expected', async () => {
    const { message, actual, expected } = await failureOf(expectQueries(dataSource, oneByOne, { atMost: 1 }))
    const lines = message.split('\n')
    expect(lines[0]).to.equal('Expected at most 1 statements, and 2 were sent:')
    expect(lines[1]).to.match(/^ {2}1\. SELECT .* -- "one"$/)
    expect(lines[2]).to.match(/^ {2}2\. SELECT .* -- "two"$/)
    expect([lines.length, actual, expected]).to.deep.equal([3, 2, 1])
    const none = await failureOf(expectQueries(dataSource, () => {}, 2))
    expect(none.message).to.equal('Expected 2 statements, and 0 were sent:')
  })

  it('does not count what begins and ends transactions', async () => {
    const work = () => dataSource.atomic(() => dataSource.atomic(() => items().update({ id: 1 }, { name: 'uno' })))
    await expectQueries(dataSource, work, 1)
    const failing = () => dataSource.atomic(() => Promise.reject(new Error('No.'))).catch(() => undefined)
    await expectQueries(dataSource, failing, 0)
  })

  it('does not count what other work sends meanwhile, and counts inside itself', async () => {
    let others: Promise<unknown> = Promise.resolve()
    const work = async () => {
      await others
      await expectQueries(dataSource, () => items().count(), 1)
      return items().count()
    }
    others = Promise.all([items().count(), items().find()])
    await expectQueries(dataSource, work, 2)
  })

  it('lets an error of the work through, and listens no more', async () => {
    const heard: string[] = []
    const stop = dataSource.onStatement(({ sql }) => heard.push(sql))
    const error = await expectQueries(dataSource, () => Promise.reject(new TypeError('No.')), 5).catch(
      (thrown: unknown) => thrown,
    )
    expect(error).to.be.instanceOf(TypeError)
    await items().count()
    stop()
    await items().count()
    expect(heard).to.have.length(1)
  })
})
