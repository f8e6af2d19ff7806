import { expect } from 'chai'
import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm'
import { OnDelete, Orderable, type Ordered, type SoftDeletable, SoftDelete } from '../../../decorators/index.js'
import { type Adds, column, createDataSource, defineTrait, type ModelDataSource } from '../../../src/index.js'
import { describeOnEngines } from '../../support/engines.js'
import { failure } from '../writes/library.js'

const Filed = defineTrait({
  name: 'Filed',
  defaults: {},
  columns: () => ({ note: column.string({ length: 20, default: '' }) }),
  inputs: () => ({ file: { folder: column.integer() }, fileEach: { folder: column.integer() } }),
  verbs: () => ({
    file: { set: ({ input }) => ({ folderId: input.folder }) },
    fileEach: { each: (_, { input }) => ({ folderId: input.folder }) },
  }),
  rules: () => ({
    update: {
      each: ({ after }) => (after.note.startsWith('to ') ? { folderId: Number(after.note.slice(3)) } : undefined),
    },
  }),
})

@Entity({ name: 'ruled_folder' })
@SoftDelete()
class Folder {
  @PrimaryColumn({ type: 'int' })
  id!: number
}
interface Folder extends SoftDeletable {}

@Entity({ name: 'ruled_paper' })
@SoftDelete()
@Filed()
@Orderable({ within: ['folderId'] })
class Paper {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'int' })
  folderId!: number

  @OnDelete('cascade')
  @ManyToOne(() => Folder)
  @JoinColumn({ name: 'folderId' })
  folder!: Relation<Folder>
}
interface Paper extends SoftDeletable, Ordered, Adds<typeof Filed> {}

/** The same without anything that looks at rows. */
const Put = defineTrait({
  name: 'Put',
  defaults: {},
  inputs: () => ({ put: { folder: column.integer() } }),
  verbs: () => ({
    put: { set: ({ input }: { readonly input: { readonly folder: number } }) => ({ folderId: input.folder }) },
  }),
})

@Entity({ name: 'ruled_slip' })
@Put()
class Slip {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'int' })
  folderId!: number

  @OnDelete('cascade')
  @ManyToOne(() => Folder)
  @JoinColumn({ name: 'folderId' })
  folder!: Relation<Folder>
}
interface Slip extends Adds<typeof Put> {}

describeOnEngines('Keys that rules and verbs write', (engine) => {
  let dataSource: ModelDataSource
  let drop: () => Promise<void>

  before(async () => {
    const database = await engine.create()
    drop = () => database.drop()
    dataSource = createDataSource({ ...database.options, entities: [Folder, Paper, Slip] })
    await dataSource.initialize()
    await dataSource.synchronize()
  })
  after(async () => {
    await dataSource?.destroy()
    await drop?.()
  })
  beforeEach(async () => {
    for (const table of ['ruled_slip', 'ruled_paper', 'ruled_folder']) await dataSource.query(`DELETE FROM ${table}`)
    await dataSource.getRepository(Folder).insert([{ id: 1 }, { id: 2 }, { id: 3 }])
    await dataSource.getRepository(Folder).delete(2)
    await papers().insert([1, 2, 3].map((id) => ({ id, folderId: 1 })))
    await slips().insert([1, 2].map((id) => ({ id, folderId: 1 })))
  })

  const papers = () => dataSource.getRepository(Paper)
  const slips = () => dataSource.getRepository(Slip)
  const folders = async () => (await papers().find({ order: { id: 'ASC' } })).map(({ folderId }) => folderId)

  it('are refused where they are those of hidden rows, by whatever part of a trait', async () => {
    const writes = [
      () => papers().moveToList(1, { list: { folderId: 2 } }),
      () => papers().moveToList([3, 1], { list: { folderId: 2 }, position: 1 }),
      () => papers().file(1, { folder: 2 }),
      () => papers().file([1, 2], { folder: 2 }),
      () => papers().fileEach(1, { folder: 2 }),
      () => papers().fileEach([1, 2], { folder: 2 }),
      () => papers().update(1, { note: 'to 2' }),
      async () => papers().save(Object.assign(await papers().findOneByOrFail({ id: 1 }), { note: 'to 2' })),
      () => slips().put(1, { folder: 2 }),
      () => slips().put([1, 2], { folder: 2 }),
      () => dataSource.atomic(() => slips().put(1, { folder: 2 })),
    ]
    for (const [index, write] of writes.entries()) {
      expect(await failure(write()), String(index)).to.have.property('errorCode', 'REFERENCE_HIDDEN')
    }
    expect(await folders()).to.deep.equal([1, 1, 1])
    expect((await slips().find()).map(({ folderId }) => folderId)).to.deep.equal([1, 1])
    expect((await papers().find()).map(({ position }) => position)).to.deep.equal([1, 2, 3])
  })

  it('are written where they are those of rows that are shown', async () => {
    await papers().moveToList(1, { list: { folderId: 3 } })
    await papers().file(2, { folder: 3 })
    await papers().update(3, { note: 'to 3' })
    await slips().put([1, 2], { folder: 3 })
    expect(await folders()).to.deep.equal([3, 3, 3])
    expect((await slips().find()).map(({ folderId }) => folderId)).to.deep.equal([3, 3])
  })

  it('are no matter of rows that stay hidden', async () => {
    await papers().delete(1)
    await papers().withDeleted().update(1, { note: 'to 2' })
    expect(await papers().withDeleted().findOneByOrFail({ id: 1 })).to.have.property('folderId', 2)
  })

  it('are those of rows that nobody hides before they are written', async () => {
    for (let round = 0; round < 5; round += 1) {
      await papers().update(1, { folderId: 1 })
      const outcomes = await Promise.allSettled([
        papers().moveToList(1, { list: { folderId: 3 } }),
        dataSource.getRepository(Folder).delete(3),
      ])
      const shown = await papers().find({ relations: { folder: true } })
      for (const { folder } of shown) expect(folder, JSON.stringify(outcomes)).not.to.equal(null)
      await dataSource.getRepository(Folder).restore(3)
    }
  })
})
