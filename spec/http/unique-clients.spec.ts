import { expect } from 'chai'
import { anyone, createDataSource, type ModelDataSource, ModelViewSet, Serializer } from 'plinth'
import { Resource } from 'plinth/decorators'
import { Column, Entity, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation, Unique } from 'typeorm'
import { type Database, describeOnEngines } from '../support/engines.js'
import { type Answer, type Served, serve } from './support/served.js'

@Entity()
export class Hall {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 20 }) name!: string
}

@Entity()
@Unique(['hallId', 'number'])
export class Locker {
  @PrimaryGeneratedColumn() id!: number
  @Column({ type: 'varchar', length: 20, unique: true, nullable: true }) label!: string | null
  @Column({ type: 'int' }) number!: number
  @Column({ type: 'int' }) hallId!: number
  @ManyToOne(() => Hall) @JoinColumn({ name: 'hallId' }) hall!: Relation<Hall>
}

class LockerSerializer extends Serializer(Locker, { fields: ['id', 'label', 'number', 'hallId'] }) {}
const options = { serializer: LockerSerializer, permissions: { '*': anyone } } as const

/** Rows are written by one statement each. */
@Resource('/lockers')
class LockerViewSet extends ModelViewSet(Locker, options) {}

/** Rows are written in a unit of work of their own. */
@Resource('/hooked')
class HookedViewSet extends ModelViewSet(Locker, options) {
  override performCreate(...given: Parameters<LockerViewSet['performCreate']>) {
    return super.performCreate(...given)
  }
  override performUpdate(...given: Parameters<LockerViewSet['performUpdate']>) {
    return super.performUpdate(...given)
  }
}

const clients = Array.from({ length: 8 }, (_, client) => client)
const together = (send: (client: number) => Promise<Answer>): Promise<readonly Answer[]> =>
  Promise.all(clients.map(send))

/** What the statuses are, in order. */
const statusesOf = (answers: readonly Answer[]) => answers.map(({ status }) => status).toSorted((a, b) => a - b)
/** What those are told who came too late. */
const refusals = (answers: readonly Answer[]) =>
  answers.filter(({ status }) => status === 409).map(({ body: { requestId: _id, instance: _path, ...rest } }) => rest)
const taken = (...properties: readonly string[]) => ({
  type: 'urn:problem:duplicate',
  title: 'Duplicate',
  status: 409,
  code: 'DUPLICATE',
  detail: `There is already a record with the same ${properties.join(', ')}.`,
  errors: properties.map((name) => ({ pointer: `#/${name}`, code: 'unique', message: 'is already in use' })),
})

describeOnEngines('What the database keeps unique', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served
  let hallId: number

  before(async () => {
    database = await engine.create()
    const entities = [Hall, Locker]
    dataSource = await createDataSource({ ...database.options, entities, synchronize: true }).initialize()
    served = await serve({ viewSets: [LockerViewSet, HookedViewSet], dataSource })
    ;({ id: hallId } = await dataSource.getRepository(Hall).save({ name: 'a hall' }))
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(() => dataSource.getRepository(Locker).deleteAll())

  const lockers = () => dataSource.getRepository(Locker)
  const seven = clients.slice(1)

  for (const path of ['/lockers', '/hooked']) {
    it(`is made once by eight clients, and refused by its name to seven: ${path}`, async () => {
      const answers = await together((client) =>
        served.request('POST', path, { body: { label: 'A', number: client, hallId } }),
      )
      expect(statusesOf(answers)).to.deep.equal([201, ...seven.map(() => 409)])
      expect(refusals(answers)).to.deep.equal(seven.map(() => taken('label')))
      expect(await lockers().countBy({ label: 'A' })).to.equal(1)
    })

    it(`is made once where several properties are unique together: ${path}`, async () => {
      const answers = await together((client) =>
        served.request('POST', path, { body: { label: `${client}`, number: 7, hallId } }),
      )
      expect(statusesOf(answers)).to.deep.equal([201, ...seven.map(() => 409)])
      const [told] = refusals(answers)
      expect(told!.detail).to.match(/ the same (hallId, number|number, hallId)\.$/)
      expect(refusals(answers)).to.deep.equal(seven.map(() => told))
      expect(told!.errors.map(({ pointer, code }) => [pointer, code])).to.have.deep.members([
        ['#/hallId', 'unique'],
        ['#/number', 'unique'],
      ])
      expect(await lockers().countBy({ number: 7 })).to.equal(1)
    })

    it(`is given to one of eight rows that ask for it: ${path}`, async () => {
      const rows = await lockers().save(clients.map((number) => ({ number, hallId, label: null })))
      const answers = await together((client) =>
        served.request('PATCH', `${path}/${rows[client]!.id}`, { body: { label: 'B' } }),
      )
      expect(statusesOf(answers)).to.deep.equal([200, ...seven.map(() => 409)])
      expect(refusals(answers)).to.deep.equal(seven.map(() => taken('label')))
      const winner = answers.findIndex(({ status }) => status === 200)
      expect((await lockers().findBy({ label: 'B' })).map(({ id }) => id)).to.deep.equal([rows[winner]!.id])
    })
  }
})
