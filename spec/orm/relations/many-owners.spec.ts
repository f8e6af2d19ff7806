import { expect } from 'chai'
import {
  Column,
  Entity,
  JoinColumn,
  JoinTable,
  ManyToMany,
  ManyToOne,
  OneToMany,
  OneToOne,
  PrimaryColumn,
} from 'typeorm'
import { createDataSource, type ModelDataSource } from '../../../src/index.js'
import { type Database, describeOnEngines } from '../../support/engines.js'
import { readBoth, shows } from '../../support/read-both.js'

@Entity('many_owners')
class Owner {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @OneToMany(
    () => Child,
    (child) => child.owner,
  )
  children!: Child[]

  @OneToOne(
    () => Child,
    (child) => child.holder,
  )
  held!: Child | null

  @ManyToMany(() => Child)
  @JoinTable({ name: 'many_friends', joinColumn: { name: 'ownerId' }, inverseJoinColumn: { name: 'childId' } })
  friends!: Child[]
}

@Entity('many_children')
class Child {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'int' })
  ownerId!: number

  @Column({ type: 'int' })
  holderId!: number

  @ManyToOne(
    () => Owner,
    (owner) => owner.children,
  )
  @JoinColumn({ name: 'ownerId' })
  owner!: Owner

  @OneToOne(
    () => Owner,
    (owner) => owner.held,
  )
  @JoinColumn({ name: 'holderId' })
  holder!: Owner
}

// More than SQLite takes values of one statement, and more than PostgreSQL and MariaDB take would be twice as many.
const count = 33_000
const ids = Array.from({ length: count }, (_, index) => index + 1)
/** Children refer to owners from the end, so that the owners of the last statement have some of the first. */
const ownerOf = (child: number) => count + 1 - child

const listed = (id: number) => ({ data: [{ id }], hasMore: false })

describeOnEngines('Rows of more owners than one statement takes', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    dataSource = await createDataSource({ ...database.options, entities: [Owner, Child] }).initialize()
    await dataSource.synchronize()
    const insert = (table: string, columns: readonly string[], rows: readonly string[]) => {
      const names = columns.map((name) => dataSource.driver.escape(name)).join(', ')
      return dataSource.query(`INSERT INTO ${table} (${names}) VALUES ${rows.join(', ')}`)
    }
    await insert(
      'many_owners',
      ['id'],
      ids.map((id) => `(${id})`),
    )
    const children = ids.map((id) => `(${id}, ${ownerOf(id)}, ${ownerOf(id)})`)
    await insert('many_children', ['id', 'ownerId', 'holderId'], children)
    await insert(
      'many_friends',
      ['ownerId', 'childId'],
      ids.map((id) => `(${id}, ${id})`),
    )
  })

  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  it('are read for all of them', async () => {
    const child = shows(Child, ['id'])
    const list = { serializer: child, max: 2 }
    const serializer = shows(Owner, ['id'], { children: list, held: child, friends: list })
    const rows = await readBoth(dataSource, serializer, { limit: count, offset: 0 }, 1)
    expect(rows).to.deep.equal(
      ids.map((id) => ({ id, children: listed(ownerOf(id)), held: { id: ownerOf(id) }, friends: listed(id) })),
    )
  })
})
