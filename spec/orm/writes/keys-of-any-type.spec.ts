import { expect } from 'chai'
import {
  Column,
  type ColumnOptions,
  Entity,
  In,
  JoinColumn,
  JoinTable,
  ManyToMany,
  ManyToOne,
  OneToMany,
  PrimaryColumn,
  type PrimaryColumnOptions,
  type Relation,
} from 'typeorm'
import {
  OnDelete,
  type SoftDeletable,
  SoftDelete,
  type Timestamped,
  Timestamps,
  TouchParent,
} from '../../../decorators/index.js'
import { type AnyClass, createDataSource, type ModelDataSource } from '../../../src/index.js'
import { type Database, describeOnEngines, type Engine } from '../../support/engines.js'
import { failure, Stopped } from './library.js'

interface Keyed {
  readonly options: (engine: Engine['name']) => ColumnOptions
  /** Keys whose texts are equal as `String` writes them, and as UTF-8 reads them. */
  readonly keys: readonly (Buffer | Date)[]
  /** Whether TypeORM's `save` tells the rows apart: it takes instants of one second for one. */
  readonly saved: boolean
}

const bytes = (last: number) => Buffer.from([...Buffer.from('018f3c2e7d1a7cc'), last])
const types = { sqlite: 'blob', postgres: 'bytea', mariadb: 'binary' } as const
const instant = (milliseconds: number) => new Date(Date.UTC(2024, 1, 1, 0, 0, 0, milliseconds))

const kinds: Readonly<Record<string, Keyed>> = {
  bytes: {
    options: (engine) => ({ type: types[engine], ...(engine === 'mariadb' && { length: 16 }) }),
    keys: [bytes(0x80), bytes(0x81), bytes(0x82)],
    saved: true,
  },
  instants: {
    options: (engine) => ({ type: engine === 'postgres' ? 'timestamptz' : 'datetime', precision: 3 }),
    keys: [instant(1), instant(2), instant(500)],
    saved: false,
  },
}

function family(name: string, options: ColumnOptions) {
  class House {
    declare id: number
  }
  interface House extends SoftDeletable {}
  class Owner {
    declare house: Relation<House>
    declare id: Buffer | Date
    declare place: number
    declare children: Child[]
    declare friends: Child[]
  }
  interface Owner extends SoftDeletable, Timestamped {}
  class Child {
    declare id: Buffer | Date
    declare place: number
    declare owner: Relation<Owner> | null
  }
  interface Child extends SoftDeletable {}
  for (const { prototype } of [Owner, Child]) {
    PrimaryColumn({ ...options, primary: true } as PrimaryColumnOptions)(prototype, 'id')
    Column({ type: 'int' })(prototype, 'place')
  }
  PrimaryColumn({ type: 'int' })(House.prototype, 'id')
  ManyToOne(() => House)(Owner.prototype, 'house')
  OnDelete('cascade')(Owner.prototype, 'house')
  OneToMany(
    () => Child,
    (child: Child) => child.owner,
    { cascade: true },
  )(Owner.prototype, 'children')
  ManyToMany(() => Child)(Owner.prototype, 'friends')
  JoinTable({ name: `${name}_friends` })(Owner.prototype, 'friends')
  ManyToOne(
    () => Owner,
    (owner: Owner) => owner.children,
    { nullable: true },
  )(Child.prototype, 'owner')
  JoinColumn({ name: 'ownerId' })(Child.prototype, 'owner')
  OnDelete('cascade')(Child.prototype, 'owner')
  Entity(`written_${name}_house`)(House)
  Entity(`written_${name}_owner`)(Owner)
  Entity(`written_${name}_child`)(Child)
  SoftDelete()(House)
  SoftDelete()(Owner)
  SoftDelete()(Child)
  TouchParent({ relation: 'owner' })(Child)
  Timestamps()(Owner)
  return { House, Owner, Child }
}

const pairs = (...places: readonly number[]) => ({
  owners: places,
  children: places.map((place) => [place, place]),
})

describeOnEngines('Rows whose keys only their type tells apart', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  const clock = new Stopped()
  const families = Object.fromEntries(
    Object.entries(kinds).map(([name, { options }]) => [name, family(name, options(engine.name))]),
  )

  before(async () => {
    database = await engine.create()
    const entities = Object.values(families).flatMap(Object.values<AnyClass>)
    dataSource = await createDataSource({ ...database.options, entities, clock }).initialize()
    await dataSource.synchronize()
  })

  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  for (const [name, { keys, saved }] of Object.entries(kinds)) {
    const { House, Owner, Child } = families[name]!
    const ownersOf = () => dataSource.getRepository(Owner)
    const childrenOf = () => dataSource.getRepository(Child)

    /** The owners that are shown, and every child that is, with its owner. */
    const shown = async () => ({
      owners: (await ownersOf().find({ order: { place: 'ASC' } })).map(({ place }) => place),
      children: (await childrenOf().find({ order: { place: 'ASC' }, relations: { owner: true } })).map(
        ({ place, owner }) => [place, owner?.place],
      ),
    })
    describe(name, () => {
      beforeEach(async () => {
        for (const table of [
          `${name}_friends`,
          ...['child', 'owner', 'house'].map((table) => `written_${name}_${table}`),
        ]) {
          await dataSource.query(`DELETE FROM ${table}`)
        }
        await dataSource.getRepository(House).insert([{ id: 1 }, { id: 2 }])
        const rows = keys.map((id, place) => ({ id, place, house: { id: place === 1 ? 2 : 1 } }))
        await ownersOf().insert(rows)
        await childrenOf().insert(keys.map((id, place) => ({ id, place, owner: { id } })))
      })

      it('are stored with those that belong to them', async () => {
        expect(await shown()).to.deep.equal(pairs(0, 1, 2))
      })

      it('go with those they belong to, and come back with them', async () => {
        const { byEntity } = await dataSource.getRepository(House).delete(1)
        expect(byEntity).to.deep.equal({ House: 1, Owner: 2, Child: 2 })
        expect(await shown()).to.deep.equal(pairs(1))
        await dataSource.getRepository(House).restore(1)
        expect(await shown()).to.deep.equal(pairs(0, 1, 2))
      })

      it('touch each the row it belongs to', async () => {
        const [first] = await ownersOf().find({ order: { place: 'ASC' } })
        const later = clock.tick()
        const [, second, third] = await childrenOf().find({ order: { place: 'ASC' }, relations: { owner: true } })
        await childrenOf().save([second!, third!].map((child) => Object.assign(child, { place: child.place + 10 })))
        const times = (await ownersOf().find({ order: { place: 'ASC' } })).map(({ updatedAt }) => updatedAt)
        expect(times).to.deep.equal([first!.updatedAt, later, later])
      })

      if (saved) {
        it('are saved with those whose parents are', async () => {
          const owners = await ownersOf().find({ order: { place: 'ASC' }, relations: { children: true } })
          for (const owner of owners) for (const child of owner.children) child.place += 5
          for (const owner of owners) owner.place += 7
          await ownersOf().save(owners)
          expect(await shown()).to.deep.equal({
            owners: [7, 8, 9],
            children: [
              [5, 7],
              [6, 8],
              [7, 9],
            ],
          })
        })

        it('are put into lists of others, unless they are hidden', async () => {
          const [first, second, third] = await childrenOf().find({ order: { place: 'ASC' } })
          const [owner] = await ownersOf().find({ order: { place: 'ASC' } })
          await childrenOf().delete({ id: keys[1]! })
          owner!.friends = [first!, third!]
          await ownersOf().save(owner!)
          const friends = async () =>
            (await ownersOf().findOneOrFail({ where: { place: 0 }, relations: { friends: true } })).friends
              .map(({ place }) => place)
              .sort((one, other) => one - other)
          expect(await friends()).to.deep.equal([0, 2])
          owner!.friends = [first!, second!, third!]
          const error = await failure(ownersOf().save(owner!))
          expect(error).to.have.property('errorCode', 'REFERENCE_HIDDEN')
          expect(await friends()).to.deep.equal([0, 2])
        })
      }

      it('are inserted many at once, and given back in the order they were given in', async () => {
        await childrenOf().delete({ id: In([...keys]) })
        await dataSource.query(`DELETE FROM written_${name}_child`)
        const rows = await childrenOf().insert(
          [2, 0, 1].map((place) => ({ id: keys[place], place, owner: { id: keys[place] } })) as never,
        )
        expect(rows.identifiers).to.deep.equal([2, 0, 1].map((place) => ({ id: keys[place] })))
        expect(await shown()).to.deep.equal(pairs(0, 1, 2))
      })
    })
  }
})
