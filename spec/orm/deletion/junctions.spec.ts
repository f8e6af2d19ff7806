import { expect } from 'chai'
import {
  Column,
  Entity,
  JoinTable,
  ManyToMany,
  ManyToOne,
  OneToMany,
  PrimaryColumn,
  type Relation,
  Unique,
} from 'typeorm'
import { OnDelete, type SoftDeletable, SoftDelete } from '../../../decorators/index.js'
import { createDataSource, type ModelDataSource, restoreDeletion } from '../../../src/index.js'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { failure } from '../writes/library.js'

const ids = (rows: readonly { readonly id: number }[]) => rows.map(({ id }) => id).sort((a, b) => a - b)

class Numbered {
  @PrimaryColumn({ type: 'int' })
  id!: number
}

@Entity()
@SoftDelete()
class Person extends Numbered {
  @OneToMany(
    () => Membership,
    (membership) => membership.person,
  )
  memberships!: Relation<Membership>[]

  @ManyToMany(() => Club)
  @JoinTable({ name: 'person_follows' })
  follows!: Relation<Club>[]
}
interface Person extends SoftDeletable {}

@Entity()
@SoftDelete()
class Club extends Numbered {
  @OneToMany(
    () => Membership,
    (membership) => membership.club,
  )
  memberships!: Relation<Membership>[]
}
interface Club extends SoftDeletable {}

/** A junction with a row of its own: one visible membership of a person in a club. */
@Entity()
@SoftDelete()
@Unique(['person', 'club'])
class Membership extends Numbered {
  @OnDelete('cascade')
  @ManyToOne(
    () => Person,
    (person) => person.memberships,
  )
  person!: Relation<Person>

  @OnDelete('cascade')
  @ManyToOne(
    () => Club,
    (club) => club.memberships,
  )
  club!: Relation<Club>

  @Column({ type: 'varchar', length: 20, default: 'member' })
  role!: string
}
interface Membership extends SoftDeletable {}

describeOnEngines('Junctions with rows of their own', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    const entities = [Person, Club, Membership]
    dataSource = await createDataSource({ ...database.options, entities }).initialize()
    await dataSource.synchronize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })
  beforeEach(async () => {
    for (const table of ['person_follows', 'membership', 'club', 'person']) {
      await dataSource.query(`DELETE FROM ${dataSource.driver.escape(table)}`)
    }
    const known = await clubs().save([{ id: 1 }, { id: 2 }])
    await people().save([{ id: 1, follows: known }, { id: 2 }])
    await memberships().insert([
      { id: 1, person: { id: 1 }, club: { id: 1 }, role: 'chair' },
      { id: 2, person: { id: 1 }, club: { id: 2 } },
      { id: 3, person: { id: 2 }, club: { id: 1 } },
    ])
  })

  const people = () => dataSource.getRepository(Person)
  const clubs = () => dataSource.getRepository(Club)
  const memberships = () => dataSource.getRepository(Membership)
  const strategies = ['join', 'query'] as const

  /** By each way to load them, the clubs of each person, through memberships and through a junction without rows. */
  const clubsOf = async (relationLoadStrategy: (typeof strategies)[number] = 'join') => {
    const relations = { memberships: { club: true }, follows: true }
    const rows = await people().find({ relations, order: { id: 'ASC' }, relationLoadStrategy })
    return rows.map((row) => [ids(row.memberships.map(({ club }) => club)), ids(row.follows)])
  }
  const whole = [
    [
      [1, 2],
      [1, 2],
    ],
    [[1], []],
  ]
  const withoutFirst = [
    [[2], [2]],
    [[], []],
  ]

  for (const strategy of strategies) {
    it(`bring back each link once, by ${strategy}`, async () => {
      await clubs().delete(1)
      expect(await clubsOf(strategy)).to.deep.equal(withoutFirst)
      const receipt = await clubs().restore(1)
      expect(receipt.byEntity).to.deep.equal({ Club: 1, Membership: 2 })
      expect(await clubsOf(strategy)).to.deep.equal(whole)
      expect(await failure(clubs().restore(1))).to.have.property('errorCode', 'NOT_DELETED')
      expect(await clubsOf(strategy)).to.deep.equal(whole)
    })
  }

  it('bring back each link once where both ends were deleted', async () => {
    const { operation } = await clubs().delete(1)
    await people().delete(1)
    await people().restore(1)
    // What was deleted with the club stays so, though its person is back.
    expect(await clubsOf()).to.deep.equal(withoutFirst)
    await restoreDeletion(dataSource, operation)
    expect(await clubsOf()).to.deep.equal(whole)
    expect(await memberships().withDeleted().count()).to.equal(3)
  })

  it('come back once, however many ask for it', async () => {
    const { operation } = await clubs().delete(1)
    const asked = Array.from({ length: 4 }, () => [clubs().restore(1), restoreDeletion(dataSource, operation)])
    await Promise.allSettled(asked.flat())
    expect(await clubsOf()).to.deep.equal(whole)
    expect(await memberships().withDeleted().count()).to.equal(3)
  })

  it('do not come back beside a link that was made meanwhile', async () => {
    await memberships().delete(1)
    await memberships().insert({ id: 9, person: { id: 1 }, club: { id: 1 } })
    const error = await failure(memberships().restore(1))
    const details = { entity: 'Membership', id: 1, fields: ['person', 'club'], liveId: 9 }
    expect(error).to.deep.include({ errorCode: 'DUPLICATE', details })
    expect(await clubsOf()).to.deep.equal(whole)
    await memberships().delete(9)
    await memberships().restore(1)
    expect(await clubsOf()).to.deep.equal(whole)
    expect(await memberships().findOneByOrFail({ id: 1 })).to.have.property('role', 'chair')
  })

  it('are not linked to what is hidden', async () => {
    await clubs().delete(2)
    const error = await failure(memberships().insert({ id: 9, person: { id: 2 }, club: { id: 2 } }))
    expect(error).to.have.property('errorCode', 'REFERENCE_HIDDEN')
    expect(await failure(memberships().restore(2))).to.have.property('errorCode', 'PARENT_DELETED')
  })

  for (const relationLoadStrategy of strategies) {
    it(`are JSON without anything that was not asked for, by ${relationLoadStrategy}`, async () => {
      await clubs().delete(2)
      const shown = { deletedAt: null, deletionId: null, isDeleted: false }
      const relations = { memberships: { club: true }, follows: true }
      const rows = await people().find({ relations, order: { id: 'ASC' }, relationLoadStrategy })
      const member = (id: number, role: string) => ({ ...shown, id, role, club: { ...shown, id: 1 } })
      expect(JSON.parse(JSON.stringify(rows))).to.deep.equal([
        { ...shown, id: 1, memberships: [member(1, 'chair')], follows: [{ ...shown, id: 1 }] },
        { ...shown, id: 2, memberships: [member(3, 'member')], follows: [] },
      ])
    })
  }
})
