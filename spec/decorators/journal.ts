import { ChildEntity, Column, Entity, PrimaryColumn, PrimaryGeneratedColumn, TableInheritance } from 'typeorm'
import {
  Sluggable,
  type Slugged,
  type SoftDeletable,
  SoftDelete,
  type UuidIdentified,
  UuidPk,
} from '../../decorators/index.js'
import {
  type Adds,
  column,
  contextVariable,
  createDataSource,
  defineTrait,
  eq,
  type ModelDataSource,
} from '../../src/index.js'
import type { Engine } from '../support/engines.js'

/** Has short slugs, unique in its section; rows without a section are a group too. */
@Entity()
@UuidPk()
@SoftDelete()
@Sluggable({ from: 'title', within: ['sectionId'], maxLength: 24, reserved: ['new', 'Edit', 'edit-2'] })
export class Article {
  @Column({ type: 'varchar', length: 120 })
  title!: string

  @Column({ type: 'int', nullable: true })
  sectionId!: number | null
}
export interface Article extends UuidIdentified, SoftDeletable, Slugged {}

/** Its slug follows its title. */
@Entity()
@SoftDelete()
@Sluggable({ from: 'title', onUpdate: 'regenerate' })
export class Note {
  @PrimaryGeneratedColumn()
  id!: number

  @Column({ type: 'varchar', length: 120 })
  title!: string

  @Column({ type: 'int', default: 0 })
  views!: number
}
export interface Note extends SoftDeletable, Slugged {}

export const team = contextVariable<string>('team')

const OfTeam = defineTrait({
  name: 'OfTeam',
  defaults: {},
  columns: () => ({ teamId: column.string({ length: 20, exact: true }) }),
  scopes: () => ({ team: { where: eq('teamId', team), default: true, locked: true } }),
  rules: () => ({ insert: { set: () => ({ teamId: team.get()! }) } }),
})

/** Hidden until it is published. */
const Draftable = defineTrait({
  name: 'Draftable',
  defaults: {},
  columns: () => ({ draft: column.boolean({ default: false }) }),
  scopes: () => ({ published: { where: eq('draft', false), default: true } }),
  verbs: () => ({ publish: { without: ['published'], set: () => ({ draft: false }) } }),
})

/** Each team has slugs of its own; they keep every script and are separated by underscores. */
@Entity()
@OfTeam()
@Draftable()
@Sluggable({ from: 'name', separator: '_', unicode: true, onEmpty: 'error' })
export class Page {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'varchar', length: 120 })
  name!: string
}
export interface Page extends Adds<typeof OfTeam>, Adds<typeof Draftable>, Slugged {}

/** No memory of former slugs. */
@Entity()
@Sluggable({ from: 'name', history: false, locale: 'de' })
export class Label {
  @PrimaryGeneratedColumn()
  id!: number

  @Column({ type: 'varchar', length: 120 })
  name!: string
}
export interface Label extends Slugged {}

/** Posters and films share a table, and so their slugs. */
@Entity()
@TableInheritance({ column: { type: 'varchar', name: 'kind', length: 20 } })
@SoftDelete()
@Sluggable({ from: 'name' })
export class Work {
  @PrimaryGeneratedColumn()
  id!: number

  @Column({ type: 'varchar', length: 120 })
  name!: string
}
export interface Work extends SoftDeletable, Slugged {}

@ChildEntity()
export class Poster extends Work {}

@ChildEntity()
export class Film extends Work {}

/** An open database with articles, notes, pages and labels. */
export interface Journal {
  readonly dataSource: ModelDataSource
  /** Removes every row, and what counters and history remember. */
  clear(): Promise<void>
  close(): Promise<void>
}

/** @param clients how many connections may be open at once. */
export async function openJournal(engine: Engine, clients = 12): Promise<Journal> {
  const database = await engine.create()
  const { extra = {} } = database.options as { readonly extra?: object }
  const pool = engine.name === 'postgres' ? { extra: { ...extra, max: clients } } : {}
  const limit = engine.name === 'mariadb' ? { extra: { ...extra, connectionLimit: clients } } : {}
  const options = { ...database.options, ...pool, ...limit, entities: [Article, Note, Page, Label, Work, Poster, Film] }
  const dataSource = await createDataSource(options).initialize()
  await dataSource.synchronize()
  return {
    dataSource,
    async clear() {
      for (const tablePath of new Set(dataSource.entityMetadatas.map((table) => table.tablePath))) {
        await dataSource.query(`DELETE FROM ${dataSource.driver.escape(tablePath)}`)
      }
    },
    async close() {
      await dataSource.destroy()
      await database.drop()
    },
  }
}
