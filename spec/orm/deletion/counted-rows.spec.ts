import { expect } from 'chai'
import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm'
import { OnDelete, type SoftDeletable, SoftDelete } from '../../../decorators/index.js'
import {
  createDataSource,
  defineTrait,
  increment,
  type ModelDataSource,
  prune,
  type RowData,
} from '../../../src/index.js'
import { describeOnEngines } from '../../support/engines.js'

/** Keeps how many rows that are shown belong to another, in a column of that, whether it is shown or not. */
const Counted = defineTrait({
  name: 'Counted',
  defaults: { relation: '', by: '', count: '' },
  rules: ({ relation, by, count }) => ({
    written: {
      relations: { [relation]: [count] },
      before: async (rows, context) => {
        const steps = new Map<unknown, { readonly row: RowData; readonly by: number }>()
        const add = (row: RowData | null, step: number) => {
          if (!row || (row['deletedAt'] ?? null) !== null) return
          steps.set(row[by], { row, by: (steps.get(row[by])?.by ?? 0) + step })
        }
        for (const { before, after } of rows) {
          add(before, -1)
          add(after, 1)
        }
        for (const step of steps.values()) {
          if (step.by === 0) continue
          await context.related(relation).update({ [count]: increment(step.by) }, [step.row], { among: 'stored' })
        }
      },
    },
  }),
})

@Entity({ name: 'counted_remark' })
@SoftDelete()
@Counted({ relation: 'parent', by: 'parentId', count: 'replies' })
class Remark {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'int', nullable: true })
  parentId!: number | null

  @OnDelete('cascade')
  @ManyToOne(() => Remark, { nullable: true })
  @JoinColumn({ name: 'parentId' })
  parent!: Relation<Remark> | null

  @Column({ type: 'int', default: 0 })
  replies!: number

  @Column({ type: 'int', default: 0 })
  likes!: number
}
interface Remark extends SoftDeletable {}

/** Rows without a trash of their own. */
@Entity({ name: 'counted_like' })
@Counted({ relation: 'remark', by: 'remarkId', count: 'likes' })
class Like {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'int' })
  remarkId!: number

  @OnDelete('cascade')
  @ManyToOne(() => Remark)
  @JoinColumn({ name: 'remarkId' })
  remark!: Relation<Remark>
}

describeOnEngines('Rows that are counted in what they belong to', (engine) => {
  let dataSource: ModelDataSource
  let drop: () => Promise<void>

  before(async () => {
    const database = await engine.create()
    drop = () => database.drop()
    dataSource = createDataSource({ ...database.options, entities: [Remark, Like] })
    await dataSource.initialize()
    await dataSource.synchronize()
  })
  after(async () => {
    await dataSource?.destroy()
    await drop?.()
  })

  const remarks = () => dataSource.getRepository(Remark)

  /** Whether what is stored is what there is. */
  async function assertCounted(): Promise<void> {
    const all = await remarks()
      .withDeleted()
      .find({ order: { id: 'ASC' } })
    const likes = await dataSource.getRepository(Like).find()
    const counted = all.map(({ id }) => [
      id,
      all.filter(({ parentId, deletedAt }) => parentId === id && deletedAt === null).length,
      likes.filter(({ remarkId }) => remarkId === id).length,
    ])
    expect(all.map(({ id, replies, likes: liked }) => [id, replies, liked])).to.deep.equal(counted)
  }

  it('are counted rightly whatever is hidden, comes back, and in which order', async () => {
    for (let id = 1; id <= 6; id += 1) await remarks().insert({ id, parentId: id === 1 ? null : id - 1 })
    await dataSource.getRepository(Like).insert([3, 6].map((id) => ({ id, remarkId: id })))
    const steps = [
      () => remarks().delete(5),
      () => remarks().delete(2),
      () => remarks().restore(2),
      () => remarks().delete(1),
      () => remarks().restore(1),
      () => remarks().restore(5),
      () => remarks().update(6, { parentId: 1 }),
      () => remarks().delete(4),
      () => prune(dataSource, { olderThan: new Date(Date.now() + 60_000) }),
    ]
    await assertCounted()
    for (const step of steps) {
      await step()
      await assertCounted()
    }
    expect(await remarks().withDeleted().count()).to.equal(4)
  })
})
