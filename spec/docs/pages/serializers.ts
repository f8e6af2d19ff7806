import { type Permission, Serializer } from 'plinth'
import type { BaseModel } from 'plinth/decorators'
import type { Relation } from 'typeorm'

export interface City extends BaseModel {}
export declare class City {
  id: number
  name: string
  ownerId: string
  population: number
}

export declare class Author {
  id: number
  name: string
}

export declare class Book {
  id: number
  title: string
  author: Relation<Author>
  chapters: Relation<Chapter>[]
}

export declare class Chapter {
  id: number
  title: string
  book: Relation<Book>
}

export declare class Article {
  id: number
  title: string
  body: string
}

export class AuthorSerializer extends Serializer(Author, { fields: ['id', 'name'] }) {}
export class ChapterSerializer extends Serializer(Chapter, { fields: ['id', 'title'] }) {}

export declare const ownAuthor: Permission<Author>
export declare const counts: { of(ids: readonly number[]): Promise<readonly number[]> }
