import { expect } from 'chai'
import { Column, Entity, In, ManyToOne, PrimaryColumn, type Relation } from 'typeorm'
import {
  Audited,
  auditTrail,
  type HasMetadata,
  type HasVersion,
  Metadata,
  OnDelete,
  Orderable,
  type Ordered,
  Sluggable,
  type Slugged,
  type SoftDeletable,
  SoftDelete,
  StampOn,
  type Timestamped,
  Timestamps,
  Versioned,
} from '../../decorators/index.js'
import {
  type Adds,
  type AppException,
  column,
  contextVariable,
  createDataSource,
  defineTrait,
  eq,
  type ModelDataSource,
  type ModelRepository,
  ModelService,
  on,
  runAs,
  type ServiceResult,
  silentLogger,
  type WriteEvent,
} from '../../src/index.js'
import { type Database, describeOnEngines } from '../support/engines.js'

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
@Timestamps()
@Versioned()
@SoftDelete()
@Metadata()
@Orderable({ within: ['list'] })
@Sluggable({ from: 'title', onUpdate: 'regenerate' })
@StampOn({ field: 'state', equals: 'done', stamp: 'doneAt' })
@Audited({ only: ['title', 'state', 'list', 'slug', 'version', 'updatedAt', 'deletedAt', 'doneAt', 'metadata'] })
class Task {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'varchar', length: 40 })
  title!: string

  @Column({ type: 'varchar', length: 20, default: 'open' })
  state!: string

  @Column({ type: 'int', default: 1 })
  list!: number

  @Column({ type: 'int', default: 0 })
  views!: number

  doneAt!: Date | null
}
interface Task extends Adds<typeof Tenanted>, Timestamped, HasVersion, SoftDeletable, HasMetadata, Ordered, Slugged {}

@Entity()
@Timestamps()
@SoftDelete()
@Audited()
class Note {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @ManyToOne(() => Task)
  @OnDelete('cascade')
  task!: Relation<Task>
}
interface Note extends Timestamped, SoftDeletable {}

const ids = [1, 2, 3, 4]
const start = Date.UTC(2024, 1, 29, 12)

/** What one way of writing has left behind; ids of calls are not part of it, only whether there is one. */
interface Left {
  readonly rows: readonly object[]
  readonly entries: readonly object[]
  readonly errors: readonly (string | undefined)[]
  /** What handlers were told, row by row. */
  readonly events: readonly string[]
}

type Tasks = ModelRepository<Task>

interface Parity {
  readonly before?: (tasks: Tasks) => Promise<unknown>
  readonly one: (tasks: Tasks, id: number) => Promise<unknown>
  readonly all: (tasks: Tasks, ids: readonly number[]) => Promise<unknown>
}

const task = (id: number) => ({ id, title: `Task ${id % 2}`, list: 1 })
const deleted = (tasks: Tasks) => tasks.delete([...ids])

class TaskService extends ModelService(Task) {}

const serviceOf = (tasks: Tasks) => new TaskService({ dataSource: tasks.manager.dataSource, logger: silentLogger })
const unwrapped = async (result: Promise<ServiceResult<unknown>>) => (await result).unwrap()

const writes: Readonly<Record<string, Parity>> = {
  insert: {
    before: (tasks) =>
      tasks
        .createQueryBuilder()
        .delete()
        .execute()
        .then(() => tasks.withDeleted().purge([...ids])),
    one: (tasks, id) => tasks.insert({ ...task(id), state: 'done' }),
    all: (tasks, all) => tasks.insert(all.map((id) => ({ ...task(id), state: 'done' }))),
  },
  'save of what is there': {
    one: (tasks, id) => tasks.save({ id, title: `New ${id}`, metadata: { id } }),
    all: (tasks, all) => tasks.save(all.map((id) => ({ id, title: `New ${id}`, metadata: { id } }))),
  },
  update: {
    one: (tasks, id) => tasks.update(id, { state: 'done' }),
    all: (tasks) => tasks.updateAll({ state: 'done' }),
  },
  'update to another list': {
    one: (tasks, id) => tasks.update(id, { list: 2 }),
    all: (tasks, all) => tasks.update([...all], { list: 2 }),
  },
  'insert through a service': {
    before: (tasks) => deleted(tasks).then(() => tasks.purge([...ids])),
    one: (tasks, id) => unwrapped(serviceOf(tasks).create({ ...task(id), state: 'done' })),
    all: (tasks, all) => unwrapped(serviceOf(tasks).createMany(all.map((id) => ({ ...task(id), state: 'done' })))),
  },
  'update through a service': {
    one: (tasks, id) => unwrapped(serviceOf(tasks).update(id, { list: 2, state: 'done' })),
    all: (tasks, all) => unwrapped(serviceOf(tasks).updateMany(all, { list: 2, state: 'done' })),
  },
  'delete through a service': {
    one: (tasks, id) => unwrapped(serviceOf(tasks).delete(id)),
    all: (tasks, all) => unwrapped(serviceOf(tasks).deleteMany(all)),
  },
  increment: {
    one: (tasks, id) => tasks.increment({ id }, 'views', 2),
    all: (tasks, all) => tasks.increment({ id: In([...all]) }, 'views', 2),
  },
  'a merge patch': {
    one: (tasks, id) => tasks.mergeMetadata(id, { patch: { a: { b: 1 } } }),
    all: (tasks, all) => tasks.mergeMetadata([...all], { patch: { a: { b: 1 } } }),
  },
  touch: { one: (tasks, id) => tasks.touch(id), all: (tasks, all) => tasks.touch([...all]) },
  'delete with what belongs to it': {
    one: (tasks, id) => tasks.delete(id),
    all: (tasks, all) => tasks.delete([...all]),
  },
  restore: { before: deleted, one: (tasks, id) => tasks.restore(id), all: (tasks, all) => tasks.restore([...all]) },
  purge: { one: (tasks, id) => tasks.purge(id), all: (tasks, all) => tasks.purge([...all]) },
  'what is refused': {
    one: (tasks, id) => tasks.update(id, { metadata: { f: Number.NaN } }),
    all: (tasks) => tasks.updateAll({ metadata: { f: Number.NaN } }),
  },
}

/**
 * Rows that leave one after another have nobody in front of them any more; those that leave together remember one another.
 * Both come back in their order.
 */
const withoutPredecessor = (row: object): object => ({ ...row, predecessor: undefined })
const identity = (row: object): object => row

const known = (id: unknown): boolean => id !== null && id !== undefined

describeOnEngines('Writes of one row and of many', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  const clock = { instant: start, now: () => new Date(clock.instant) }

  const told: string[] = []
  const tell =
    (when: string) =>
    ({ kind, entity, rows, cause }: WriteEvent) => {
      for (const { before, after } of rows) {
        const state = [before, after].map((row) => row && [row['title'], row['state'], row['list'], row['version']])
        told.push(JSON.stringify([when, kind, entity.name, (before ?? after)!['id'], state, cause?.kind]))
      }
    }
  const [early, late] = [tell('before'), tell('after')]

  before(async () => {
    database = await engine.create()
    const listeners = [
      on(Task, { beforeInsert: early, afterInsert: late, beforeUpdate: early, afterUpdate: late }),
      on(Task, { beforeDelete: early, afterDelete: late, beforeRestore: early, afterRestore: late }),
      on(Task, { beforePurge: early, afterPurge: late, beforeTouch: early, afterTouch: late }),
      on(Task, { beforeMergeMetadata: early, afterMergeMetadata: late }),
      on(Note, { afterDelete: late, afterRestore: late, afterPurge: late }),
    ]
    dataSource = await createDataSource({ ...database.options, entities: [Task, Note], clock, listeners }).initialize()
    await dataSource.synchronize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  const empty = async () => {
    for (const table of ['note', 'note_audit', 'task', 'task_audit', 'task_slug_history', 'plinth_counters']) {
      await dataSource.query(`DELETE FROM ${table}`)
    }
  }

  /** Writes, as Ada, rows that two tenants have alike, and gives what the first of them has then. */
  const left = (parity: Parity, way: (tasks: Tasks) => readonly Promise<unknown>[] | Promise<unknown>): Promise<Left> =>
    tenant.run('acme', async () => {
      await empty()
      clock.instant = start
      const tasks = dataSource.getRepository(Task)
      await tasks.insert(ids.map(task))
      await dataSource.getRepository(Note).insert(ids.map((id) => ({ id, task: { id } })))
      await tenant.run('other', () => tasks.insert(task(99)))
      clock.instant += 1000
      await parity.before?.(tasks)
      for (const table of ['note_audit', 'task_audit']) await dataSource.query(`DELETE FROM ${table}`)
      clock.instant += 1000
      told.length = 0
      const errors = await runAs('ada', async () => {
        const results = await Promise.allSettled([way(tasks)].flat())
        return results.map((result) =>
          result.status === 'rejected'
            ? ((result.reason as AppException).errorCode ?? String(result.reason))
            : undefined,
        )
      })
      return { ...(await stored()), errors: [...new Set(errors)], events: told.toSorted() }
    })

  const stored = async () => {
    const tables = [dataSource.getRepository(Task), dataSource.getRepository(Note)] as const
    const rows = [
      ...(await tables[0].unscoped().find({ order: { id: 'ASC' } })),
      ...(await tables[1].unscoped().find({ order: { id: 'ASC' } })),
    ].map((row) => Object.assign({}, row, { deletionId: known(row.deletionId) }))
    const entries = [...(await auditTrail(tables[0])), ...(await auditTrail(tables[1]))]
      .map(({ id: _id, operation, before, after, ...entry }) => {
        const plain = (values: object | null) =>
          values && { ...values, ...('deletionId' in values && { deletionId: known(values.deletionId) }) }
        return { ...entry, operation: known(operation), before: plain(before), after: plain(after) }
      })
      .toSorted((a, b) => (`${a.entity} ${a.row} ${a.kind}` < `${b.entity} ${b.row} ${b.kind}` ? -1 : 1))
    return { rows, entries }
  }

  /** The order of rows after they were written in some way. */
  const orderAfter = async (write: (tasks: Tasks) => Promise<unknown>) =>
    tenant.run('acme', async () => {
      await empty()
      const tasks = dataSource.getRepository(Task)
      await tasks.insert([...ids, 5].map(task))
      await tasks.reorder([5, 3, 1, 4, 2])
      await write(tasks)
      return (await tasks.find()).map(({ id }) => id)
    })

  it('come back in the same order, whether they leave and return one by one or together', async () => {
    const one = await orderAfter(async (tasks) => {
      for (const id of [3, 1, 4, 2]) await tasks.delete(id)
      for (const id of [2, 4, 1, 3]) await tasks.restore(id)
    })
    const all = await orderAfter(async (tasks) => {
      await tasks.delete([...ids])
      await tasks.restore([...ids])
    })
    expect([one, all]).to.deep.equal([
      [5, 3, 1, 4, 2],
      [5, 3, 1, 4, 2],
    ])
  })

  for (const [what, parity] of Object.entries(writes)) {
    it(`leave the same behind: ${what}`, async () => {
      const one = await left(parity, async (tasks) => {
        for (const id of ids) await parity.one(tasks, id)
      })
      const all = await left(parity, (tasks) => parity.all(tasks, ids))
      expect(one.errors).to.deep.equal(what === 'what is refused' ? ['VALIDATION_ERROR'] : [undefined])
      const hides = what.startsWith('delete')
      expect(all.rows.map(hides ? withoutPredecessor : identity)).to.deep.equal(
        one.rows.map(hides ? withoutPredecessor : identity),
      )
      expect(all.events).to.deep.equal(one.events)
      expect(one.events.length > 0).to.equal(what !== 'what is refused')
      expect(all.entries).to.deep.equal(one.entries)
      expect(all.errors).to.deep.equal(one.errors)
      expect(one.entries.length > 0).to.equal(what !== 'what is refused')
    })
  }
})
