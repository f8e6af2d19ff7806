import { expect } from 'chai'
import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm'
import { OnDelete, type SoftDeletable, SoftDelete } from '../../../decorators/index.js'
import {
  type Adds,
  capability,
  column,
  contextVariable,
  createDataSource,
  defineTrait,
  eq,
  type ModelDataSource,
  ModelService,
  silentLogger,
} from '../../../src/index.js'
import { describeOnEngines } from '../../support/engines.js'
import { failure } from '../writes/library.js'

const tenant = contextVariable<string>('entered tenant')
const support = capability('entered support')

const Owned = defineTrait({
  name: 'Owned',
  defaults: {},
  columns: () => ({ tenantId: column.string({ length: 10 }) }),
  scopes: () => ({ tenant: { where: eq('tenantId', tenant), locked: true, liftedBy: support } }),
})

/** What a note such as "folder 2" asks for. */
function wanted(note: unknown): Readonly<Record<string, number>> {
  const [property, value] = String(note).split(' ')
  return property === '' || value === undefined ? {} : { [property!]: Number(value) }
}

const level = () => ({
  level: column.integer({
    default: 1,
    check: (value: unknown) => (Number(value) > 5 ? [{ code: 'max', message: 'must be at most 5' }] : []),
  }),
})

const Filing = defineTrait({
  name: 'Filing',
  defaults: {},
  columns: level,
  rules: () => ({ enter: { by: ['note'], each: ({ after }) => wanted(after['note']) } }),
})

/** The same with values that the statement is given before anything is looked at. */
const Proposing = defineTrait({
  name: 'Proposing',
  defaults: {},
  columns: level,
  rules: () => ({
    enter: {
      by: ['note'],
      propose: ({ after }) => ({ values: wanted(after['note']), unless: [] }),
      each: ({ after }) => wanted(after['note']),
    },
  }),
})

/** The same with values that depend on another row. */
const Asking = defineTrait({
  name: 'Asking',
  defaults: {},
  columns: level,
  rules: () => ({
    enter: {
      by: ['note'],
      propose: ({ after }) => {
        const proposed = () => wanted(after['note'])
        const questions = [{ property: 'id', where: eq('id', -1), order: [] }]
        return { values: {}, unless: [], asking: { questions, proposed } }
      },
      each: ({ after }) => wanted(after['note']),
    },
  }),
})

@Entity({ name: 'entered_folder' })
@SoftDelete()
class Folder {
  @PrimaryColumn({ type: 'int' }) id!: number
}
interface Folder extends SoftDeletable {}

@Entity({ name: 'entered_project' })
@Owned()
class Project {
  @PrimaryColumn({ type: 'int' }) id!: number
}
interface Project extends Adds<typeof Owned> {}

abstract class Filed {
  @PrimaryColumn({ type: 'int' }) id!: number
  @Column({ length: 20, default: '' }) note!: string
  @Column({ type: 'int', default: 1 }) folderId!: number
  @Column({ type: 'int', nullable: true }) projectId!: number | null

  @OnDelete('cascade')
  @ManyToOne(() => Folder)
  @JoinColumn({ name: 'folderId' })
  folder!: Relation<Folder>

  @ManyToOne(() => Project)
  @JoinColumn({ name: 'projectId' })
  project!: Relation<Project> | null
}

@Entity({ name: 'entered_paper' })
@SoftDelete()
@Filing()
class Paper extends Filed {}
interface Paper extends SoftDeletable, Adds<typeof Filing> {}

@Entity({ name: 'entered_leaf' })
@SoftDelete()
@Proposing()
class Leaf extends Filed {}
interface Leaf extends SoftDeletable, Adds<typeof Proposing> {}

@Entity({ name: 'entered_sheet' })
@SoftDelete()
@Asking()
class Sheet extends Filed {}
interface Sheet extends SoftDeletable, Adds<typeof Asking> {}

class PaperService extends ModelService(Paper) {}
class LeafService extends ModelService(Leaf) {}
class SheetService extends ModelService(Sheet) {}

const entities: readonly (typeof Paper)[] = [Paper, Leaf, Sheet]
const created = (result: { unwrap(): unknown }) => result.unwrap()

describeOnEngines('What rows are given when they enter', (engine) => {
  let dataSource: ModelDataSource
  let drop: () => Promise<void>

  before(async () => {
    const database = await engine.create()
    drop = () => database.drop()
    dataSource = createDataSource({ ...database.options, entities: [Folder, Project, ...entities], synchronize: true })
    await dataSource.initialize()
    await dataSource.getRepository(Folder).insert([{ id: 1 }, { id: 2 }, { id: 3 }])
    await dataSource.getRepository(Folder).delete(2)
    await tenant.run('ours', () => dataSource.getRepository(Project).insert({ id: 1 }))
    await tenant.run('theirs', () => dataSource.getRepository(Project).insert({ id: 2 }))
  })
  after(async () => {
    await dataSource?.destroy()
    await drop?.()
  })
  beforeEach(async () => {
    for (const entity of entities) await dataSource.query(`DELETE FROM ${dataSource.getMetadata(entity).tableName}`)
  })

  const servicesOf = { Paper: PaperService, Leaf: LeafService, Sheet: SheetService }
  const refused = [
    ['folderId 2', 'REFERENCE_HIDDEN'],
    ['projectId 2', 'VALIDATION_ERROR'],
    ['level 6', 'VALIDATION_ERROR'],
  ] as const

  for (const entity of entities) {
    const rows = () => dataSource.getRepository(entity)
    const service = () => new servicesOf[entity.name as 'Paper']({ dataSource, logger: silentLogger })

    it(`is held to what callers are held to, in every new ${entity.name}`, () =>
      tenant.run('ours', async () => {
        for (const [note, errorCode] of refused) {
          const writes = {
            insert: () => rows().insert({ id: 1, note }),
            many: () => rows().insert([{ id: 1 }, { id: 2, note }]),
            save: () => rows().save(rows().create({ id: 1, note })),
            create: async () => created(await service().create({ id: 1, note })),
            createMany: async () => created(await service().createMany([{ id: 1 }, { id: 2, note }] as never)),
            unit: () => dataSource.atomic(async () => created(await service().create({ id: 1, note }))),
          }
          for (const [name, write] of Object.entries(writes)) {
            expect(await failure(write()), `${name} of ${note}`).to.have.property('errorCode', errorCode)
          }
        }
        expect(await rows().count()).to.equal(0)
      }))

    it(`is held to what callers are held to, in every ${entity.name} that enters later`, () =>
      tenant.run('ours', async () => {
        await rows().insert([{ id: 1 }, { id: 2 }])
        for (const [note, errorCode] of refused) {
          const hidden = 10 + refused.findIndex(([other]) => other === note)
          await rows().insert({ id: hidden })
          await rows().delete(hidden)
          await rows().withDeleted().update(hidden, { note })
          const writes = {
            update: () => rows().update(1, { note }),
            both: () => rows().update([1, 2], { note }),
            save: async () => rows().save(Object.assign(await rows().findOneByOrFail({ id: 1 }), { note })),
            restore: () => rows().restore(hidden),
            service: async () => created(await service().update(1, { note })),
          }
          for (const [name, write] of Object.entries(writes)) {
            expect(await failure(write()), `${name} of ${note}`).to.have.property('errorCode', errorCode)
          }
        }
        expect((await rows().find()).map(({ note }) => note)).to.deep.equal(['', ''])
      }))

    it(`is written of every ${entity.name} where it is in order`, () =>
      tenant.run('ours', async () => {
        await rows().insert({ id: 1, note: 'folderId 3' })
        await rows().save(rows().create({ id: 2, note: 'projectId 1' }))
        created(await service().create({ id: 3, note: 'level 5' }))
        created(
          await service().createMany([
            { id: 4, note: 'folderId 3' },
            { id: 5, note: 'projectId 1' },
          ] as never),
        )
        await rows().save(Object.assign(await rows().findOneByOrFail({ id: 3 }), { note: 'folderId 3' }))
        const stored = await rows().find({ order: { id: 'ASC' } })
        expect(stored.map(({ folderId, projectId, level }) => [folderId, projectId, level])).to.deep.equal([
          [3, null, 1],
          [1, 1, 1],
          [3, null, 5],
          [3, null, 1],
          [1, 1, 1],
        ])
      }))

    it(`is that of rows that nobody hides before a ${entity.name} is written`, () =>
      tenant.run('ours', async () => {
        for (let round = 1; round <= 5; round += 1) {
          await Promise.allSettled([
            rows().insert({ id: round, note: 'folderId 3' }),
            dataSource.getRepository(Folder).delete(3),
          ])
          const shown = await rows().find({ relations: { folder: true } })
          for (const { folder } of shown) expect(folder).to.not.equal(null)
          await dataSource.getRepository(Folder).restore(3)
        }
      }))
  }
})
