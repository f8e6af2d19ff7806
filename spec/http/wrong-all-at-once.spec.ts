import { expect } from 'chai'
import { anyone, BulkActionMixin, createDataSource, type ModelDataSource, ModelViewSet, Serializer } from 'plinth'
import { type HasMetadata, Metadata, Resource } from 'plinth/decorators'
import {
  Column,
  Entity,
  JoinTable,
  ManyToMany,
  ManyToOne,
  OneToMany,
  PrimaryGeneratedColumn,
  type Relation,
} from 'typeorm'
import { type Database, describeOnEngines } from '../support/engines.js'
import { errorsIn, type Served, serve } from './support/served.js'

@Entity('wrong_tags')
class Tag {
  @PrimaryGeneratedColumn() id!: number
}

interface Task extends HasMetadata {}
@Metadata({ schema: { type: 'object', properties: { a: { type: 'number' } }, additionalProperties: false } })
@Entity('wrong_tasks')
class Task {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 10 }) title!: string
  @ManyToOne(() => Tag) first!: Relation<Tag> | null
  @ManyToOne(() => Tag) second!: Relation<Tag> | null
  @ManyToMany(() => Tag) @JoinTable({ name: 'wrong_task_tags' }) tags!: Relation<Tag>[]
  @OneToMany(
    () => Step,
    ({ task }) => task,
  )
  steps!: Relation<Step>[]
}

@Entity('wrong_steps')
class Step {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 10 }) name!: string
  @ManyToOne(() => Tag) tag!: Relation<Tag> | null
  @ManyToOne(
    () => Task,
    ({ steps }) => steps,
  )
  task!: Relation<Task>
}

class TagPart extends Serializer(Tag, { fields: ['id'] }) {}
const byKey = { serializer: TagPart, write: 'id' } as const
class StepPart extends Serializer(Step, { fields: ['id', 'name', 'tag'], nested: { tag: byKey } }) {}
class TaskSerializer extends Serializer(Task, {
  fields: ['id', 'title', 'metadata', 'first', 'second', 'tags', 'steps'],
  nested: { first: byKey, second: byKey, tags: byKey, steps: { serializer: StepPart, write: 'merge' } },
}) {}

@Resource('/tasks')
class Tasks extends BulkActionMixin(ModelViewSet(Task, { serializer: TaskSerializer, permissions: { '*': anyone } }), {
  allow: anyone,
  actions: ['create', 'update'],
  max: 10,
  perItem: true,
}) {}

describeOnEngines('All that is wrong with a body', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served
  const sent: string[] = []

  before(async () => {
    database = await engine.create()
    const entities = [Tag, Task, Step]
    dataSource = await createDataSource({ ...database.options, entities, synchronize: true }).initialize()
    await dataSource.getRepository(Tag).insert({ id: 1 })
    dataSource.onStatement(({ sql }) => sent.push(sql))
    served = await serve({ viewSets: [Tasks], dataSource })
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  const refused = async (method: string, path: string, body: object) => {
    const before = await stored()
    const answer = await served.request(method, path, { body })
    expect(await stored()).to.deep.equal(before)
    expect(answer.status, answer.text).to.equal(400)
    return [errorsIn(answer), answer.body['detail']]
  }
  const make = async (title: string) => {
    const { body } = await served.request('POST', '/tasks', { body: { title, steps: [{ name: title }] } })
    const [step] = (body['steps'] as { readonly data: readonly { readonly id: number }[] }).data
    return { id: body.id, step: step!.id }
  }
  const stored = () =>
    dataSource.getRepository(Task).find({ relations: { tags: true, steps: true }, order: { id: 'ASC' } })

  it('names every key that is of no row, wherever it stands', async () => {
    const steps = [
      { name: 'one', tag: 1 },
      { name: 'two', tag: 7 },
    ]
    const body = { title: 'one', first: 7, second: 8, tags: [1, 9], steps }
    const errors = ['#/first not_found', '#/second not_found', '#/tags/1 not_found', '#/steps/1/tag not_found']
    expect(await refused('POST', '/tasks', body)).to.deep.equal([errors, 'The body is invalid in 4 places.'])
    expect(await refused('POST', '/tasks', { ...body, first: 1, second: null })).to.deep.equal([
      errors.slice(2),
      'The body is invalid in 2 places.',
    ])
  })

  it('names those of rows that are there, and of rows that belong elsewhere', async () => {
    const [own, other] = [await make('one'), await make('two')]
    const steps = [
      { id: other.step, name: 'x' },
      { id: own.step, tag: 7 },
      { name: 'new', tag: 8 },
    ]
    expect(await refused('PATCH', `/tasks/${own.id}`, { title: 'new', steps, tags: [9] })).to.deep.equal([
      ['#/tags/0 not_found', '#/steps/0/id not_found', '#/steps/1/tag not_found', '#/steps/2/tag not_found'],
      'The body is invalid in 4 places.',
    ])
    const items = [
      { id: own.id, steps: steps.slice(1, 2) },
      { id: other.id, steps: [{ id: own.step, name: 'x' }] },
    ]
    expect(await refused('POST', '/tasks/bulk/update', { items })).to.deep.equal([
      ['#/items/0/steps/0/tag not_found', '#/items/1/steps/0/id not_found'],
      'The body is invalid in 2 places.',
    ])
  })

  it('names those of all items that are written together', async () => {
    const items = [
      { title: 'right', first: 1 },
      { title: 'one', first: 7 },
      { title: 'two', tags: [8] },
      { title: 'right' },
      { title: 'three', steps: [{ name: 'one', tag: 9 }] },
    ]
    expect(await refused('POST', '/tasks/bulk/create', { items })).to.deep.equal([
      ['#/items/1/first not_found', '#/items/2/tags/0 not_found', '#/items/4/steps/0/tag not_found'],
      'The body is invalid in 3 places.',
    ])
  })

  it('says what a column refuses with all the rest', async () => {
    const wrong = { title: 5, metadata: { b: 1 }, first: 'x', more: 1 }
    const [errors, detail] = await refused('POST', '/tasks', wrong)
    expect(errors).to.have.members([
      '#/title type',
      '#/metadata/b additionalProperties',
      '#/first type',
      '#/more unknown_field',
    ])
    expect(detail).to.equal('The body is invalid in 4 places.')
    const alone = await refused('POST', '/tasks', { title: 'one', metadata: { a: 'x' } })
    expect(alone).to.deep.equal([['#/metadata/a type'], 'The body is invalid in one place.'])
    const items = [
      { title: 'one', metadata: { a: 'x' } },
      { title: 'two', metadata: 3 },
    ]
    expect((await refused('POST', '/tasks/bulk/create', { items }))[0]).to.deep.equal([
      '#/items/0/metadata/a type',
      '#/items/1/metadata object',
    ])
  })

  it('asks a document that is merged once it is whole', async () => {
    const { body } = await served.request('POST', '/tasks', { body: { title: 'one', metadata: { a: 1 } } })
    expect((await refused('PATCH', `/tasks/${body.id}`, { metadata: { a: 'x' } }))[0]).to.deep.equal([
      '#/metadata/a type',
    ])
    const emptied = await served.request('PATCH', `/tasks/${body.id}`, { body: { metadata: { a: null } } })
    expect([emptied.status, emptied.body['metadata']]).to.deep.equal([200, {}])
  })

  it('costs what is right no statement', async () => {
    sent.length = 0
    const body = { title: 'one', first: 1, second: 1, tags: [1] }
    expect((await served.request('POST', '/tasks', { body })).status).to.equal(201)
    const looks = sent.filter((sql) => /^SELECT(?!.*ROW_NUMBER).* FROM .?wrong_tags.? /.test(sql))
    // One for each relation, and one for the answer.
    expect(looks).to.have.length(4)
  })
})
