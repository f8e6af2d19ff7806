import { expect } from 'chai'
import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm'
import {
  Audited,
  auditOf,
  findBySlug,
  OnDelete,
  Orderable,
  type Ordered,
  Sluggable,
  type Slugged,
  type SoftDeletable,
  SoftDelete,
} from '../../decorators/index.js'
import { createDataSource, type ModelDataSource } from '../../src/index.js'
import { type Database, describeOnEngines } from '../support/engines.js'

const table = 'a_table_whose_name_is_as_long_as_may_be_'

/** As many characters as a key may have, each of four bytes, and some that JSON escapes. */
const key = (first: string) => `${first}"\\${'😀'.repeat(252)}`

@Entity(`${table}1`)
@SoftDelete()
@Audited()
@Sluggable({ from: 'title', within: ['room'], onUpdate: 'regenerate', history: true })
class Whole {
  @PrimaryColumn({ length: 255 }) id!: string
  @Column({ length: 255 }) title!: string
  @Column({ length: 255 }) room!: string
}
interface Whole extends SoftDeletable, Slugged {}

@Entity(`${table}2`)
@SoftDelete()
@Orderable({ within: ['room'] })
class Part {
  @PrimaryColumn({ length: 255 }) id!: string
  @Column({ length: 255 }) room!: string

  @OnDelete('detach')
  @ManyToOne(() => Whole, { nullable: true })
  @JoinColumn({ name: 'whole' })
  wholeWhoseNameIsLongerThanTheNamesOfColumnsBecauseNobodyKeepsAnybodyFromGivingPropertiesOfClassesNamesAsLongAsThisOneIs!: Relation<Whole> | null
}
interface Part extends SoftDeletable, Ordered {}

const relation =
  'wholeWhoseNameIsLongerThanTheNamesOfColumnsBecauseNobodyKeepsAnybodyFromGivingPropertiesOfClassesNamesAsLongAsThisOneIs'

describeOnEngines('Keys, names and groups as long as databases let them be', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({
      ...database.options,
      entities: [Whole, Part],
      synchronize: true,
    }).initialize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  const wholes = () => dataSource.getRepository(Whole)
  const parts = () => dataSource.getRepository(Part)
  const heldBy = async (id: string) => {
    const part = await parts().findOneOrFail({ where: { id }, relations: { [relation]: true } })
    return part[relation]?.id
  }

  it('are known again of links that were taken away', async () => {
    const held = [key('a'), key('b')]
    await wholes().insert(held.map((id, index) => ({ id, title: `title ${index}`, room: key('r') })))
    await parts().insert(held.map((id) => ({ id, room: key('r'), [relation]: { id } })))
    await wholes().delete(held)
    expect(await Promise.all(held.map(heldBy))).to.deep.equal([undefined, undefined])
    await wholes().restore(held)
    expect(await Promise.all(held.map(heldBy))).to.deep.equal(held)
    expect((await parts().find({ order: { position: 'ASC' } })).map(({ position }) => position)).to.deep.equal([1, 2])
  })

  it('are known again of slugs that rows had', async () => {
    const row = await wholes().findOneByOrFail({ id: key('a') })
    await wholes().update(row.id, { title: 'renamed' })
    const found = await findBySlug(wholes(), row.slug, { room: row.room })
    expect([found?.row.id, found?.canonical]).to.deep.equal([row.id, false])
  })

  it('are recorded', async () => {
    expect(await auditOf(wholes(), key('a'))).to.not.deep.equal([])
  })
})
