import {
  type Adds,
  type Announcement,
  type CommittedWrite,
  defineTrait,
  type EventRow,
  type ModelDataSource,
  on,
  refers,
  type WriteEvent,
} from 'plinth'
import { type DeletedBy, type HasRank, Ranked, ranked, type SoftDeletable, SoftDelete } from 'plinth/decorators'
import { Article, Mark } from '../orm/events/press.js'

declare const dataSource: ModelDataSource

const Queue = ranked('queue')
@Ranked()
@Queue()
class Task {}
interface Task extends HasRank, Adds<typeof Queue> {}

// Right programs.
on(Article, {
  beforeInsert: () => {},
  afterDelete: async ({ ids, rows }: WriteEvent) => void [ids, rows[0]?.before],
  afterRestore: () => {},
  beforePurge: () => {},
  beforePublish: ({ input }) => void input,
})
on(Mark, { beforeUpdate: () => {} })
on(Article, {
  afterUpdate: ({ rows }) => {
    for (const { before, after } of rows) {
      const text: string | undefined = after?.text
      const deletedAt: Date | null | undefined = before?.deletedAt
      const published: boolean | undefined = after?.published
      void [text, deletedAt, published, after?.keywords satisfies unknown]
    }
  },
  afterPublish: ({ rows }) => void rows.map(({ after }) => after?.id?.toFixed()),
})
const told: EventRow<Mark>[] = []
on(Mark, { afterInsert: ({ rows }) => void told.push(...rows.flatMap(({ after }) => after ?? [])) })
on(Task, { afterRanksRenewed: ({ details, now }: Announcement) => void [details['rows'], now] })
on(Task, { afterRanksRenewedQueue: () => {} })
dataSource.events.onCommitted(({ ids }: CommittedWrite) => void (ids === 'many' ? [] : ids.length))
export async function called(): Promise<void> {
  const articles = dataSource.getRepository(Article)
  // What may be null may be left out, and where all of it may, so may the input.
  await articles.publish(1)
  await articles.publish(1, {})
  await articles.publish(1, { note: null })
  await articles.restore([1, 2], { withAncestors: true })
  // @ts-expect-error: a note is text
  await articles.publish(1, { note: 2 })
  // @ts-expect-error: the verb is given no such thing
  await articles.publish(1, { notes: 'x' })
  // @ts-expect-error: the verb is given nothing
  await articles.purge(1, { withAncestors: true })
}

// @ts-expect-error: the entity has no such property
on(Article, { afterUpdate: ({ rows }) => void rows[0]?.after?.txet })
// @ts-expect-error: its text is no number
on(Article, { afterUpdate: ({ rows }) => rows[0]?.after?.text?.toFixed() })
// @ts-expect-error: of a relation there is the key, which is no row
on(Mark, { afterUpdate: ({ rows }) => void rows[0]?.after?.article?.text })
// @ts-expect-error: what is told is not changed
on(Mark, { beforeUpdate: ({ rows }) => rows.forEach(({ after }) => after && (after.text = '')) })
// @ts-expect-error: there is no such verb
on(Article, { afterPublsh: () => {} })
// @ts-expect-error: a handler says whether it comes before or after
on(Article, { delete: () => {} })
// @ts-expect-error: the entity has no trait with this verb
on(Mark, { afterRestore: () => {} })
// @ts-expect-error: a handler is told of a write, not of a row
on(Mark, { afterUpdate: (row: Mark) => void row.id })
// @ts-expect-error: what a trait announces has happened already
on(Task, { beforeRanksRenewed: () => {} })
// @ts-expect-error: no trait of the entity announces this
on(Mark, { afterRanksRenewed: () => {} })
// @ts-expect-error: what is announced has no rows
on(Task, { afterRanksRenewed: ({ rows }) => void rows })
// @ts-expect-error: an instance is no entity
on(new Mark(), { afterUpdate: () => {} })

@SoftDelete({ by: true })
class Signed {}
interface Signed extends SoftDeletable, DeletedBy {}

@SoftDelete({ by: false })
class Unsigned {}
interface Unsigned extends SoftDeletable {}

// @ts-expect-error: the class does not say that it has `deletedBy`
@SoftDelete({ by: true })
class Forgetful {}
interface Forgetful extends SoftDeletable {}

/** A third party's option that needs a property. */
const Reviewed = defineTrait({
  name: 'Reviewed',
  defaults: { noted: false },
  refers: refers<{ noted: { note: string } }>(),
})

@Reviewed({ noted: true })
class Noted {
  note!: string
}
@Reviewed()
class Plain {}

// @ts-expect-error: the class has no note
@Reviewed({ noted: true })
class Noteless {}

export type All = [Signed, Unsigned, Forgetful, Noted, Plain, Noteless]
