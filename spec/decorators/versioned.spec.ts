import { expect } from 'chai'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import {
  expectVersion,
  type HasVersion,
  Orderable,
  type Ordered,
  type SoftDeletable,
  SoftDelete,
  Versioned,
} from '../../decorators/index.js'
import {
  type Adds,
  type AppException,
  ConflictError,
  column,
  createDataSource,
  defineTrait,
  type ModelDataSource,
  type ModelRepository,
} from '../../src/index.js'
import { failure } from '../orm/writes/library.js'
import { type Database, describeOnEngines } from '../support/engines.js'

@Entity()
@Versioned()
@SoftDelete()
class Letter {
  @PrimaryColumn()
  id!: number

  @Column({ type: 'varchar', length: 20, default: '' })
  text!: string
}
interface Letter extends HasVersion, SoftDeletable {}

/** A verb that is told of which version its caller knows. */
const Cancelled = defineTrait({
  name: 'Cancelled',
  defaults: {},
  columns: () => ({ cancelled: column.boolean({ default: false }) }),
  inputs: () => ({ cancel: { version: column.integer({ nullable: true }) } }),
  verbs: () => ({ cancel: { set: () => ({ cancelled: true }) } }),
})

@Entity()
@Versioned()
@Cancelled()
class Stamp {
  @PrimaryColumn()
  id!: number

  @Column({ type: 'varchar', length: 20, default: '' })
  text!: string
}
interface Stamp extends HasVersion, Adds<typeof Cancelled> {}

@Entity()
@Versioned()
@Orderable()
class Card {
  @PrimaryColumn()
  id!: number

  @Column({ type: 'varchar', length: 20, default: '' })
  text!: string
}
interface Card extends HasVersion, Ordered {}

const stale = async (write: Promise<unknown>) => {
  const error = (await failure(write)) as AppException
  expect(error).to.be.instanceOf(ConflictError)
  return [error.errorCode, error.details]
}

describeOnEngines('Versions', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let letters: ModelRepository<Letter>
  let stamps: ModelRepository<Stamp>

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Letter, Stamp, Card] }).initialize()
    await dataSource.synchronize()
    letters = dataSource.getRepository(Letter)
    stamps = dataSource.getRepository(Stamp)
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(async () => {
    await dataSource.query('DELETE FROM letter')
    for (const table of ['stamp', 'card']) await dataSource.query(`DELETE FROM ${table}`)
    await letters.insert({ id: 1 })
    await stamps.insert({ id: 1 })
  })

  const versionOf = async () => (await letters.unscoped().findOneByOrFail({ id: 1 })).version

  it('count what is written, by whatever way', async () => {
    await letters.save({ id: 1, text: 'a' })
    await letters.update(1, { text: 'b' })
    await letters.updateAll({ text: 'c' })
    await letters.delete(1)
    await letters.restore(1)
    expect(await versionOf()).to.equal(6)
  })

  it('stay where nothing is written', async () => {
    await letters.save(await letters.findOneByOrFail({ id: 1 }))
    expect(await versionOf()).to.equal(1)
  })

  it('are told to entities that are saved', async () => {
    const letter = await letters.findOneByOrFail({ id: 1 })
    for (const text of ['a', 'b']) await letters.save(Object.assign(letter, { text }))
    expect([letter.version, await versionOf()]).to.deep.equal([3, 3])
  })

  describe('refuse what was made from an older one', () => {
    const late = ['STALE', { expected: { version: 1 }, actual: { version: 2 } }]
    const gone = ['STALE', { expected: { version: 1 }, actual: null }]

    it('a save', async () => {
      const letter = await letters.findOneByOrFail({ id: 1 })
      await letters.update(1, { text: 'theirs' })
      expect(await stale(letters.save(Object.assign(letter, { text: 'mine' })))).to.deep.equal(late)
      expect((await letters.findOneByOrFail({ id: 1 })).text).to.equal('theirs')
    })

    it('an update that says from which', async () => {
      await letters.update(1, { text: 'theirs' })
      expect(await stale(letters.update(1, { text: 'mine', version: 1 }))).to.deep.equal(late)
      expect(await stale(expectVersion(1, () => letters.update(1, { text: 'mine' })))).to.deep.equal(late)
    })

    it('a delete', async () => {
      await letters.update(1, { text: 'theirs' })
      expect(await stale(expectVersion(1, () => letters.delete(1)))).to.deep.equal(late)
      await letters.delete(1)
      expect(await stale(expectVersion(1, () => letters.delete(1)))).to.deep.equal(gone)
    })

    it('a removal', async () => {
      await stamps.update(1, { text: 'theirs' })
      expect(await stale(expectVersion(1, () => stamps.delete(1)))).to.deep.equal(late)
      await stamps.delete(1)
      expect(await stale(expectVersion(1, () => stamps.delete(1)))).to.deep.equal(gone)
    })

    it('a move within a list, which moves nothing', async () => {
      const cards = dataSource.getRepository(Card)
      await cards.insert([{ id: 1 }, { id: 2 }])
      await cards.update(2, { text: 'theirs' })
      const { version } = await cards.findOneByOrFail({ id: 2 })
      const behind = ['STALE', { expected: { version: version - 1 }, actual: { version } }]
      expect(await stale(expectVersion(version - 1, () => cards.moveUp(2)))).to.deep.equal(behind)
      expect((await cards.find({ order: { position: 'ASC' } })).map(({ id }) => id)).to.deep.equal([1, 2])
      await expectVersion(version, () => cards.moveUp(2))
      expect((await cards.find({ order: { position: 'ASC' } })).map(({ id }) => id)).to.deep.equal([2, 1])
    })

    it('a verb, before it looks at the row', async () => {
      await letters.delete(1)
      await letters.restore(1)
      const behind = ['STALE', { expected: { version: 2 }, actual: { version: 3 } }]
      expect(await stale(expectVersion(2, () => letters.restore(1)))).to.deep.equal(behind)
    })

    it('a verb that is told from which', async () => {
      await stamps.update(1, { text: 'theirs' })
      const cancel = (version: number | null) => stamps.cancel(1, { version })
      expect(await stale(cancel(1))).to.deep.equal(late)
      expect(await stamps.findOneByOrFail({ id: 1 })).to.include({ cancelled: false, version: 2 })
      await cancel(2)
      await cancel(null)
      expect(await stamps.findOneByOrFail({ id: 1 })).to.include({ cancelled: true, version: 4 })
    })
  })

  describe('let one of several win that race', () => {
    const races: Readonly<Record<string, () => Promise<readonly (() => Promise<unknown>)[]>>> = {
      'with saves': async () => {
        const loaded = await Promise.all(Array.from({ length: 8 }, () => letters.findOneByOrFail({ id: 1 })))
        return loaded.map((letter, index) => () => letters.save(Object.assign(letter, { text: `${index}` })))
      },
      'with updates': async () =>
        Array.from({ length: 8 }, (_, index) => () => letters.update(1, { text: `${index}`, version: 1 })),
      'with deletes': async () => Array.from({ length: 8 }, () => () => expectVersion(1, () => letters.delete(1))),
      'with restores': async () => {
        await letters.delete(1)
        return Array.from({ length: 8 }, () => () => expectVersion(2, () => letters.restore(1)))
      },
      'with each other': async () => {
        const letter = await letters.findOneByOrFail({ id: 1 })
        return [
          () => letters.save(Object.assign(letter, { text: 'saved' })),
          // Not by the version among the values: an update that finds no row is none.
          () => expectVersion(1, () => letters.update(1, { text: 'updated' })),
          () => expectVersion(1, () => letters.delete(1)),
        ]
      },
    }
    for (const [how, prepare] of Object.entries(races)) {
      it(how, async () => {
        const writes = await prepare()
        const before = await versionOf()
        const outcomes = await Promise.allSettled(writes.map((write) => write()))
        const lost = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []))
        expect(lost).to.have.length(writes.length - 1)
        for (const error of lost) expect(error).to.include({ errorCode: 'STALE' })
        expect(await versionOf()).to.equal(before + 1)
      })
    }
  })
})
