import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import {
  anyone,
  BulkActionMixin,
  createDataSource,
  type ModelDataSource,
  ModelViewSet,
  rowRule,
  Serializer,
} from 'plinth'
import {
  type HasRank,
  Ranked,
  Resource,
  Sluggable,
  type Slugged,
  type SoftDeletable,
  SoftDelete,
} from 'plinth/decorators'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { type Database, describeOnEngines, engines } from '../support/engines.js'
import { type Served, serve } from './support/served.js'

interface Task extends SoftDeletable, Slugged, HasRank {}
@Entity('lock_tasks')
@SoftDelete()
@Sluggable({ from: 'title', onUpdate: 'regenerate' })
@Ranked()
class Task {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 40 }) title!: string
  @Column({ type: 'int', default: 0 }) effort!: number
}

class TaskSerializer extends Serializer(Task, { fields: ['id', 'title', 'effort', 'rank'] }) {}

/** How often a rule was asked about a row: once for each run of a unit of work. */
let asked = 0
let isAllowed = true
const watched = rowRule<{ id: number }>('watched', () => {
  asked += 1
  return isAllowed
})

@Resource('/tasks')
class TaskViewSet extends BulkActionMixin(
  ModelViewSet(Task, {
    serializer: TaskSerializer,
    permissions: { '*': watched, list: anyone, create: anyone },
    verbs: { moveToTop: watched },
  }),
  { actions: ['update', 'delete', 'moveToTop'], max: 20, perItem: true, allow: watched },
) {}

const servers = engines.filter(({ name }) => name !== 'sqlite').map(({ name }) => name)

describeOnEngines('A request that locks its row and a list', (engine) => {
  // On SQLite units that write take turns.
  if (!servers.includes(engine.name)) return
  let database: Database
  let dataSource: ModelDataSource
  let served: Served

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Task], synchronize: true }).initialize()
    served = await serve({ viewSets: [TaskViewSet], dataSource })
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  const tasks = () => dataSource.getRepository(Task)
  const counters = () => dataSource.query('SELECT * FROM plinth_counters ORDER BY 1')

  for (const [name, method, path, body] of [
    ['deletes it', 'DELETE', '/tasks/:id', undefined],
    ['gives it another slug', 'PATCH', '/tasks/:id', { title: 'Mow' }],
    ['moves it', 'POST', '/tasks/:id/move-to-top', {}],
    ['deletes many', 'POST', '/tasks/bulk/delete', { ids: [':id'] }],
    ['deletes many, each by itself', 'POST', '/tasks/bulk/delete', { ids: [':id'], atomic: false }],
    ['gives many other slugs', 'POST', '/tasks/bulk/update', { items: [{ id: ':id', title: 'Mow' }] }],
    ['moves many', 'POST', '/tasks/bulk/move-to-top', { ids: [':id'] }],
  ] as const) {
    it(`waits for the list before it holds the row, so that nobody waits in a circle: ${name}`, async () => {
      await tasks().deleteAll()
      const [first, , last] = await tasks().save(['Mow', 'Sow', 'Row'].map((title) => tasks().create({ title })))
      const { id } = last!
      asked = 0
      let runs = 0
      let sent: ReturnType<Served['request']> | undefined
      // Somebody has the locks of the list and of the slug, and comes to want the row that the request is about.
      await dataSource.atomic(async () => {
        runs += 1
        await tasks().moveToBottom(first!.id)
        await tasks().update(first!.id, { title: 'Mow it' })
        const text = body && JSON.stringify(body).replaceAll('":id"', String(id))
        sent ??= served.request(
          method,
          path.replace(':id', String(id)),
          text === undefined ? {} : { body: JSON.parse(text) as unknown },
        )
        await delay(150)
        await tasks().update(id, { effort: 5 })
      })
      const { status } = await sent!
      // PostgreSQL deletes a ranked row by a statement first, whose list has changed when it has the lock.
      const isTriedBefore = engine.name === 'postgres' && method === 'DELETE'
      expect([runs, status < 300, asked]).to.deep.equal([1, true, isTriedBefore ? 2 : 1])
      expect((await tasks().unscoped().findById(id))!.effort).to.equal(5)
    })
  }

  it('leaves no lock behind where no item is written', async () => {
    await tasks().deleteAll()
    const { id } = await tasks().save(tasks().create({ title: 'Dig' }))
    const before: unknown = await counters()
    isAllowed = false
    const body = { items: [{ id, title: 'Rake' }], atomic: false }
    const { status, body: answer } = await served.request('POST', '/tasks/bulk/update', { body })
    isAllowed = true
    expect([status, answer['summary']]).to.deep.equal([207, { total: 1, succeeded: 0, failed: 1 }])
    expect(await counters()).to.deep.equal(before)
  })
})
