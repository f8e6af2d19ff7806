import { expect } from 'chai'
import {
  Column,
  type ColumnOptions,
  Entity,
  JoinColumn,
  JoinTable,
  ManyToMany,
  ManyToOne,
  OneToMany,
  PrimaryColumn,
  type PrimaryColumnOptions,
} from 'typeorm'
import { type AnyClass, createDataSource, type ModelDataSource } from '../../../src/index.js'
import { type Database, describeOnEngines, type Engine } from '../../support/engines.js'
import { readBoth, shows } from '../../support/read-both.js'

type Name = Engine['name']

/** A column that is a key, and the values that three owners have, in its order. */
interface Keyed {
  readonly options: (engine: Name) => ColumnOptions
  readonly values: readonly unknown[]
  /** How those hold them that refer to the owners, where that is in another way. */
  readonly held?: (value: never) => unknown
}

const bytes = (last: number) => Buffer.from([...Buffer.from('018f3c2e7d1a7cc'), last])
const bytesOn: Readonly<Record<Name, ColumnOptions>> = {
  sqlite: { type: 'blob' },
  postgres: { type: 'bytea' },
  mariadb: { type: 'binary', length: 16 },
}
const instant = (milliseconds: number) => new Date(Date.UTC(2024, 1, 1, 0, 0, 0, milliseconds))

const kinds: Readonly<Record<string, Keyed>> = {
  bytes: { options: (engine) => bytesOn[engine], values: [bytes(0x41), bytes(0x80), bytes(0x81)] },
  instants: {
    options: (engine) => ({ type: engine === 'postgres' ? 'timestamptz' : 'datetime', precision: 3 }),
    values: [instant(1), instant(2), instant(500)],
  },
  days: { options: () => ({ type: 'date' }), values: ['2024-01-01', '2024-01-02', '2024-03-31'] },
  numbers: { options: () => ({ type: 'bigint' }), values: ['5', '70', '800'] },
  uuids: {
    options: (engine) => ({ type: 'uuid', ...(engine === 'sqlite' && { length: 36, collation: 'NOCASE' }) }),
    values: ['a', 'b', 'c'].map((digit) => `018f3c2e-7d1a-7cc0-8000-00000000000${digit}`),
    held: (value: string) => value.toUpperCase(),
  },
  texts: { options: () => ({ type: 'varchar', length: 20 }), values: ['a', 'b', 'null'] },
}

/** Owners with children that refer to them, and friends that a table of links leads to. */
function family(name: string, options: ColumnOptions) {
  class Owner {
    declare id: unknown
    declare place: number
    declare children: readonly Child[]
    declare friends: readonly Child[]
  }
  class Child {
    declare id: number
    declare owner: Owner | null
    declare befriended: readonly Owner[]
  }
  PrimaryColumn({ ...options, primary: true } as PrimaryColumnOptions)(Owner.prototype, 'id')
  Column({ type: 'int' })(Owner.prototype, 'place')
  PrimaryColumn({ type: 'int' })(Child.prototype, 'id')
  Column({ ...options, nullable: true })(Child.prototype, 'ownerId')
  ManyToOne(
    () => Owner,
    (owner: Owner) => owner.children,
    { nullable: true },
  )(Child.prototype, 'owner')
  JoinColumn({ name: 'ownerId' })(Child.prototype, 'owner')
  OneToMany(
    () => Child,
    (child: Child) => child.owner,
  )(Owner.prototype, 'children')
  ManyToMany(
    () => Child,
    (child: Child) => child.befriended,
  )(Owner.prototype, 'friends')
  JoinTable({ name: `${name}_friends` })(Owner.prototype, 'friends')
  ManyToMany(
    () => Owner,
    (owner: Owner) => owner.friends,
  )(Child.prototype, 'befriended')
  Entity(`${name}_owner`)(Owner)
  Entity(`${name}_child`)(Child)
  return { Owner, Child }
}

/** A list that shows two. */
const list = (...ids: readonly number[]) => ({ data: ids.slice(0, 2).map((id) => ({ id })), hasMore: ids.length > 2 })

describeOnEngines('Keys of any type', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let families: Readonly<Record<string, ReturnType<typeof family>>>

  before(async () => {
    database = await engine.create()
    families = Object.fromEntries(
      Object.entries(kinds).map(([name, { options }]) => [name, family(name, options(engine.name))]),
    )
    const entities = Object.values(families).flatMap(({ Owner, Child }) => [Owner, Child])
    dataSource = await createDataSource({ ...database.options, entities }).initialize()
    await dataSource.synchronize()
  })

  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  const insert = (entity: AnyClass, rows: object[]) =>
    dataSource.createQueryBuilder().insert().into(entity).values(rows).updateEntity(false).execute()

  for (const [name, { values, held = (value: unknown) => value }] of Object.entries(kinds)) {
    it(`tell owners apart: ${name}`, async () => {
      const { Owner, Child } = families[name]!
      await insert(
        Owner,
        values.map((id, place) => ({ id, place })),
      )
      const owners = [0, 1, 1, 1, 2, null]
      await insert(
        Child,
        owners.map((owner, id) => ({ id, ownerId: owner === null ? null : held(values[owner] as never) })),
      )
      for (const [place, ids] of [
        [0, [0, 4]],
        [2, [4, 5]],
      ] as const) {
        await dataSource
          .createQueryBuilder()
          .relation(Owner, 'friends')
          .of({ id: values[place] })
          .add([...ids])
      }
      const child = { serializer: shows(Child, ['id']), max: 2 }
      const expected = [
        { place: 0, children: list(0), friends: list(0, 4) },
        { place: 1, children: list(1, 2, 3), friends: list() },
        { place: 2, children: list(4), friends: list(4, 5) },
      ]
      const serializer = shows(Owner, ['place'], { children: child, friends: child })
      expect(await readBoth(dataSource, serializer)).to.deep.equal(expected)
      for (const offset of [0, 1, 2]) {
        expect(await readBoth(dataSource, serializer, { limit: 1, offset })).to.deep.equal([expected[offset]])
      }
      const owner = shows(Owner, ['place'])
      const up = shows(Child, ['id'], { owner, befriended: { serializer: owner, max: 2 } })
      expect(await readBoth(dataSource, up, { limit: 2, offset: 4 })).to.deep.equal([
        { id: 4, owner: { place: 2 }, befriended: { data: [{ place: 0 }, { place: 2 }], hasMore: false } },
        { id: 5, owner: null, befriended: { data: [{ place: 2 }], hasMore: false } },
      ])
    })
  }
})
