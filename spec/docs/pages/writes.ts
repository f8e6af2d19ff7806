import { type Adds, column, defineTrait, type ModelRepository } from 'plinth'
import type { SoftDeletable } from 'plinth/decorators'

const Lendable = defineTrait({
  name: 'Lendable',
  defaults: {},
  columns: () => ({
    lentTo: column.string({ nullable: true }),
    dueAt: column.timestamp({ nullable: true }),
  }),
  inputs: () => ({ lend: { to: column.string(), due: column.timestamp() } }),
  verbs: () => ({ lend: { set: ({ input }) => ({ lentTo: input.to, dueAt: input.due }) } }),
})

interface Article extends SoftDeletable {}
declare class Article {
  id: number
}

interface Book extends Adds<typeof Lendable> {}
declare class Book {
  id: number
}

interface Person extends SoftDeletable {}
declare class Person {
  id: number
  email: string
  name: string
}

export declare const articles: ModelRepository<Article>
export declare const books: ModelRepository<Book>
export declare const people: ModelRepository<Person>
export declare const first: number
export declare const second: number
export declare const due: Date
export declare const email: string
export declare const name: string
