import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import { createDataSource, type ModelDataSource } from 'plinth'
import {
  type HasVersion,
  OnDelete,
  Orderable,
  type Ordered,
  type SoftDeletable,
  SoftDelete,
  type Timestamped,
  Timestamps,
  TouchParent,
  Versioned,
} from 'plinth/decorators'
import {
  Column,
  Entity,
  JoinColumn,
  JoinTable,
  ManyToMany,
  ManyToOne,
  PrimaryGeneratedColumn,
  type Relation,
} from 'typeorm'
import { type Database, describeOnEngines, engines } from '../../support/engines.js'

interface Shelf extends Timestamped, HasVersion, SoftDeletable {}
@Entity('whole_shelves')
@SoftDelete()
@Timestamps()
@Versioned()
class Shelf {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 20 }) name!: string
}

@Entity('whole_labels')
class Label {
  @PrimaryGeneratedColumn() id!: number
}

interface Folder extends Timestamped, HasVersion, SoftDeletable, Ordered {}
@Entity('whole_folders')
@Timestamps({ touchOnRelations: true })
@Versioned()
@SoftDelete()
@Orderable({ within: ['shelfId'] })
@TouchParent({ relation: 'shelf' })
class Folder {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 20, default: '' }) title!: string
  @Column({ type: 'int' }) shelfId!: number
  @OnDelete('cascade')
  @ManyToOne(() => Shelf)
  @JoinColumn({ name: 'shelfId' })
  shelf!: Relation<Shelf>
  @ManyToMany(() => Label)
  @JoinTable({ name: 'whole_folders_labels' })
  labels!: Label[]
}

interface Leaf extends Timestamped, SoftDeletable {}
@Entity('whole_leaves')
@Timestamps()
@SoftDelete()
@TouchParent({ relation: 'folder' })
class Leaf {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 20, default: '' }) text!: string
  @Column({ type: 'int' }) folderId!: number
  @OnDelete('cascade')
  @ManyToOne(() => Folder)
  @JoinColumn({ name: 'folderId' })
  folder!: Relation<Folder>
}

/** Rows that are part of one another, in a circle of two entities and of their own kind. */
interface Left extends Timestamped, HasVersion {}
@Entity('whole_left')
@Timestamps()
@Versioned()
@TouchParent({ relation: ['right', 'above'] })
class Left {
  @PrimaryGeneratedColumn() id!: number
  @Column({ type: 'int', default: 0 }) n!: number
  @Column({ type: 'int', nullable: true }) rightId!: number | null
  @Column({ type: 'int', nullable: true }) aboveId!: number | null
  @ManyToOne(() => Right)
  @JoinColumn({ name: 'rightId' })
  right!: Relation<Right>
  @ManyToOne(() => Left)
  @JoinColumn({ name: 'aboveId' })
  above!: Relation<Left>
}

interface Right extends Timestamped, HasVersion {}
@Entity('whole_right')
@Timestamps()
@Versioned()
@TouchParent({ relation: 'left' })
class Right {
  @PrimaryGeneratedColumn() id!: number
  @Column({ type: 'int', default: 0 }) n!: number
  @Column({ type: 'int', nullable: true }) leftId!: number | null
  @ManyToOne(() => Left)
  @JoinColumn({ name: 'leftId' })
  left!: Relation<Left>
}

const servers = engines.filter(({ name }) => name !== 'sqlite').map(({ name }) => name)

describeOnEngines('What rows belong to', (engine) => {
  let database: Database
  let dataSource: ModelDataSource

  before(async () => {
    database = await engine.create()
    const entities = [Shelf, Label, Folder, Leaf, Left, Right]
    dataSource = await createDataSource({ ...database.options, entities, synchronize: true }).initialize()
  })
  after(async () => {
    await dataSource?.destroy()
    await database?.drop()
  })

  const shelves = () => dataSource.getRepository(Shelf)
  const folders = () => dataSource.getRepository(Folder)
  const leaves = () => dataSource.getRepository(Leaf)

  /** A shelf with three folders, of which the first has a leaf and the last is deleted. */
  async function made() {
    const shelf = await shelves().save(shelves().create({ name: 'a' }))
    const other = await shelves().save(shelves().create({ name: 'b' }))
    const [first, second, third] = await folders().save([1, 2, 3].map(() => folders().create({ shelfId: shelf.id })))
    const leaf = await leaves().save(leaves().create({ folderId: first!.id }))
    await folders().delete(third!.id)
    const label = await dataSource.getRepository(Label).save({})
    return { shelf, other, first: first!, second: second!, third: third!, leaf, label }
  }
  type Made = Awaited<ReturnType<typeof made>>

  const ways: readonly (readonly [name: string, write: (made: Made) => Promise<unknown>])[] = [
    ['is updated', ({ first }) => folders().update(first.id, { title: 'x' })],
    ['is updated into another list', ({ first, other }) => folders().update(first.id, { shelfId: other.id })],
    ['moves', ({ first }) => folders().moveToBottom(first.id)],
    ['moves to another list', ({ first, other }) => folders().moveToList(first.id, { list: { shelfId: other.id } })],
    ['is deleted', ({ first }) => folders().delete(first.id)],
    ['comes back', ({ third }) => folders().restore(third.id)],
    ['is linked', ({ first, label }) => folders().createQueryBuilder().relation('labels').of(first.id).add(label.id)],
    ['is saved with links', ({ first, label }) => folders().save({ id: first.id, labels: [label] })],
    ['gets a part', ({ first }) => leaves().insert({ folderId: first.id })],
    ['gets a part by a save', ({ first }) => leaves().save(leaves().create({ folderId: first.id }))],
    ['has a part that is written', ({ leaf }) => leaves().update(leaf.id, { text: 'x' })],
    ['has a part that is saved', ({ leaf }) => leaves().save({ id: leaf.id, text: 'x' })],
    ['has a part that is deleted', ({ leaf }) => leaves().delete(leaf.id)],
  ]

  for (const [name, write] of ways) {
    // On SQLite units that write take turns.
    if (!servers.includes(engine.name)) continue
    it(`is waited for before the row is locked: it ${name}`, async () => {
      const rows = await made()
      const whole = rows.shelf.id
      let [runs, written] = [0, 0]
      let sent: Promise<unknown> | undefined
      await dataSource.atomic(async () => {
        runs += 1
        await shelves().update(whole, { name: 'c' })
        const work = async (): Promise<void> => {
          written += 1
          await write(rows)
        }
        sent ??= dataSource.atomic(work, { propagation: 'new' })
        await delay(150)
        await folders().update([rows.first.id, rows.second.id], { title: 'y' })
      })
      await sent
      expect([runs, written]).to.deep.equal([1, 1])
      const folder = await folders().withDeleted().findOneByOrFail({ id: rows.second.id })
      expect([folder.title, (await shelves().findById(whole))!.name]).to.deep.equal(['y', 'c'])
    })
  }

  it('is written once by each of many who write parts of it, in chains', async () => {
    const { shelf, first, second, leaf } = await made()
    const from = (await shelves().findById(shelf.id))!.version
    const writes = Array.from({ length: 24 }, (_, index) => {
      if (index % 4 === 0) return leaves().update(leaf.id, { text: `t${index}` })
      if (index % 4 === 1) return folders().update(index % 8 === 1 ? first.id : second.id, { title: `t${index}` })
      if (index % 4 === 2) return leaves().insert({ folderId: second.id })
      return shelves().update(shelf.id, { name: `n${index}` })
    })
    await Promise.all(writes)
    expect((await shelves().findById(shelf.id))!.version).to.equal(from + 24)
    expect(await leaves().countBy({ folderId: second.id })).to.equal(6)
  })

  it('is written once by each of many who write rows of a circle', async () => {
    const lefts = dataSource.getRepository(Left)
    const rights = dataSource.getRepository(Right)
    const [a, b] = await lefts.save([lefts.create({}), lefts.create({})])
    const [c, d] = await rights.save([rights.create({ leftId: a!.id }), rights.create({ leftId: b!.id })])
    await lefts.update(a!.id, { rightId: d!.id })
    await lefts.update(b!.id, { rightId: c!.id, aboveId: a!.id })
    const rows = [a!, b!].map(({ id }) => [lefts, id] as const)
    const others = [c!, d!].map(({ id }) => [rights, id] as const)
    const versions = async () =>
      Promise.all([...rows.map(([, id]) => lefts.findById(id)), ...others.map(([, id]) => rights.findById(id))])
    const before = (await versions()).map((row) => row!.version)
    const writes = Array.from({ length: 24 }, (_, index) => {
      const at = index % 2
      return index % 4 < 2 ? lefts.update(rows[at]![1], { n: index }) : rights.update(others[at]![1], { n: index })
    })
    await Promise.all(writes)
    // Each leads to all others.
    expect((await versions()).map((row) => row!.version)).to.deep.equal(before.map((version) => version + 24))
  })
})
