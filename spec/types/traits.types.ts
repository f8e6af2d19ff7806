/**
 * What must not compile, and what must: the build checks every line. Each `@ts-expect-error` stands directly above the
 * one line that is wrong; were that line to compile, the build would fail.
 */
import { column, defineTrait, type VerbsOf, type ViewsOf } from 'plinth'
import {
  BaseModel,
  DefaultOrdering,
  Sluggable,
  type Slugged,
  type SoftDeletable,
  SoftDelete,
  Timestamps,
  UuidPk,
} from 'plinth/decorators'
import { type CanPublish, Publishable } from '../../examples/traits/publishable.js'

// ---- properties by interface merging -------------------------------------------------------------------------------

interface Merged extends SoftDeletable, Slugged {}
@SoftDelete()
@Sluggable({ from: 'title' })
class Merged {
  title!: string
}
export const mergedProperties: [Date | null, string | null, boolean, string] = [
  new Merged().deletedAt,
  new Merged().deletionId,
  new Merged().isDeleted,
  new Merged().slug,
]

// ---- properties by declared fields ---------------------------------------------------------------------------------

@SoftDelete()
@Sluggable({ from: 'title', within: ['title', 'year'] })
export class Declared {
  title!: string
  year!: number
  slug!: string
  deletedAt!: Date | null
  deletionId!: string | null
  isDeleted!: boolean
}

// ---- properties by inheritance -------------------------------------------------------------------------------------

@DefaultOrdering({ by: ['-updatedAt', 'title'] })
export class Inherited extends BaseModel {
  title!: string
}

// ---- classes that lack what their traits need ----------------------------------------------------------------------

// @ts-expect-error deletedAt, deletionId and isDeleted are missing
@SoftDelete()
export class Missing {
  title!: string
}

// @ts-expect-error isDeleted is missing
@SoftDelete()
export class MissingOne {
  deletedAt!: Date | null
  deletionId!: string | null
}

// @ts-expect-error deletedAt refuses null, which its column holds
@SoftDelete()
export class TooNarrow {
  deletedAt!: Date
  deletionId!: string | null
  isDeleted!: boolean
}

// @ts-expect-error deletedAt is text
@SoftDelete()
export class WrongType {
  deletedAt!: string
  deletionId!: string | null
  isDeleted!: boolean
}

// @ts-expect-error createdAt promises text that its column never holds
@Timestamps()
export class TooWide {
  createdAt!: Date | string
  updatedAt!: Date
}

// @ts-expect-error the id of a UuidPk is text
@UuidPk()
export class NumericId {
  id!: number
}

// ---- options that name properties ----------------------------------------------------------------------------------

// @ts-expect-error there is no "titel"
@Sluggable({ from: 'titel' })
export class Misspelt {
  title!: string
  slug!: string
}

// @ts-expect-error a slug is made from text
@Sluggable({ from: 'year' })
export class FromNumber {
  year!: number
  slug!: string
}

// @ts-expect-error there is no "lisdId"
@Sluggable({ from: 'title', within: ['lisdId'] })
export class MisspeltList {
  title!: string
  listId!: string
  slug!: string
}

// @ts-expect-error slugs are kept or regenerated
@Sluggable({ from: 'title', onUpdate: 'never' })
export class WrongUpdate {
  title!: string
  slug!: string
}

@Sluggable({ from: 'title', onUpdate: 'regenerate' })
export class FromNullable {
  title!: string | null
  slug!: string
}

// @ts-expect-error there is no "titel" to order by
@DefaultOrdering({ by: ['-titel'] })
export class MisspeltOrder {
  title!: string
}

// @ts-expect-error the trait has no such option
@UuidPk({ verison: 4 })
export class MisspeltOption {
  id!: string
}

// @ts-expect-error there is no version 5 of these keys
@UuidPk({ version: 5 })
export class WrongOption {
  id!: string
}

export class NotAClass {
  // @ts-expect-error a trait stands above a class
  @SoftDelete()
  title!: string
}

// ---- verbs and views -----------------------------------------------------------------------------------------------

interface Article extends SoftDeletable, CanPublish {}
@SoftDelete()
@Publishable()
class Article {}
declare const verbs: VerbsOf<Article>

declare function restoreOf<E>(call: (verbs: VerbsOf<E>) => unknown): void

export const calls = [
  () => verbs.restore('id'),
  () => verbs.purge(['one', 'other']),
  () => verbs.publish('id', { at: new Date() }),
  // @ts-expect-error publish needs its input
  () => verbs.publish('id'),
  // @ts-expect-error the input is an instant
  () => verbs.publish('id', { at: 'now' }),
  // @ts-expect-error the input is called "at"
  () => verbs.publish('id', { when: new Date() }),
  // @ts-expect-error restore takes no input
  () => verbs.restore('id', { at: new Date() }),
  // @ts-expect-error there is no such verb
  () => verbs.archive('id'),
  // @ts-expect-error a class that merely has the properties does not have the verbs
  () => restoreOf<Declared>((verbs) => verbs.restore('id')),
]

export const views: readonly ViewsOf<Article>[] = ['withDeleted', 'onlyDeleted', 'published', 'drafts']
// @ts-expect-error there is no such view
export const noView: ViewsOf<Article> = 'archived'

// ---- traits themselves ---------------------------------------------------------------------------------------------

export const wrongTraits = [
  () =>
    defineTrait({
      name: 'WrongValue',
      defaults: {},
      columns: () => ({ count: column.integer() }),
      // @ts-expect-error count is a number
      rules: () => ({ insert: { set: () => ({ count: 'one' }) } }),
    }),
  () =>
    defineTrait({
      name: 'WrongRow',
      defaults: {},
      columns: () => ({ count: column.integer() }),
      // @ts-expect-error count has no length
      rules: () => ({ update: { each: ({ before }) => ({ count: before.count.length }) } }),
    }),
  () =>
    defineTrait({
      name: 'WrongInput',
      defaults: {},
      columns: () => ({ count: column.integer() }),
      inputs: () => ({ raise: { by: column.integer() } }),
      // @ts-expect-error the input is called "by"
      verbs: () => ({ raise: { set: ({ input }) => ({ count: input.amount }) } }),
    }),
  () =>
    defineTrait({
      name: 'WrongRule',
      defaults: {},
      // @ts-expect-error there is no such write
      rules: () => ({ upsert: { set: () => ({}) } }),
    }),
  // @ts-expect-error a default of another type
  () => column.integer({ default: 'none' }),
  // @ts-expect-error a default of another type
  () => column.boolean({ default: 0 }),
]

// ---- traits without columns, whose rules write properties of the class ----------------------------------------------

const Filing = defineTrait({
  name: 'Filing',
  defaults: {},
  rules: () => ({ insert: { set: () => ({ shelf: 1 }) }, update: { set: () => ({ shelf: 2 }) } }),
  verbs: () => ({ shelve: { each: () => ({ shelf: 3 }) } }),
})
const Naming = defineTrait({
  name: 'Naming',
  defaults: { to: 'name' },
  rules: ({ to }) => ({ enter: { each: () => ({ [to]: 'new' }) } }),
})

@Filing()
@Naming({ to: 'label' })
export class Volume {
  shelf!: number
  label!: string
}
