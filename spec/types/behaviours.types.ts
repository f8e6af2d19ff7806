import { type Adds, column, defineTrait, eq, increment, type ModelDataSource, mergePatch, path } from 'plinth'
import {
  type HasMetadata,
  type HasVersion,
  Metadata,
  SoftDelete,
  StampOn,
  scopes,
  type Timestamped,
  Timestamps,
  Versioned,
} from 'plinth/decorators'

const NoteScopes = scopes('NoteScopes', {
  open: eq('state', 'open'),
  longerThan: (length: number) => eq('length', length),
})

interface Note extends HasMetadata, HasVersion, Timestamped, Adds<typeof NoteScopes> {}
@Metadata({ maxBytes: 100 })
@Versioned()
@Timestamps()
@NoteScopes()
@StampOn({ field: 'state', equals: 'done', stamp: 'doneAt' })
class Note {
  id!: number
  state!: string
  length!: number
  doneAt!: Date | null
}

declare const dataSource: ModelDataSource

export async function right(): Promise<readonly unknown[]> {
  const notes = dataSource.getRepository(Note)
  const colour: unknown = new Note().metadata['colour']
  return [
    colour,
    await notes.mergeMetadata(1, { patch: { colour: null } }),
    await notes.setMetadata([1, 2], { path: ['a', 'b'], value: [1] }),
    await notes.incrementMetadata(1, { path: ['n'], by: 1 }),
    await notes.touch(1),
    await notes.open().longerThan(3).find(),
    await notes
      .select()
      .view('longerThan', 3)
      .view('open')
      .where(eq(path('metadata', ['a']), null))
      .rows(),
  ]
}

export async function wrong(): Promise<void> {
  const notes = dataSource.getRepository(Note)
  // @ts-expect-error: a scope needs what it is given
  notes.longerThan()
  // @ts-expect-error: and of the right type
  notes.longerThan('3')
  // @ts-expect-error: another takes nothing
  notes.open(1)
  // @ts-expect-error: the same of selections
  notes.select().view('longerThan')
  // @ts-expect-error: there is no such scope
  notes.closed()
  // @ts-expect-error: a patch is an object
  await notes.mergeMetadata(1, { patch: 1 })
  // @ts-expect-error: a path is a list
  await notes.unsetMetadata(1, { path: 'a.b' })
  // @ts-expect-error: a property is never compared with null
  eq('state', null)
}

// @ts-expect-error the stamp is no instant
@StampOn({ field: 'state', equals: 'done', stamp: 'doneAt' })
export class WrongStamp {
  state!: string
  doneAt!: string
}

// @ts-expect-error the stamp is null until then
@StampOn({ field: 'state', equals: 'done', stamp: 'doneAt' })
export class EverStamped {
  state!: string
  doneAt!: Date
}

// @ts-expect-error who deleted it is null until then
@SoftDelete({ by: true })
export class EverDeleted {
  deletedAt!: Date | null
  isDeleted!: boolean
  deletionId!: string | null
  deletedBy!: string
}

// @ts-expect-error there is no such property
@StampOn({ field: 'stat', equals: 'done', stamp: 'doneAt' })
export class WrongField {
  state!: string
  doneAt!: Date | null
}

// @ts-expect-error the property is never "closd"
@StampOn({ field: 'state', equals: ['closed', 'closd'], stamp: 'doneAt' })
export class WrongValue {
  state!: 'open' | 'closed'
  doneAt!: Date | null
}

enum Stage {
  Open = 'open',
  Closed = 'closed',
}

// @ts-expect-error the enum has no "closd"
@StampOn({ field: 'stage', equals: 'closd', stamp: 'doneAt' })
export class WrongStage {
  stage!: Stage
  doneAt!: Date | null
}

@StampOn({ field: 'stage', equals: [Stage.Open, 'closed'], stamp: 'doneAt' })
@StampOn({ field: 'isOver', equals: true, stamp: 'overAt' })
export class RightValues {
  stage!: Stage
  doneAt!: Date | null
  isOver!: boolean | null
  overAt!: Date | null
}

// @ts-expect-error metadata is missing
@Metadata()
export class NoMetadata {
  id!: number
}

const columns = () => ({ count: column.integer(), settings: column.json<object>(), title: column.text() })

export const Counting = defineTrait({
  name: 'Counting',
  defaults: {},
  columns,
  verbs: () => ({ count: { set: () => ({ count: increment(1), settings: mergePatch({ a: 1 }) }) } }),
})

export const Wrong = defineTrait({
  name: 'Wrong',
  defaults: {},
  columns,
  // @ts-expect-error: text cannot be incremented
  verbs: () => ({ wrong: { set: () => ({ title: increment(1) }) } }),
})
