import { createDataSource, type ModelDataSource } from 'plinth'
import { OnDelete, type SoftDeletable, SoftDelete } from 'plinth/decorators'
import { Column, DataSource, Entity, EntitySchema, ManyToOne, PrimaryColumn, type Relation } from 'typeorm'
import { type Comparison, type Contestant, compare } from './compare.js'

const children = 2000

@Entity()
@SoftDelete()
class Folder {
  @PrimaryColumn({ type: 'int' })
  id!: number
}
interface Folder extends SoftDeletable {}

@Entity()
@SoftDelete()
class Page {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'varchar', length: 20 })
  title!: string

  @OnDelete('cascade')
  @ManyToOne(() => Folder)
  folder!: Relation<Folder>
}
interface Page extends SoftDeletable {}

interface PlainPage {
  readonly id: number
  readonly title: string
  readonly folder: PlainFolder | { readonly id: number }
}
interface PlainFolder {
  readonly id: number
  readonly pages: readonly PlainPage[]
}

const plainFolder = new EntitySchema<PlainFolder>({
  name: 'Folder',
  columns: { id: { type: 'int', primary: true }, deletedAt: { type: 'datetime', deleteDate: true, nullable: true } },
  relations: {
    pages: { type: 'one-to-many', target: 'Page', inverseSide: 'folder', cascade: ['soft-remove', 'recover'] },
  },
} as never)
const plainPage = new EntitySchema<PlainPage>({
  name: 'Page',
  columns: {
    id: { type: 'int', primary: true },
    title: { type: 'varchar', length: 20 },
    deletedAt: { type: 'datetime', deleteDate: true, nullable: true },
  },
  relations: { folder: { type: 'many-to-one', target: 'Folder', inverseSide: 'pages' } },
} as never)

const rows = Array.from({ length: children }, (_, id) => ({ id, title: `Page ${id}`, folder: { id: 1 } }))

async function ours(): Promise<ModelDataSource> {
  const dataSource = createDataSource({
    type: 'sqlite',
    database: ':memory:',
    entities: [Folder, Page],
    synchronize: true,
  })
  await dataSource.initialize()
  await dataSource.getRepository(Folder).insert({ id: 1 })
  await dataSource.getRepository(Page).insert(rows)
  return dataSource
}

async function bare(): Promise<DataSource> {
  const { default: driver } = await import('libsql')
  const options = { type: 'better-sqlite3', database: ':memory:', driver, synchronize: true } as const
  const dataSource = await new DataSource({ ...options, entities: [plainFolder, plainPage] }).initialize()
  await dataSource.getRepository(plainFolder).insert({ id: 1 })
  for (let start = 0; start < children; start += 500) {
    await dataSource.getRepository(plainPage).insert(rows.slice(start, start + 500))
  }
  return dataSource
}

/** What is done in turn, so that each call finds what the one before has left. */
interface Pair {
  readonly delete: Contestant
  readonly restore: Contestant
}

/** Hides a row with its children, against TypeORM's cascade over loaded children. */
export function deletingComparison(): Promise<Comparison> {
  return comparison('Soft-delete a row with 2,000 children', 'delete')
}

/** Brings them back. */
export function restoringComparison(): Promise<Comparison> {
  return comparison('Restore a row with 2,000 children', 'restore')
}

async function comparison(title: string, measured: keyof Pair): Promise<Comparison> {
  const [scoped, plain] = [await ours(), await bare()]
  const folders = plain.getRepository(plainFolder)
  const load = (withDeleted: boolean) =>
    folders.findOneOrFail({ where: { id: 1 }, relations: { pages: true }, withDeleted })
  const pairs: Readonly<Record<string, Pair>> = {
    'TypeORM, softRemove and recover of loaded children': {
      delete: async () => folders.softRemove((await load(false)) as never),
      restore: async () => folders.recover((await load(true)) as never),
    },
    'plinth, delete and restore': {
      delete: () => scoped.getRepository(Folder).delete(1),
      restore: () => scoped.getRepository(Folder).restore(1),
    },
  }
  const result = await compareOne(title, pairs, measured)
  await Promise.all([scoped.destroy(), plain.destroy()])
  return result
}

/** Compares one half of what is done in turn. */
function compareOne(title: string, pairs: Readonly<Record<string, Pair>>, measured: keyof Pair): Promise<Comparison> {
  const spent = new Map<string, number>()
  const contestants = Object.entries(pairs).map(([name, pair]): [string, Contestant] => [
    name,
    async () => {
      for (const half of ['delete', 'restore'] as const) {
        const start = process.cpuUsage()
        await pair[half]()
        const { user, system } = process.cpuUsage(start)
        if (half === measured) spent.set(name, (spent.get(name) ?? 0) + user + system)
      }
    },
  ])
  const options = { rounds: 3, calls: 1, spent: (name: string) => Promise.resolve(spent.get(name) ?? 0) }
  return compare(title, Object.fromEntries(contestants), options)
}
