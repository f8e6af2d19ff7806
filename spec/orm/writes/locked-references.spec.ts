import { expect } from 'chai'
import {
  Column,
  Entity,
  JoinColumn,
  JoinTable,
  ManyToMany,
  ManyToOne,
  OneToMany,
  PrimaryColumn,
  type Relation,
} from 'typeorm'
import { OnDelete, type SoftDeletable, SoftDelete } from '../../../decorators/index.js'
import {
  type Adds,
  type AppException,
  capability,
  column,
  contextVariable,
  createDataSource,
  type DefinitionError,
  defineTrait,
  eq,
  type ModelDataSource,
  withCapability,
} from '../../../src/index.js'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { waitsForLock } from '../../support/waits-for-lock.js'

const tenant = contextVariable<string>('tenant')
const support = capability('support')

const Owned = defineTrait({
  name: 'Owned',
  defaults: {},
  columns: () => ({ tenantId: column.string({ length: 10 }) }),
  scopes: () => ({ tenant: { where: eq('tenantId', tenant), locked: true, liftedBy: support } }),
})

/** Verbs that write a key, for all rows alike and for each of them. */
const Held = defineTrait({
  name: 'Held',
  defaults: {},
  columns: () => ({ holderId: column.integer({ nullable: true }) }),
  inputs: () => ({ hold: { by: column.integer() }, holdEach: { by: column.integer() } }),
  verbs: () => ({
    hold: { set: ({ input }) => ({ holderId: input.by }) },
    holdEach: { each: ({ given }) => ({ holderId: Number(given['by']) }) },
  }),
})

@Entity()
@Owned()
class Project {
  @PrimaryColumn()
  id!: number

  @OneToMany(
    () => Task,
    (task) => task.project,
  )
  tasks!: Relation<Task>[]
}
interface Project extends Adds<typeof Owned> {}

@Entity()
@SoftDelete()
@Owned()
class Client {
  @PrimaryColumn()
  id!: number
}
interface Client extends SoftDeletable, Adds<typeof Owned> {}

@Entity()
@Owned()
class Room {
  @PrimaryColumn()
  floor!: number

  @PrimaryColumn()
  door!: number
}
interface Room extends Adds<typeof Owned> {}

@Entity()
@Owned()
class Label {
  @PrimaryColumn()
  id!: number
}
interface Label extends Adds<typeof Owned> {}

/** Belongs to nobody itself. */
@Entity()
@Held()
class Task {
  @PrimaryColumn()
  id!: number

  @Column({ default: 0 })
  score!: number

  @ManyToOne(
    () => Project,
    (project) => project.tasks,
  )
  project!: Relation<Project> | null

  @ManyToOne(() => Client)
  @OnDelete('cascade')
  client!: Relation<Client> | null

  @Column({ nullable: true, type: Number })
  clientNumber!: number | null

  @ManyToOne(() => Client)
  @JoinColumn({ name: 'clientNumber' })
  payer!: Relation<Client> | null

  @ManyToOne(() => Project)
  @JoinColumn({ name: 'holderId' })
  holder!: Relation<Project> | null

  @ManyToOne(() => Room)
  room!: Relation<Room> | null

  @ManyToOne(() => Project)
  lazy!: Promise<Project | null>

  @ManyToMany(() => Label)
  @JoinTable()
  labels!: Relation<Label>[]
}
interface Task extends Adds<typeof Held> {}

@Entity()
@Owned()
class Folder {
  @PrimaryColumn()
  id!: number

  @ManyToOne(() => Folder)
  parent!: Relation<Folder> | null
}
interface Folder extends Adds<typeof Owned> {}

const refusal = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'written',
    (error: AppException & Partial<DefinitionError>) =>
      error.mistakes?.[0]?.code ?? [error.errorCode, error.message, error.errors?.map(({ pointer }) => pointer)],
  )

const missing = (property: string) => [
  'VALIDATION_ERROR',
  'The record refers to another one that does not exist.',
  [`#/${property}`],
]

const asA = <T>(work: () => Promise<T>): Promise<T> => tenant.run('a', work)

describeOnEngines('Keys of rows that locked scopes guard', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    const entities = [Project, Client, Room, Label, Task, Folder]
    dataSource = await createDataSource({ ...database.options, entities }).initialize()
    await dataSource.synchronize()
    for (const [name, of] of [
      ['a', 1],
      ['b', 2],
    ] as const) {
      await tenant.run(name, async () => {
        await dataSource.getRepository(Project).insert({ id: of })
        await dataSource.getRepository(Client).insert({ id: of })
        await dataSource.getRepository(Label).insert({ id: of })
        await dataSource.getRepository(Room).insert({ floor: of, door: 1 })
        await dataSource.getRepository(Folder).insert({ id: of })
      })
    }
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(async () => {
    await dataSource.query('DELETE FROM task_labels_label')
    await dataSource.query('DELETE FROM task')
    await asA(() => tasks().insert({ id: 1, project: { id: 1 } }))
  })

  const tasks = () => dataSource.getRepository(Task)
  const relation = (name: string) => dataSource.createQueryBuilder().relation(Task, name).of(1)
  const builder = () => dataSource.createQueryBuilder()
  const loaded = () => tasks().findOneByOrFail({ id: 1 })

  const ways: Readonly<Record<string, readonly [property: string, write: (key: number) => Promise<unknown>]>> = {
    insert: ['project', (id) => tasks().insert({ id: 2, project: { id } })],
    'insert of a bare key': ['project', (id) => tasks().insert({ id: 2, project: id as never })],
    'insert of several': [
      'project',
      (id) =>
        tasks().insert([
          { id: 2, project: { id: 1 } },
          { id: 3, project: { id } },
        ]),
    ],
    'insert by a builder': [
      'project',
      (id) => builder().insert().into(Task).values({ id: 2, project: { id } }).execute(),
    ],
    'insert of a key that is a property': ['clientNumber', (id) => tasks().insert({ id: 2, clientNumber: id })],
    'insert of a lazy relation': ['lazy', (id) => tasks().insert({ id: 2, lazy: { id } as never })],
    'insert below a policy': ['client', (id) => tasks().insert({ id: 2, client: { id } })],
    'insert of a key of two columns': ['room', (floor) => tasks().insert({ id: 2, room: { floor, door: 1 } })],
    'save of a new row': ['project', (id) => tasks().save({ id: 2, project: { id } })],
    save: ['project', async (id) => tasks().save(Object.assign(await loaded(), { project: { id } }))],
    'save of a key that is a property': [
      'clientNumber',
      async (id) => tasks().save(Object.assign(await loaded(), { clientNumber: id })),
    ],
    'save of a key of two columns': [
      'room',
      async (floor) => tasks().save(Object.assign(await loaded(), { room: { floor, door: 1 } })),
    ],
    update: ['project', (id) => tasks().update(1, { project: { id } })],
    updateAll: ['project', (id) => tasks().updateAll({ project: { id } })],
    'update of a key of two columns': ['room', (floor) => tasks().update(1, { room: { floor, door: 1 } })],
    'update by a builder': ['project', (id) => builder().update(Task).set({ project: { id } }).execute()],
    updateOrCreate: ['project', (id) => tasks().updateOrCreate({ id: 1, project: { id } as never }, { by: ['id'] })],
    upsert: ['project', (id) => tasks().upsert({ id: 1, project: { id } }, ['id'])],
    'a verb': ['holderId', (by) => tasks().hold(1, { by })],
    'a verb that looks at its rows': ['holderId', (by) => tasks().holdEach(1, { by })],
    'relation().set()': ['project', (id) => relation('project').set(id)],
    'a junction table': [
      'labels',
      (labelId) => builder().insert().into('task_labels_label').values({ taskId: 1, labelId }).execute(),
    ],
  }
  for (const [way, [property, write]] of Object.entries(ways)) {
    it(`are written by ${way} where the row is inside, and nobody learns of others`, async () => {
      const outcomes = await asA(async () => [
        await refusal(write(2)),
        await refusal(write(3)),
        await refusal(write(1)),
      ])
      expect(outcomes).to.deep.equal([missing(property), missing(property), 'written'])
    })
  }

  it('are refused for links, and for members of lists', async () => {
    const outcomes = await asA(async () => {
      const task = await tasks().findOneOrFail({ where: { id: 1 }, relations: { labels: true } })
      const member = builder().relation(Project, 'tasks')
      return [
        await refusal(relation('labels').add(2)),
        await refusal(relation('labels').add(3)),
        await refusal(tasks().save(Object.assign(task, { labels: [{ id: 2 }] }))),
        await refusal(tasks().save(Object.assign(task, { labels: [{ id: 3 }] }))),
        await refusal(member.of(2).add(1)),
        await refusal(member.of(3).add(1)),
        await refusal(relation('labels').add(1)),
      ]
    })
    for (const pair of [0, 2, 4]) {
      expect(outcomes[pair]).to.not.equal('written')
      expect(outcomes[pair + 1]).to.deep.equal(outcomes[pair])
    }
    expect(outcomes[6]).to.equal('written')
  })

  it('are not computed by SQL, and come from no SELECT', async () => {
    const outcomes = await asA(async () => [
      await refusal(tasks().insert({ id: 2, project: () => '2' })),
      await refusal(tasks().update(1, { project: () => '2' })),
      await refusal(tasks().update(1, { clientNumber: () => '2' })),
      await refusal(tasks().increment({ id: 1 }, 'clientNumber', 1)),
      await refusal(
        builder()
          .insert()
          .into(Task, ['id', 'project'])
          .valuesFromSelect((query) => query.select('2', 'id').addSelect('p.id', 'project').from(Project, 'p'))
          .execute(),
      ),
    ])
    expect(outcomes).to.deep.equal(outcomes.map(() => 'E_UNRULED_WRITE'))
  })

  it('may be of rows that the same statement inserts', async () => {
    await asA(async () => {
      const folders = dataSource.getRepository(Folder)
      await folders.insert([{ id: 10 }, { id: 11, parent: { id: 10 } }, { id: 12, parent: { id: 1 } }])
      expect(await refusal(folders.insert({ id: 13, parent: { id: 2 } }))).to.deep.equal(missing('parent'))
      await folders.save([{ id: 15 }, { id: 14, parent: { id: 15 } }])
      await folders.delete([11, 12, 14])
      await folders.delete([10, 15])
    })
  })

  it('cost nothing where none is written, and are free where the scope is lifted', async () => {
    await tenant.run('b', () => tasks().update(1, { score: 1 }))
    await withCapability(support, () => tasks().update(1, { project: { id: 2 } }))
    expect((await tasks().update(1, { project: null })).affected).to.equal(1)
    const outside = await refusal(tasks().update(1, { project: { id: 1 } }))
    expect(outside).to.deep.include('CONTEXT_MISSING')
  })

  // A project is moved only while no task refers to it, so none may refer to one that has moved.
  const move = (id: number) =>
    dataSource.atomic(async () => {
      await dataSource.getRepository(Project).update(id, { tenantId: 'b' })
      if ((await tasks().countBy({ project: { id } })) > 0) throw new Error('It has tasks.')
    })

  const insertNew = async () => tasks().insert({ id: 2, project: { id: 50 } })

  it('stay inside while others move the rows they are of', async () => {
    const ids = Array.from({ length: 8 }, (_, round) => 100 + round)
    const outcomes = await Promise.all(
      ids.map(async (id) => {
        await asA(() => dataSource.getRepository(Project).insert({ id }))
        const [insertion, moved] = await Promise.all([
          asA(() => refusal(tasks().insert({ id, project: { id } }))),
          withCapability(support, () => refusal(move(id))),
        ])
        return [insertion === 'written', moved === 'written']
      }),
    )
    expect(outcomes).to.deep.equal(outcomes.map(([inserted]) => [inserted, !inserted]))
  })

  if (engine.name !== 'sqlite') {
    it('wait for a row that is being moved, and are refused then', async () => {
      await asA(() => dataSource.getRepository(Project).insert({ id: 50 }))
      let insertion: Promise<unknown> = Promise.resolve()
      await dataSource.atomic(async () => {
        await withCapability(support, () => dataSource.getRepository(Project).update(50, { tenantId: 'b' }))
        insertion = asA(() => refusal(dataSource.atomic(insertNew, { propagation: 'new' })))
        await waitsForLock(dataSource, engine.name)
      })
      expect(await insertion).to.deep.equal(missing('project'))
    })
  }
})
