import type { ModelDataSource } from 'plinth'
import { OnDelete, type SoftDeletable, SoftDelete } from 'plinth/decorators'
import { Column, DataSource, Entity, EntitySchema, ManyToOne, PrimaryColumn, type Relation } from 'typeorm'
import { type Engine, engines } from '../spec/support/engines.js'
import { type Comparison, type Contestant, compare, spentHere } from './compare.js'
import { clockOf, opened } from './engine-database.js'

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
  columns: { id: { type: 'int', primary: true }, deletedAt: { type: Date, deleteDate: true, nullable: true } },
  relations: {
    pages: { type: 'one-to-many', target: 'Page', inverseSide: 'folder', cascade: ['soft-remove', 'recover'] },
  },
} as never)
const plainPage = new EntitySchema<PlainPage>({
  name: 'Page',
  columns: {
    id: { type: 'int', primary: true },
    title: { type: 'varchar', length: 20 },
    deletedAt: { type: Date, deleteDate: true, nullable: true },
  },
  relations: { folder: { type: 'many-to-one', target: 'Folder', inverseSide: 'pages' } },
} as never)

const rows = Array.from({ length: children }, (_, id) => ({ id, title: `Page ${id}`, folder: { id: 1 } }))

async function fill(dataSource: ModelDataSource): Promise<void> {
  await dataSource.getRepository(Folder).insert({ id: 1 })
  await dataSource.getRepository(Page).insert(rows)
}

/** The same by TypeORM alone, in a database of its own. */
async function bare(name: Engine['name']): Promise<{ readonly plain: DataSource; readonly drop: () => Promise<void> }> {
  const database = await engines.find((one) => one.name === name)!.create()
  const plain = await new DataSource({
    ...database.options,
    entities: [plainFolder, plainPage],
    synchronize: true,
  }).initialize()
  await plain.getRepository(plainFolder).insert({ id: 1 })
  for (let start = 0; start < children; start += 500) {
    await plain.getRepository(plainPage).insert(rows.slice(start, start + 500))
  }
  return { plain, drop: () => plain.destroy().then(() => database.drop()) }
}

/** What is done in turn, so that each call finds what the one before has left. */
interface Pair {
  readonly delete: Contestant
  readonly restore: Contestant
}

/** Hides a row with its children, against TypeORM's cascade over loaded children. */
export function deletingComparison(name: Engine['name'] = 'sqlite'): Promise<Comparison | undefined> {
  return comparison(`Soft-delete a row with 2,000 children on ${name}`, 'delete', name)
}

/** Brings them back. */
export function restoringComparison(name: Engine['name'] = 'sqlite'): Promise<Comparison | undefined> {
  return comparison(`Restore a row with 2,000 children on ${name}`, 'restore', name)
}

async function comparison(title: string, measured: keyof Pair, name: Engine['name']): Promise<Comparison | undefined> {
  const own = await opened(name, [Folder, Page])
  if (!own) return undefined
  const { dataSource: scoped } = own
  await fill(scoped)
  const { plain, drop } = await bare(name)
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
  const result = await compareOne(title, pairs, measured, clockOf(name).spent ?? spentHere)
  await Promise.all([own.drop(), drop()])
  return result
}

/** Compares one half of what is done in turn. */
function compareOne(
  title: string,
  pairs: Readonly<Record<string, Pair>>,
  measured: keyof Pair,
  clock: (name: string) => Promise<number>,
): Promise<Comparison> {
  const spent = new Map<string, number>()
  const contestants = Object.entries(pairs).map(([name, pair]): [string, Contestant] => [
    name,
    async () => {
      for (const half of ['delete', 'restore'] as const) {
        const start = await clock(name)
        await pair[half]()
        if (half === measured) spent.set(name, (spent.get(name) ?? 0) + (await clock(name)) - start)
      }
    },
  ])
  const options = { rounds: 3, calls: 1, spent: (name: string) => Promise.resolve(spent.get(name) ?? 0) }
  return compare(title, Object.fromEntries(contestants), options)
}
