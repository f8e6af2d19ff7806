import { expect } from 'chai'
import { Entity, ManyToOne, PrimaryColumn, type Relation } from 'typeorm'
import { type DeletedBy, OnDelete, type SoftDeletable, SoftDelete } from '../../../decorators/index.js'
import {
  type Adds,
  column,
  createDataSource,
  defineTrait,
  lt,
  type ModelDataSource,
  on,
  type PruneOptions,
  type PruneReport,
  prune,
  runAs,
} from '../../../src/index.js'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { failure, Stopped } from '../writes/library.js'

class Numbered {
  @PrimaryColumn({ type: 'int' })
  id!: number
}

@Entity()
@SoftDelete({ by: true })
class Folder extends Numbered {}
interface Folder extends SoftDeletable, DeletedBy {}

@Entity()
@SoftDelete()
class Letter extends Numbered {
  @OnDelete('cascade')
  @ManyToOne(() => Folder, { nullable: true })
  folder!: Relation<Folder> | null
}
interface Letter extends SoftDeletable {}

/** A third party's trait that hides nothing: rows are removed a while after they have expired. */
const Expiring = defineTrait({
  name: 'Expiring',
  defaults: {},
  columns: () => ({ expiresAt: column.timestamp() }),
  verbs: () => ({ expire: { hard: true, due: (before) => lt('expiresAt', before) } }),
})

@Entity()
@Expiring()
class Ticket extends Numbered {}
interface Ticket extends Adds<typeof Expiring> {}

/** Something is due to rows that others may hide, and it hides nothing. */
const Showing = defineTrait({
  name: 'Showing',
  defaults: {},
  columns: () => ({ showAt: column.timestamp({ nullable: true }) }),
  verbs: () => ({ show: { due: (before) => lt('showAt', before), set: () => ({ showAt: null }) } }),
})

@Entity()
@SoftDelete()
@Showing()
class Notice extends Numbered {}
interface Notice extends SoftDeletable, Adds<typeof Showing> {}

const entities = [Folder, Letter, Ticket, Notice]

describeOnEngines('Pruning', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  const clock = new Stopped()
  let refused: number | undefined
  let purged: readonly unknown[] = []

  before(async () => {
    database = await engine.create()
    const listeners = [
      on(Letter, {
        beforePurge: ({ ids }) => {
          if (refused !== undefined && ids.includes(refused)) throw new Error('Not this one.')
        },
        afterPurge: ({ ids }) => void (purged = [...purged, ...ids]),
      }),
    ]
    dataSource = await createDataSource({ ...database.options, entities, clock, listeners }).initialize()
    await dataSource.synchronize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(async () => {
    refused = undefined
    purged = []
    for (const name of ['letter', 'folder', 'ticket']) {
      await dataSource.query(`DELETE FROM ${dataSource.driver.escape(name)}`)
    }
  })

  const letters = () => dataSource.getRepository(Letter)
  const folders = () => dataSource.getRepository(Folder)

  it('removes what was deleted long ago, children first, and leaves the rest', async () => {
    await folders().insert([1, 2, 3].map((id) => ({ id })))
    await letters().insert([1, 2, 3, 4].map((id) => ({ id, folder: { id: Math.min(id, 3) } })))
    await folders().delete(1)
    await letters().delete(2)
    const olderThan = clock.tick()
    await letters().delete(3)
    await dataSource.getRepository(Ticket).insert([
      { id: 1, expiresAt: new Date(0) },
      { id: 2, expiresAt: olderThan },
    ])
    const reports: PruneReport[] = []
    const stop = dataSource.events.onPruned((report) => void reports.push(report))
    const due = { affected: 4, byEntity: { Folder: 1, Letter: 2, Ticket: 1 }, failures: [] }
    expect(await prune(dataSource, { olderThan, dryRun: true })).to.deep.equal(due)
    expect(await letters().withDeleted().count()).to.equal(4)
    expect(await prune(dataSource, { olderThan })).to.deep.equal(due)
    stop()
    expect(reports).to.deep.equal([due])
    expect(
      (
        await letters()
          .withDeleted()
          .find({ order: { id: 'ASC' } })
      ).map(({ id }) => id),
    ).to.deep.equal([3, 4])
    expect(
      (
        await folders()
          .withDeleted()
          .find({ order: { id: 'ASC' } })
      ).map(({ id }) => id),
    ).to.deep.equal([2, 3])
    expect(await dataSource.getRepository(Ticket).count()).to.equal(1)
    expect(new Set(purged)).to.deep.equal(new Set([1, 2]))
  })

  it('goes on where one row fails, and reports it once', async () => {
    await letters().insert(Array.from({ length: 5000 }, (_, id) => ({ id, folder: null })))
    await letters().delete({ id: 4321 })
    for (let id = 0; id < 999; id += 333) {
      await letters().delete(Array.from({ length: 333 }, (_, index) => id + index))
    }
    refused = 500
    const reported: unknown[] = []
    const onFailure = ({ entity, id }: { readonly entity: string; readonly id: unknown }) =>
      void reported.push([entity, id])
    const report = await prune(dataSource, { olderThan: clock.tick(), entities: [Letter], onFailure })
    expect(report).to.deep.include({ affected: 999, byEntity: { Letter: 999 } })
    expect(report.failures.map(({ entity, id, error }) => [entity, id, (error as Error).message])).to.deep.equal([
      ['Letter', 500, 'Not this one.'],
    ])
    expect(reported).to.deep.equal([['Letter', 500]])
    expect(await letters().onlyDeleted().count()).to.equal(1)
    expect(await letters().count()).to.equal(4000)
  }).timeout(120_000)

  it('refuses to run without saying which rows', async () => {
    for (const options of [
      {},
      { olderThan: new Date(Number.NaN) },
      { olderThan: new Date(8.64e15) },
      { olderThan: 'now' },
      { olderThan: clock.now(), batch: 0 },
    ]) {
      const error = await failure(prune(dataSource, options as unknown as PruneOptions))
      expect(error).to.have.property('errorCode', 'INVALID_CRITERIA')
    }
  })

  it('leaves what comes back at the same moment, whoever prunes besides', async () => {
    await letters().insert(Array.from({ length: 60 }, (_, id) => ({ id, folder: null })))
    for (let id = 0; id < 60; id++) await letters().delete(id)
    const olderThan = clock.tick()
    const restores = Array.from({ length: 20 }, (_, index) =>
      letters()
        .restore(index * 3)
        .then(
          () => true,
          () => false,
        ),
    )
    const runs = await Promise.all([1, 2, 3].map(() => prune(dataSource, { olderThan, batch: 7, entities: [Letter] })))
    const restored = (await Promise.all(restores)).filter(Boolean).length
    expect(runs.flatMap(({ failures }) => failures)).to.deep.equal([])
    expect(runs.reduce((sum, { affected }) => sum + affected, 0)).to.equal(60 - restored)
    expect(await letters().count()).to.equal(restored)
    expect(await letters().onlyDeleted().count()).to.equal(0)
  })

  it('knows who deleted a row, and forgets it when the row comes back', async () => {
    await folders().insert([{ id: 1 }, { id: 2 }])
    await runAs('ann', () => folders().delete(1))
    await folders().delete(2)
    const recorded = async () =>
      (
        await folders()
          .withDeleted()
          .find({ order: { id: 'ASC' } })
      ).map(({ deletedBy }) => deletedBy)
    expect(await recorded()).to.deep.equal(['ann', null])
    expect(await failure(folders().update(1, { deletedBy: 'bob' }))).to.be.instanceOf(Error)
    await folders().restore(1)
    expect(await recorded()).to.deep.equal([null, null])
  })

  it('does what is due by the verbs that are named, and nothing else', async () => {
    await dataSource.getRepository(Folder).insert({ id: 1 })
    await dataSource.getRepository(Folder).delete(1)
    await dataSource.getRepository(Ticket).insert({ id: 1, expiresAt: new Date(0) })
    const olderThan = new Date(clock.tick().getTime() + 1000)
    const { byEntity } = await prune(dataSource, { olderThan, verbs: ['expire'] })
    expect(byEntity).to.deep.equal({ Ticket: 1 })
    expect(await dataSource.getRepository(Folder).withDeleted().count()).to.equal(1)
    const misspelt = await failure(prune(dataSource, { olderThan, verbs: ['expired'] }))
    expect(misspelt).to.have.property('errorCode', 'INVALID_CRITERIA')
  })

  it('leaves rows that a verb does not see until they are back', async () => {
    const notices = dataSource.getRepository(Notice)
    await notices.insert([1, 2].map((id) => ({ id, showAt: new Date(0) })))
    await notices.delete(2)
    const due = { olderThan: new Date(1000), verbs: ['show'] }
    expect(await prune(dataSource, { ...due, dryRun: true })).to.have.property('affected', 1)
    expect(await prune(dataSource, due)).to.deep.equal({ affected: 1, byEntity: { Notice: 1 }, failures: [] })
    await notices.restore(2)
    expect(await prune(dataSource, due)).to.have.property('affected', 1)
    expect((await notices.find()).map(({ showAt }) => showAt)).to.deep.equal([null, null])
  })
})
