import type { ModelRepository, ScopedSelectQueryBuilder } from 'plinth'
import type { BaseModel, SoftDeletable } from 'plinth/decorators'
import type { Relation } from 'typeorm'

export declare class Country {
  id: number
}

export interface Author extends SoftDeletable {}
export declare class Author {
  id: number
  country: Relation<Country>
}

export interface Article extends BaseModel, SoftDeletable {}
export declare class Article {
  id: number
  status: string
  score: number
  author: Relation<Author>
}

export declare const articles: ModelRepository<Article>
export declare const builder: ScopedSelectQueryBuilder<Article>
