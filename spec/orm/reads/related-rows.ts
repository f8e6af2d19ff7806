import * as fc from 'fast-check'
import {
  Column,
  type ColumnOptions,
  JoinColumn,
  JoinTable,
  ManyToMany,
  ManyToOne,
  OneToMany,
  OneToOne,
  type RelationOptions,
} from 'typeorm'
import { WhenHidden } from '../../../decorators/index.js'
import type { Engine } from '../../support/engines.js'
import { entityOf, type RandomEntity, randomProperties } from './support.js'

type Target = RandomEntity['entity']

/** Entities whose properties are random, and whose relations are of every kind. */
export interface RandomGraph {
  readonly book: RandomEntity
  readonly author: RandomEntity
  readonly page: RandomEntity
  readonly topic: RandomEntity
  readonly cover: RandomEntity
  readonly all: readonly RandomEntity[]
}

const held: ColumnOptions & RelationOptions = { nullable: true }

/**
 * Books refer to authors three times (as they are, also where they are hidden, and not where they are deleted), have
 * pages (hidden ones too), topics, a cover that refers to them, and a book before them; authors have a topic, pages an
 * author and topics.
 */
export function randomGraph(prefix: string, engine: Engine['name']): RandomGraph {
  const [book, author, page, topic, cover] = ['book', 'author', 'page', 'topic', 'cover'].map((name) => {
    const [properties] = fc.sample(randomProperties(engine), 1)
    return entityOf(`${prefix}_${name}`, engine, properties!)
  }) as [RandomEntity, RandomEntity, RandomEntity, RandomEntity, RandomEntity]
  const toOne = (owner: RandomEntity, name: string, target: RandomEntity, look?: 'show') => {
    Column({ type: 'int', nullable: true })(owner.entity.prototype, `${name}Id`)
    ManyToOne(() => target.entity, held)(owner.entity.prototype, name)
    JoinColumn({ name: `${name}Id` })(owner.entity.prototype, name)
    if (look) WhenHidden(look)(owner.entity.prototype as never, name)
  }
  toOne(book, 'author', author)
  toOne(book, 'editor', author, 'show')
  toOne(book, 'previous', book)
  toOne(author, 'topic', topic)
  toOne(page, 'book', book)
  toOne(page, 'author', author)
  OneToMany(
    () => page.entity,
    (one: Target) => (one as unknown as { book: unknown }).book,
  )(book.entity.prototype, 'pages')
  WhenHidden('show')(book.entity.prototype as never, 'pages')
  manyToMany(book, 'topics', topic, `${prefix}_book_topic`)
  manyToMany(page, 'topics', topic, `${prefix}_page_topic`)
  Column({ type: 'int', nullable: true })(cover.entity.prototype, 'bookId')
  OneToOne(
    () => book.entity,
    (one: Target) => (one as unknown as { cover: unknown }).cover,
    held,
  )(cover.entity.prototype, 'book')
  JoinColumn({ name: 'bookId' })(cover.entity.prototype, 'book')
  OneToOne(
    () => cover.entity,
    (one: Target) => (one as unknown as { book: unknown }).book,
  )(book.entity.prototype, 'cover')
  return { book, author, page, topic, cover, all: [book, author, page, topic, cover] }
}

function manyToMany(owner: RandomEntity, name: string, target: RandomEntity, table: string): void {
  ManyToMany(() => target.entity)(owner.entity.prototype, name)
  JoinTable({ name: table })(owner.entity.prototype, name)
}

const id = (most: number) => fc.option(fc.integer({ min: 1, max: most }), { nil: null, freq: 6 })

/** The keys that rows of the entities of a graph hold, besides their random values. */
export const keysOf = (count: number): Readonly<Record<'book' | 'author' | 'page', fc.Arbitrary<object>>> => ({
  book: fc.record({ authorId: id(count), editorId: id(count), previousId: fc.constant(null) }),
  author: fc.record({ topicId: id(count) }),
  page: fc.record({ bookId: id(count), authorId: id(count) }),
})
