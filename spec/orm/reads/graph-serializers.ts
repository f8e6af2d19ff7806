import { computed, type ModelDataSource, Serializer } from '../../../src/index.js'
import type { AnySerializerLike } from '../../../src/serializer/serializer-spec.js'
import type { RandomGraph } from './related-rows.js'
import type { RandomEntity } from './support.js'

/** What a call says in these specs. */
interface Call {
  readonly author: number
}

/** Serializers of the books of a graph, with everything that books lead to, as deep as pages and their topics. */
export function serializersOf(
  dataSource: ModelDataSource,
  { book, author, page, topic, cover }: RandomGraph,
): readonly AnySerializerLike[] {
  const of = (random: RandomEntity, nested: object = {}, made: object = {}) =>
    serializer(dataSource, random, nested, made)
  const Topic = of(topic)
  const Author = of(author, { topic: Topic })
  const Page = of(page, { author: Author, topics: { serializer: Topic, max: 1 } })
  const Sealed = of(author, {}, { key: made(author, ['id'], (rows) => rows.map(({ id }) => id)) })
  const length = made(book, ['id', `author.${author.properties[0]!.name}`, 'editor.id'], (rows) => [...rows.entries()])
  return [
    of(book, { author: of(author) }),
    of(book, { author: Author, editor: Author, cover: of(cover) }),
    of(book, { pages: { serializer: of(page), max: 2, orderBy: ['-authorId'] }, topics: Topic }),
    of(book, { pages: Page, previous: of(book, { pages: Page, cover: of(cover), author: Author }) }),
    of(book, { author: Author }, { length }),
    of(book, {
      author: { serializer: Sealed, scope: ({ author: id }: Call) => ({ id }) },
      pages: { serializer: of(page), scope: ({ author: authorId }: Call) => ({ authorId }) },
    }),
  ]
}

type Rows = readonly Readonly<Record<string, unknown>>[]

function made({ entity }: RandomEntity, requires: readonly string[], values: (rows: Rows) => readonly unknown[]) {
  return computed<object, never, unknown>(entity, {
    requires: requires as never,
    values: (rows) => values(rows),
  })
}

function serializer(
  dataSource: ModelDataSource,
  { entity }: RandomEntity,
  nested: object,
  computed: object,
): AnySerializerLike {
  const shown = [...dataSource.describe(entity).properties.values()].filter(({ hidden }) => !hidden)
  const fields = [...shown.map(({ name }) => name), ...Object.keys(nested)]
  const spec = { fields, readOnly: fields, nested, computed }
  return Serializer(entity as never, spec as never) as AnySerializerLike
}
