import { expect } from 'chai'
import {
  anyone,
  BulkActionMixin,
  createDataSource,
  type ModelDataSource,
  ModelService,
  ModelViewSet,
  Serializer,
  silentLogger,
} from 'plinth'
import { Resource } from 'plinth/decorators'
import {
  ChildEntity,
  Column,
  Entity,
  JoinTable,
  ManyToMany,
  ManyToOne,
  PrimaryColumn,
  type Relation,
  TableInheritance,
} from 'typeorm'
import { failure } from '../orm/writes/library.js'
import { type Database, describeOnEngines } from '../support/engines.js'
import { type Served, serve } from './support/served.js'

@Entity('classed_animals')
@TableInheritance({ column: { type: 'varchar', name: 'kind', length: 20 } })
export class Animal {
  @PrimaryColumn({ type: 'int' }) id!: number

  /** Whom it follows. */
  @ManyToOne(() => Dog, { nullable: true }) leader!: Relation<Dog> | null
}
@ChildEntity()
export class Dog extends Animal {}
@ChildEntity()
export class Cat extends Animal {}
@ChildEntity()
export class Puppy extends Dog {}

@Entity('classed_keepers')
export class Keeper {
  @PrimaryColumn({ type: 'int' }) id!: number
  @Column({ length: 20, default: '' }) name!: string
  @ManyToOne(() => Dog, { nullable: true }) dog!: Relation<Dog> | null
  @ManyToOne(() => Animal, { nullable: true }) animal!: Relation<Animal> | null
  @ManyToMany(() => Dog) @JoinTable({ name: 'classed_walks' }) walks!: Relation<Dog>[]
}

class KeeperService extends ModelService(Keeper) {}

class DogPart extends Serializer(Dog, { fields: ['id'] }) {}
const byKey = { serializer: DogPart, write: 'id' } as const
class KeeperSerializer extends Serializer(Keeper, {
  fields: ['id', 'name', 'dog', 'walks'],
  createOnly: ['id'],
  nested: { dog: byKey, walks: byKey },
}) {}

@Resource('/keepers')
class KeeperViewSet extends BulkActionMixin(
  ModelViewSet(Keeper, { serializer: KeeperSerializer, service: KeeperService, permissions: { '*': anyone } }),
  { allow: anyone, actions: ['create', 'update'], max: 10 },
) {}

describeOnEngines('A key of a class that shares its table with others', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served

  before(async () => {
    database = await engine.create()
    const entities = [Animal, Dog, Cat, Puppy, Keeper]
    dataSource = await createDataSource({ ...database.options, entities, synchronize: true }).initialize()
    served = await serve({ viewSets: [KeeperViewSet], dataSource })
    await dataSource.getRepository(Dog).insert({ id: 1 })
    await dataSource.getRepository(Cat).insert({ id: 2 })
    await dataSource.getRepository(Puppy).insert({ id: 3 })
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(async () => {
    await dataSource.query('DELETE FROM classed_walks')
    await dataSource.query('DELETE FROM classed_keepers')
    await dataSource.createQueryBuilder().update(Animal).set({ leader: null }).execute()
    await dataSource.query('DELETE FROM classed_animals WHERE id > 8')
    await keepers().insert({ id: 1, dog: { id: 1 } })
  })

  const keepers = () => dataSource.getRepository(Keeper)
  const service = () => new KeeperService({ dataSource, logger: silentLogger })
  const stored = async (id = 1) => {
    const keeper = await keepers().findOne({ where: { id }, relations: { dog: true, walks: true } })
    return keeper && [keeper.dog?.id, ...keeper.walks.map((dog) => dog.id).toSorted((one, other) => one - other)]
  }
  const walksOf = () => dataSource.getRepository(Keeper).createQueryBuilder().relation('walks').of(1)
  const writes: Readonly<Record<string, (id: number) => Promise<unknown>>> = {
    insert: (id) => keepers().insert([{ id: 2 }, { id: 3, dog: { id } }]),
    update: (id) => keepers().update(1, { dog: { id } }),
    'save of a new one': (id) => keepers().save(keepers().create({ id: 2, dog: { id } })),
    save: async (id) => keepers().save(Object.assign(await keepers().findOneByOrFail({ id: 1 }), { dog: { id } })),
    'save of a list': (id) => keepers().save({ id: 1, walks: [{ id }] }),
    set: (id) => dataSource.getRepository(Keeper).createQueryBuilder().relation('dog').of(1).set(id),
    add: (id) => walksOf().add(id),
    create: async (id) => (await service().create({ id: 2, dog: { id } } as never)).unwrap(),
    createMany: async (id) => (await service().createMany([{ id: 2 }, { id: 3, dog: { id } }] as never)).unwrap(),
    'update of a service': async (id) => (await service().update(1, { dog: { id } } as never)).unwrap(),
    'a row that follows': (id) => dataSource.getRepository(Cat).insert({ id: 9, leader: { id } }),
  }

  for (const [name, write] of Object.entries(writes)) {
    it(`is refused where it is of another class: ${name}`, async () => {
      const missing = await failure(write(99))
      const refused = await failure(write(2))
      expect([refused.constructor.name, refused.message]).to.deep.equal([missing.constructor.name, missing.message])
      expect(await stored()).to.deep.equal([1])
      expect(await keepers().count()).to.equal(1)
    })

    it(`is written where it is of the class, or one that extends it: ${name}`, async () => {
      await write(3)
    })
  }

  it('is refused of another class over HTTP, as one that is of no row', async () => {
    const requests = [
      ['POST', '/keepers', { id: 2, dog: 2 }],
      ['POST', '/keepers', { id: 2, walks: [1, 2] }],
      ['PATCH', '/keepers/1', { dog: 2 }],
      ['PATCH', '/keepers/1', { walks: [2] }],
      ['POST', '/keepers/bulk/create', { items: [{ id: 2 }, { id: 3, dog: 2 }] }],
      ['POST', '/keepers/bulk/update', { ids: [1], values: { dog: 2 } }],
    ] as const
    for (const [method, path, body] of requests) {
      const answer = await served.request(method, path, { body })
      expect(answer.status, `${method} ${path} ${answer.text}`).to.equal(400)
      expect(answer.text).to.contain('not_found')
    }
    expect(await stored()).to.deep.equal([1])
    const made = await served.request('POST', '/keepers', { body: { id: 2, dog: 3, walks: [1, 3] } })
    expect(made.status, made.text).to.equal(201)
    expect(await stored(2)).to.deep.equal([3, 1, 3])
  })

  it('is known of rows that one INSERT makes', async () => {
    await dataSource.getRepository(Puppy).insert([{ id: 10 }, { id: 11, leader: { id: 10 } }])
    const refused = failure(dataSource.getRepository(Cat).insert([{ id: 12 }, { id: 13, leader: { id: 12 } }]))
    expect(await refused).to.have.property('errorCode', 'VALIDATION_ERROR')
  })

  it('may be of any class where the relation refers to all', async () => {
    await keepers().update(1, { animal: { id: 2 } })
    expect((await keepers().findOneOrFail({ where: { id: 1 }, relations: { animal: true } })).animal).to.be.instanceOf(
      Cat,
    )
  })
})
