import { expect } from 'chai'
import { Column, Entity } from 'typeorm'
import {
  type HasVersion,
  Orderable,
  type Ordered,
  Sluggable,
  type Slugged,
  type SoftDeletable,
  SoftDelete,
  type Timestamped,
  Timestamps,
  type UuidIdentified,
  UuidPk,
  Versioned,
} from '../../decorators/index.js'
import { createDataSource, type ModelDataSource } from '../../src/index.js'
import { checkBehaviours } from '../../testing/index.js'
import { type Database, describeOnEngines } from '../support/engines.js'

@Entity()
@UuidPk()
@Timestamps()
@Versioned()
@SoftDelete()
@Sluggable({ from: 'title', onUpdate: 'regenerate' })
@Orderable({ within: ['list'] })
class Task {
  @Column({ type: 'varchar', length: 20 })
  title!: string

  @Column({ type: 'varchar', length: 10 })
  list!: string
}
interface Task extends UuidIdentified, Timestamped, HasVersion, SoftDeletable, Slugged, Ordered {}

const often = Number(process.env['PLINTH_BEHAVIOUR_RUNS'] ?? 1)

describeOnEngines('All built-in behaviours of one entity', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Task], synchronize: true }).initialize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  it('hold where eight clients create, rename, move, delete, restore and purge at once', async () => {
    const done = new Map<string, number>()
    const stop = dataSource.events.onCommitted(({ kind }) => void done.set(kind, (done.get(kind) ?? 0) + 1))
    try {
      await checkBehaviours(Task, {
        dataSource,
        clients: 8,
        runs: 20 * often,
        steps: 8,
        seed: 1,
        make: (fc) => fc.record({ title: fc.constantFrom('One', 'one', 'Two'), list: fc.constantFrom('a', 'b') }),
        inputs: {
          moveTo: (fc) => fc.record({ position: fc.integer({ min: -2, max: 4 }) }),
          moveToTop: (fc) => fc.constant({}),
          moveToBottom: (fc) => fc.constant({}),
          removeFromList: (fc) => fc.constant({}),
          moveUp: (fc) => fc.record({ by: fc.constantFrom(null, 1, 2) }),
          moveDown: (fc) => fc.record({ by: fc.constantFrom(null, 1, 2) }),
          moveToList: (fc) =>
            fc.record({ list: fc.constantFrom({ list: 'a' }, { list: 'b' }), position: fc.constant(1) }),
        },
        refusals: [
          'NOT_IN_LIST',
          'NOT_A_PERMUTATION',
          'ONE_ROW',
          'SLUG_TAKEN',
          'LIST_CHANGED',
          'STALE',
          'UNKNOWN_LIST',
        ],
      })
    } finally {
      stop()
    }
    expect([...done.keys()]).to.include.members([
      'insert',
      'update',
      'delete',
      'restore',
      'purge',
      'touch',
      'moveTo',
      'moveUp',
      'moveDown',
      'moveToTop',
      'moveToBottom',
      'moveToList',
      'removeFromList',
    ])
  })
})
