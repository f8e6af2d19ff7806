import { anyone, type Call, computed, type Related, role, rowRule, Serializer } from 'plinth'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const isTrue = <T extends true>(): T => true as T

class Author {
  id!: string
  name!: string
  books!: Book[]
}
class Line {
  id!: number
  text!: string
  book!: Book
}
class Tag {
  id!: number
  word!: string
}
class Book {
  id!: string
  title!: string
  body!: string | null
  ownerId!: string
  author!: Author | null
  editor!: Promise<Author>
  lines!: Line[]
  tags!: Tag[]
  describe(): string {
    return this.title
  }
}

class AuthorSerializer extends Serializer(Author, { fields: ['id', 'name'] }) {}
class LineSerializer extends Serializer(Line, { fields: ['id', 'text'] }) {}
class TagSerializer extends Serializer(Tag, { fields: ['id', 'word'] }) {}
const length = computed(Book, { requires: ['body'], value: ({ body }) => body?.length ?? 0 })
class BookSerializer extends Serializer(Book, {
  fields: ['id', 'title', 'body', 'author', 'lines', 'tags'],
  nested: {
    author: AuthorSerializer,
    lines: { serializer: LineSerializer, write: 'merge', max: 10 },
    tags: { serializer: TagSerializer, write: 'id' },
  },
  computed: { length },
  actions: { list: ['id', 'length'], create: { write: ['title', 'lines'] } },
  rules: { body: { read: role('staff'), write: rowRule<{ ownerId: string }>('owner', () => true) } },
}) {}

type Read = (typeof BookSerializer)['$read']
type Create = (typeof BookSerializer)['$create']
type Patch = (typeof BookSerializer)['$patch']
isTrue<Same<keyof Read, 'id' | 'title' | 'body' | 'author' | 'lines' | 'tags' | 'length'>>()
isTrue<Same<Read['length'], number>>()
isTrue<Same<Read['lines'], Related<(typeof LineSerializer)['$read']>>>()
isTrue<Same<keyof (typeof BookSerializer)['$actions']['list'], 'id' | 'length'>>()
isTrue<Same<keyof Create, 'title' | 'lines'>>()

const line: Create = { title: 'A', lines: [{ text: 'a' }] }
const noLines: Create = { title: 'A' }
const patch: Patch = { author: 'key', tags: [1, 2], lines: [{ id: 1, text: 'b' }, { text: 'c' }] }
const noAuthor: Patch = { author: null }
export const right = [line, noLines, patch, noAuthor]

export const wrong: readonly Patch[] = [
  // @ts-expect-error: a key of another type
  { tags: ['1'] },
  // @ts-expect-error: a key of another type, of one row
  { author: 1 },
  // @ts-expect-error: a row where its key is written
  { author: { id: 'key' } },
  // @ts-expect-error: no array
  { lines: { text: 'a' } },
  // @ts-expect-error: a member the related serializer does not have
  { lines: [{ text: 'a', book: 1 }] },
  // @ts-expect-error: a computed field
  { length: 1 },
]
// @ts-expect-error: a new line without its text
export const incomplete: Create = { title: 'A', lines: [{}] }
// @ts-expect-error: a field that the action does not take
export const notTaken: Create = { title: 'A', tags: [1] }

// @ts-expect-error: a relation that is not among the fields
Serializer(Book, { fields: ['id'], nested: { author: AuthorSerializer } })
// @ts-expect-error: a serializer of another entity
Serializer(Book, { fields: ['id', 'author'], nested: { author: TagSerializer } })
const own = rowRule<{ ownerId: string }>('own', () => true)
// @ts-expect-error: a rule about what the related rows do not have
Serializer(Book, { fields: ['tags'], nested: { tags: { serializer: TagSerializer, allow: { refer: own } } } })
// @ts-expect-error: a serializer for what is no relation
Serializer(Book, { fields: ['id', 'title'], nested: { title: AuthorSerializer } })
// @ts-expect-error: a misspelt relation
Serializer(Book, { fields: ['id', 'author'], nested: { autor: AuthorSerializer } })
// @ts-expect-error: no way to write
Serializer(Book, { fields: ['id', 'lines'], nested: { lines: { serializer: LineSerializer, write: 'upsert' } } })
// @ts-expect-error: an order by what related rows do not have
Serializer(Book, { fields: ['id', 'lines'], nested: { lines: { serializer: LineSerializer, orderBy: ['title'] } } })
// @ts-expect-error: a limit that is text
Serializer(Book, { fields: ['id', 'lines'], nested: { lines: { serializer: LineSerializer, max: '10' } } })
// @ts-expect-error: a way to write that is for many rows
Serializer(Book, { fields: ['id', 'author'], nested: { author: { serializer: AuthorSerializer, write: 'merge' } } })
// @ts-expect-error: a limit of one row
Serializer(Book, { fields: ['id', 'author'], nested: { author: { serializer: AuthorSerializer, max: 5 } } })
// @ts-expect-error: an order of one row
Serializer(Book, { fields: ['id', 'author'], nested: { author: { serializer: AuthorSerializer, orderBy: ['name'] } } })
const ownBooks = ({ user }: Call) => ({ ownerId: user?.id ?? '', titel: 'A' })
// @ts-expect-error: a scope over what related rows do not have
Serializer(Author, { fields: ['id', 'books'], nested: { books: { serializer: BookSerializer, scope: ownBooks } } })
// @ts-expect-error: an action that shows no field
Serializer(Book, { fields: ['id', 'title'], actions: { list: ['id', 'titel'] } })
// @ts-expect-error: an action that takes no field
Serializer(Book, { fields: ['id', 'title'], actions: { create: { write: ['body'] } } })
// @ts-expect-error: a rule about no field
Serializer(Book, { fields: ['id', 'title'], rules: { body: { read: anyone } } })
// @ts-expect-error: a rule that is no permission
Serializer(Book, { fields: ['id', 'title'], rules: { title: { read: true } } })
const owner = rowRule<{ ownerId: string }>('owner', () => true)
// @ts-expect-error: a rule about a property the entity does not have
Serializer(Tag, { fields: ['id', 'word'], rules: { word: { read: owner } } })
// @ts-expect-error: a computed field that is listed too
Serializer(Book, { fields: ['id', 'title'], computed: { title: length } })
// @ts-expect-error: a computed field of another entity
Serializer(Tag, { fields: ['id', 'word'], computed: { length } })
// @ts-expect-error: a property that is not there
computed(Book, { requires: ['titel'], value: () => 1 })
// @ts-expect-error: a property that is not required
computed(Book, { requires: ['title'], value: ({ body }) => body })
// @ts-expect-error: a method
computed(Book, { requires: ['describe'], value: () => 1 })
// @ts-expect-error: a property that the related row does not have
computed(Book, { requires: ['author.title'], value: () => 1 })
// @ts-expect-error: the way through many rows
computed(Book, { requires: ['lines.text'], value: () => 1 })
// @ts-expect-error: a related row that may be missing
computed(Book, { requires: ['author.name'], value: ({ author }) => author.name })
// @ts-expect-error: values that are no list
computed(Book, { requires: ['title'], values: () => 1 })
// @ts-expect-error: a value that is not there at once
computed(Book, { requires: ['title'], value: async ({ title }) => title })
// @ts-expect-error: values none of which is there at once
computed(Book, { requires: ['title'], values: (rows) => rows.map(async ({ title }) => title) })
// @ts-expect-error: a value that JSON cannot hold
computed(Book, { requires: ['title'], value: ({ title }) => new Set(title) })
// @ts-expect-error: values that JSON cannot hold
computed(Book, { requires: ['title'], values: async (rows) => rows.map(({ title }) => new Map([[title, 1]])) })
// @ts-expect-error: a value that is a function
computed(Book, { requires: ['title'], value: () => String })
// @ts-expect-error: a value that is a symbol
computed(Book, { requires: ['title'], value: ({ title }) => Symbol(title) })
// @ts-expect-error: a value that is a bigint
computed(Book, { requires: ['title'], value: ({ title }) => BigInt(title.length) })
// @ts-expect-error: a value and values
computed(Book, { requires: ['title'], value: () => 1, values: (rows) => rows.map(() => 1) })
export const whatever = computed(Book, { requires: ['title'], value: ({ title }): unknown => title })
export const nothing = computed(Book, { requires: ['title'], value: ({ title }) => title || null })
export const later = computed(Book, { requires: ['title'], values: async (rows) => rows.map(({ title }) => title) })
export const way = computed(Book, { requires: ['editor.name'], value: ({ editor }) => editor?.name })
