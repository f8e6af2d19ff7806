import { Column, Entity, ManyToOne, OneToMany, PrimaryColumn, type Relation } from 'typeorm'
import { BaseModel, type SoftDeletable, SoftDelete, type UuidIdentified, UuidPk } from '../../../decorators/index.js'
import {
  type Adds,
  any,
  ConflictError,
  column,
  contextVariable,
  createDataSource,
  defineTrait,
  eq,
  type ModelDataSource,
  type RowData,
} from '../../../src/index.js'
import type { Engine } from '../../support/engines.js'

/** Optimistic locking, as an application would write it. */
export const Counted = defineTrait({
  name: 'Counted',
  defaults: {},
  columns: () => ({ version: column.integer() }),
  rules: () => ({
    insert: { set: () => ({ version: 1 }) },
    update: {
      each: ({ before }) => ({ version: before.version + 1 }),
      guard: ({ before, given }) => ({ version: Number(given['version'] ?? before.version) }),
    },
  }),
})

export const owner = contextVariable<string>('owner')

/** Rows of one owner, which no other can see, write, or be given. */
export const Owned = defineTrait({
  name: 'Owned',
  defaults: {},
  columns: () => ({ ownerId: column.string({ length: 20 }) }),
  scopes: () => ({ own: { where: eq('ownerId', owner), default: true, locked: true } }),
  rules: () => ({ insert: { set: (row) => ({ ownerId: row.ownerId ?? owner.get() }) } }),
})

/** Rows of one owner, and those that are shared with everybody: the condition reads two properties. */
export const Shared = defineTrait({
  name: 'Shared',
  defaults: {},
  columns: () => ({ ownerId: column.string({ length: 20 }), shared: column.boolean({ default: false }) }),
  scopes: () => ({ seen: { where: any(eq('ownerId', owner), eq('shared', true)), locked: true } }),
})

/** Verbs with input, and one that looks at each row. */
export const Lent = defineTrait({
  name: 'Lent',
  defaults: {},
  columns: () => ({
    lentTo: column.string({ length: 20, nullable: true }),
    due: column.timestamp({ nullable: true }),
    renewals: column.integer({ default: 0 }),
  }),
  inputs: () => ({ lend: { to: column.string({ length: 20 }), due: column.timestamp({ nullable: true }) } }),
  verbs: () => ({
    lend: {
      set: ({ input }) => ({ lentTo: input.to, due: input.due }),
      each: ({ before }) => {
        if (before.lentTo !== null) throw new ConflictError('It is lent.', { errorCode: 'LENT' })
      },
    },
    renew: { each: ({ before }) => ({ renewals: before.renewals + 1 }) },
    giveBack: { set: () => ({ lentTo: null, due: null }) },
  }),
})

/** A delete rule that only refuses, so that rows are still removed. */
export const Locked = defineTrait({
  name: 'Locked',
  defaults: {},
  columns: () => ({ locked: column.boolean({ default: false }) }),
  rules: () => ({
    delete: {
      each: ({ before }) => {
        if (before.locked) throw new ConflictError('It is locked.', { errorCode: 'LOCKED' })
      },
      guard: ({ before }) => ({ locked: before.locked }),
    },
  }),
})

@Entity()
@UuidPk()
@SoftDelete()
export class Shelf extends BaseModel {
  @Column({ type: 'varchar', length: 40 })
  label!: string

  @OneToMany(
    () => Book,
    (book) => book.shelf,
    { cascade: true },
  )
  books!: Relation<Book[]>
}
export interface Shelf extends UuidIdentified, SoftDeletable {}

@Entity()
@UuidPk()
@Counted()
@SoftDelete()
@Lent()
export class Book extends BaseModel {
  @Column({ type: 'varchar', length: 40 })
  title!: string

  @Column({ type: 'int', default: 0 })
  pages!: number

  @ManyToOne(
    () => Shelf,
    (shelf) => shelf.books,
    { nullable: true, orphanedRowAction: 'delete' },
  )
  shelf!: Relation<Shelf> | null
}
export interface Book extends UuidIdentified, Adds<typeof Counted>, SoftDeletable, Adds<typeof Lent> {}

@Entity()
@Owned()
@SoftDelete()
export class Diary {
  @PrimaryColumn({ type: 'int' })
  id!: number

  @Column({ type: 'varchar', length: 40 })
  text!: string
}
export interface Diary extends Adds<typeof Owned>, SoftDeletable {}

@Entity()
@Locked()
export class Drawer {
  @PrimaryColumn({ type: 'int' })
  id!: number
}
export interface Drawer extends Adds<typeof Locked> {}

@Entity()
@Shared()
export class Note {
  @PrimaryColumn({ type: 'int' })
  id!: number
}
export interface Note extends Adds<typeof Shared> {}

@Entity()
@Shared()
@Counted()
export class CountedNote {
  @PrimaryColumn({ type: 'int' })
  id!: number
}
export interface CountedNote extends Adds<typeof Shared>, Adds<typeof Counted> {}

/** A clock that stands still until it is told to go on. */
export class Stopped {
  #instant = Date.UTC(2024, 1, 29, 12)

  now(): Date {
    return new Date(this.#instant)
  }

  /** Goes on by one second, and says what it is then. */
  tick(): Date {
    this.#instant += 1000
    return this.now()
  }
}

export interface Library {
  readonly dataSource: ModelDataSource
  readonly clock: Stopped
  close(): Promise<void>
}

export async function openLibrary(engine: Engine): Promise<Library> {
  const database = await engine.create()
  const clock = new Stopped()
  const entities = [Shelf, Book, Diary, Drawer, Note, CountedNote]
  const dataSource = await createDataSource({ ...database.options, entities, clock }).initialize()
  await dataSource.synchronize()
  const close = async () => {
    await dataSource.destroy()
    await database.drop()
  }
  return { dataSource, clock, close }
}

/** What is stored, whatever scopes there are, in the order of the named column. */
export async function stored(dataSource: ModelDataSource, table: string, order: string): Promise<readonly RowData[]> {
  const { driver } = dataSource
  return dataSource.query(`SELECT * FROM ${driver.escape(table)} ORDER BY ${driver.escape(order)}`)
}

/** The error a promise is rejected with. */
export async function failure(promise: Promise<unknown>): Promise<Error & { readonly errorCode?: string }> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: Error) => ({ error }),
  )
  if ('error' in outcome) return outcome.error
  throw new Error(`Expected an error, got ${JSON.stringify(outcome.value)}.`)
}
