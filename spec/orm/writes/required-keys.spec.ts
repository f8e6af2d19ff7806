import { expect } from 'chai'
import { createDataSource, type ModelDataSource, ValidationError } from 'plinth'
import { BeforeInsert, Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm'
import { type Database, describeOnEngines } from '../../support/engines.js'

@Entity()
class Town {
  @PrimaryColumn({ type: 'int' }) id!: number
  @Column({ default: 'x' }) name!: string
}

@Entity()
class Place {
  @PrimaryColumn({ type: 'int' }) townId!: number
  @PrimaryColumn({ length: 5 }) name!: string
  @ManyToOne(() => Town)
  @JoinColumn({ name: 'townId' })
  town!: Relation<Town>
}

@Entity()
class Named {
  @PrimaryColumn({ length: 5 }) name!: string
  @Column({ default: 1 }) size!: number
  @BeforeInsert() give() {
    this.name ??= 'given'
  }
}

const refusal = async (work: Promise<unknown>) => {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).to.be.instanceOf(ValidationError)
  const { message, errors } = error as ValidationError
  return [message, errors]
}
const required = (name: string) => [
  `${name} is required.`,
  [{ pointer: `#/${name}`, code: 'required', message: 'is required' }],
]

describeOnEngines('Keys that nobody makes', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    const options = { ...database.options, entities: [Town, Place, Named], synchronize: true }
    dataSource = await createDataSource(options).initialize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  it('are required of every row, also where a database would make one up', async () => {
    const towns = dataSource.getRepository(Town)
    expect(await refusal(towns.insert({ name: 'a' }))).to.deep.equal(required('id'))
    expect(await refusal(towns.insert([{ id: 1 }, { name: 'a' }]))).to.deep.equal(required('id'))
    expect(await refusal(towns.save({ name: 'a' }))).to.deep.equal(required('id'))
    expect(await towns.count()).to.equal(0)
  })

  it('may come from a related row or a listener', async () => {
    const town = await dataSource.getRepository(Town).save({ id: 7 })
    await dataSource.getRepository(Place).save({ town, name: 'here' })
    await dataSource.getRepository(Place).insert({ town: { id: 7 }, name: 'there' })
    await dataSource.getRepository(Named).save(dataSource.getRepository(Named).create({ size: 2 }))
    const places = await dataSource.getRepository(Place).find({ order: { name: 'ASC' } })
    expect(places.map(({ townId, name }) => [townId, name])).to.deep.equal([
      [7, 'here'],
      [7, 'there'],
    ])
    expect(await dataSource.getRepository(Named).findBy({ name: 'given', size: 2 })).to.have.length(1)
  })
})
